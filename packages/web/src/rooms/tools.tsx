/** What a buffer is captured with: its strip, the button, the keys. */
import { BufferStrip, CaptureButton, clockText, useCapture, useStripMarks } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { KeysHint } from "../layout/keys.js";
import { openTrim } from "../trim/open.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import type { Watching } from "./watching.js";
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

/** Which session, and how it is watched; `main`: the keys act on it. */
export interface ToolsProps {
  readonly session: Session;
  readonly mine: boolean;
  readonly main: boolean;
  readonly watching: Watching;
}

/** Strip and button of one session. */
export const Tools = ({ session, mine, main, watching }: ToolsProps): ReactElement => {
  const control = useCapture(session);
  const marks = useStripMarks(session);
  return (
    <>
      <BufferStrip
        session={session}
        control={control}
        marks={marks}
        playhead={watching.playhead}
        onTrim={(range) => openTrim({ session, range })}
        {...(watching.see && { onMoment: watching.see })}
      />
      <div className="session-tools" data-main={main || undefined}>
        {session.state === "active" && <Kept session={session} mine={mine} />}
        <CaptureButton control={control} {...(main ? {} : { keys: null })} />
        {main && <KeysHint />}
      </div>
    </>
  );
};
