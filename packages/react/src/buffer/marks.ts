/** Where clips of a session were made, as far as this page knows: by itself, and by others in the room. */
import type { Session } from "@livekit-replay/contract";
import { useMemo } from "react";
import { useReplay } from "../provider/context.js";
import type { Capture } from "../capture/store.js";
import type { CaptureNotice } from "../rooms/reduce.js";
import { useRoom } from "../rooms/use-room.js";
import { useValue } from "../store/value.js";
import type { Span } from "./layout.js";

/** A stretch of a buffer that somebody kept. */
export interface StripMark extends Span {
  /** The clip's id. */
  readonly key: string;
  /** Who kept it; undefined: this page. */
  readonly by: string | undefined;
  readonly durationMs: number;
}

/** The marks of a session, oldest first: what this page kept, and what the room was told of. Each clip once; deleted ones of this page not. */
export const marksOf = (sessionId: string, notices: readonly CaptureNotice[], captures: readonly Capture[]): StripMark[] => {
  const own = captures.flatMap(({ sessionId: of, state }): StripMark[] => {
    if (of !== sessionId || state.is !== "kept") return [];
    const { id, startsAtMs, endsAtMs, durationMs } = state.clip;
    return [{ key: id, by: undefined, fromMs: startsAtMs, toMs: endsAtMs, durationMs }];
  });
  const known = new Set(own.map(({ key }) => key));
  const others = notices
    .filter((notice) => notice.sessionId === sessionId && !known.has(notice.clipId))
    .map(({ clipId, by, startsAtMs, endsAtMs, durationMs }): StripMark => {
      return { key: clipId, by: by.name, fromMs: startsAtMs, toMs: endsAtMs, durationMs };
    });
  return [...own, ...others].toSorted((a, b) => a.fromMs - b.fromMs);
};

/** The marks of a session in a component. While it is there, the person counts as in the session's room. */
export const useStripMarks = (session: Session): readonly StripMark[] => {
  const { captures } = useReplay();
  const { notices } = useRoom(session.roomName);
  const pressed = useValue(captures.value);
  return useMemo(() => marksOf(session.id, notices, pressed), [session.id, notices, pressed]);
};

/** The clip in which an instant lies: the newest of several. */
export const markAt = (marks: readonly StripMark[], atMs: number): StripMark | undefined =>
  marks.findLast(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
