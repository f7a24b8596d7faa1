/** One session of a room: whose share, how it is, what is kept, and what can be done with it. */
import { useSame, type RoomShare, type SteadyMe } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import { memo, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Avatar } from "../ui/avatar.js";
import { Ended } from "./ended.js";
import { Health } from "./health.js";
import { Live } from "./live.js";
import { ClipsOfMine, OwnShare } from "./own.js";
import { Tools } from "./tools.js";
import { useWatching } from "./watching.js";

/** Which session, for whom; `main`: the one that the keys act on. */
export interface SessionPanelProps {
  readonly me: SteadyMe;
  readonly session: Session;
  readonly main: boolean;
  /** The owner's share in the call of the room, where there is one. */
  readonly share: RoomShare | undefined;
}

/** The panel of one session. Somebody who may not capture sees that it runs, and why there is no button. */
export const SessionPanel = memo(({ me, session, main, share }: SessionPanelProps): ReactElement => {
  const say = useSay();
  const mine = session.owner.userId === me.userId;
  const running = session.state === "active";
  // What does not show the window is not rendered anew when that goes on. (What can be forgotten is a part of the window.)
  const still = useSame(session, "window", "serverTimeMs");
  const watching = useWatching(session);
  return (
    <section
      className="session"
      data-state={session.state}
      aria-label={mine ? say(words.youShare) : say(words.otherShares, { owner: session.owner.name })}
    >
      <header className="session-head">
        <Avatar userId={session.owner.userId} name={session.owner.name} />
        {running ? (
          <h2>{mine ? say(words.youShare) : say(words.otherShares, { owner: session.owner.name })}</h2>
        ) : (
          <Ended session={session} mine={mine} />
        )}
        {mine && <OwnShare session={session} />}
        <Live session={session} share={share} mine={mine} watching={watching} />
      </header>
      <Health session={session} mine={mine} />
      {session.can.capture ? (
        <Tools session={session} mine={mine} main={main} watching={watching} />
      ) : (
        running && <p className="session-no">{say(me.livekit === null ? words.mayNotCapture : words.mayNotCaptureCall)}</p>
      )}
      {mine && <ClipsOfMine session={still} />}
    </section>
  );
});
