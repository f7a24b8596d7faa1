/** Two views: the door, and the meeting behind it. */
import { type FormEvent, type ReactElement, useState } from "react";
import type { Membership } from "../server/wire.ts";
import { Meeting } from "./meeting.tsx";
import { join } from "./server.ts";

const Door = ({ onJoin }: { readonly onJoin: (membership: Membership) => void }): ReactElement => {
  const [name, setName] = useState("");
  const [state, setState] = useState<"open" | "busy" | "failed">("open");
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setState("busy");
    try {
      onJoin(await join(name));
    } catch {
      setState("failed");
    }
  };
  return (
    <main className="door">
      <form onSubmit={submit}>
        <h1>Stand-up</h1>
        <p>Share your screen with LiveKit’s own button. Its last minutes are always kept, and one press makes them a clip.</p>
        <label>
          Your name
          <input value={name} onChange={(event) => setName(event.target.value)} required maxLength={60} autoComplete="name" />
        </label>
        <button className="lk-button" type="submit" disabled={state === "busy"}>
          Join
        </button>
        {state === "failed" && (
          <p role="alert">That did not work. Are livekit-replay and this application started with the same secrets?</p>
        )}
      </form>
    </main>
  );
};

/** The whole page. */
export const App = (): ReactElement => {
  const [membership, setMembership] = useState<Membership | null>(null);
  if (membership === null) return <Door onJoin={setMembership} />;
  return <Meeting membership={membership} onLeave={() => setMembership(null)} />;
};
