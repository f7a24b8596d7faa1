/** Says to everybody in a room that it is kept, and whose share: by our own sessions, and by LiveKit's word when something else records it. */
import type { Session } from "@livekit-replay/contract";
import { memo, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";

/** What is known of the room. */
export interface IndicatorProps {
  readonly sessions: readonly Session[];
  /** LiveKit says that something records the room. */
  readonly recording: boolean;
}

const namesOf = (sessions: readonly Session[]): string => sessions.map(({ owner }) => owner.name).join(", ");

/** Nothing while nothing is kept. A buffer that its owner has paused is said as paused. */
export const Indicator = memo(({ sessions, recording }: IndicatorProps): ReactElement | null => {
  const say = useSay();
  const active = sessions.filter((session) => session.state === "active");
  const running = active.filter((session) => session.pausedAtMs === null);
  const paused = active.filter((session) => session.pausedAtMs !== null);
  if (active.length === 0 && !recording) return null;
  return (
    <p className="indicator" role="status" data-paused={(running.length === 0 && paused.length > 0) || undefined}>
      <span className="lamp" aria-hidden="true" />
      {running.length > 0 && (
        <>
          <strong>{say(words.running)}</strong> <span>{namesOf(running)}</span>
        </>
      )}
      {paused.length > 0 && (
        <>
          <strong>{say(words.indicatorPaused)}</strong> <span>{namesOf(paused)}</span>
        </>
      )}
      {active.length === 0 && <strong>{say(words.recorded)}</strong>}
    </p>
  );
});
