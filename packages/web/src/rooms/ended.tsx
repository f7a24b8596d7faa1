/** What is said after the end of a share: how much can still be kept, and how long. */
import { clockText, useNow } from "@livekit-replay/react";
import type { Session } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { useKept } from "./window.js";

/** `10 minutes`, or `3:12`. */
const useLength = (ms: number): string => {
  const say = useSay();
  const minutes = Math.round(ms / 60_000);
  return Math.abs(ms - minutes * 60_000) < 1500 && minutes > 1 ? say(words.endedMinutes, { minutes }) : clockText(ms);
};

/** Stands for the countdown in a sentence, until it is put there. */
const PLACE = "\u0000";

/** The countdown of the grace time; for who may not capture, and where nothing is left, just that it is over. The sentence is read out once, not with each second. */
export const Ended = ({ session, mine }: { readonly session: Session; readonly mine: boolean }): ReactElement => {
  const say = useSay();
  const nowMs = useNow();
  const keptMs = useKept(session);
  const length = useLength(keptMs);
  const left = clockText(Math.max(0, (session.graceEndsAtMs ?? nowMs) - nowMs));
  const rest = (): string => {
    if (keptMs === 0) return say(words.endedNothing);
    return session.can.capture ? say(words.endedCanKeep, { length, left: PLACE }) : say(words.endedSoon, { left: PLACE });
  };
  const [before = "", after] = rest().split(PLACE);
  return (
    <p className="session-ended" role="status">
      {mine ? say(words.endedMine) : say(words.endedOther, { owner: session.owner.name })} {before}
      {after !== undefined && (
        <>
          <span role="timer" aria-live="off">
            {left}
          </span>
          {after}
        </>
      )}
    </p>
  );
};
