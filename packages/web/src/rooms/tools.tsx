/** What a buffer is captured with: its strip, the button, the keys. */
import { BufferStrip, CaptureButton, clockText, useCapture } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Icon } from "../ui/icon.js";
import { useKept } from "./window.js";

const Kept = ({ session, mine }: { readonly session: Session; readonly mine: boolean }): ReactElement => {
  const say = useSay();
  const keptMs = useKept(session);
  return (
    <p className="session-kept">
      <strong>{clockText(keptMs)}</strong> <span>{mine ? say(words.kept) : say(words.keptOf, { owner: session.owner.name })}</span>
    </p>
  );
};

/** Strip and button of one session; `main`: the keys act on it. */
export const Tools = ({ session, mine, main }: { readonly session: Session; readonly mine: boolean; readonly main: boolean }): ReactElement => {
  const say = useSay();
  const control = useCapture(session);
  return (
    <>
      <BufferStrip session={session} reachMs={control.reachMs} reachActive={control.considering} />
      <div className="session-tools" data-main={main || undefined}>
        {session.state === "active" && <Kept session={session} mine={mine} />}
        <CaptureButton control={control} />
        {main && (
          <p className="session-keys">
            <Icon name="keyboard" /> {say(words.keysHint)}
          </p>
        )}
      </div>
    </>
  );
};
