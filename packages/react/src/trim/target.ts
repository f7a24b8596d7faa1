/** What can be trimmed: a clip, or a part of a session's buffer that is no clip yet. */
import type { Clip, Session } from "@livekit-replay/contract";

/** A stretch of wall time (server time, Unix ms). */
export interface TrimRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A range of a session's buffer, before anything is kept of it. */
export interface SessionRange {
  readonly session: Session;
  readonly range: TrimRange;
}

/** A clip, or a range of a buffer. */
export type TrimTarget = Clip | SessionRange;

/** Whether it is a range of a buffer. */
export const isSessionRange = (target: TrimTarget): target is SessionRange => "session" in target;
