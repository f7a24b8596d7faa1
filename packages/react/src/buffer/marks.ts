/** Where clips of a session were made, as far as this page knows: those that I had before it was opened, its own, and those of others in the room since. */
import type { Clip, Session } from "@livekit-replay/contract";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useReplay } from "../provider/context.js";
import { keys } from "../provider/keys.js";
import type { Capture } from "../capture/store.js";
import type { CaptureNotice } from "../rooms/reduce.js";
import { useRoom } from "../rooms/use-room.js";
import { useValue } from "../store/value.js";
import type { Span } from "./layout.js";

/** A stretch of a buffer that somebody kept. */
export interface StripMark extends Span {
  /** The clip's id. */
  readonly key: string;
  /** Who kept it; undefined: I did. */
  readonly by: string | undefined;
  readonly durationMs: number;
}

/** What a page knows of the clips of its sessions. */
export interface KnownClips {
  /** What the room was told of. */
  readonly notices: readonly CaptureNotice[];
  /** What this page kept. */
  readonly captures: readonly Capture[];
  /** What I had before. */
  readonly before: readonly Clip[];
  /** Clips that are being deleted, or are. */
  readonly hidden: ReadonlySet<string>;
}

/** The marks of a session, oldest first; each clip once. */
export const marksOf = (sessionId: string, { notices, captures, before, hidden }: KnownClips): StripMark[] => {
  const kept = captures.flatMap(({ state }) => (state.is === "kept" ? [state.clip] : []));
  const mine = new Map(
    [...before, ...kept].filter((clip) => clip.sessionId === sessionId && !hidden.has(clip.id)).map((clip) => [clip.id, clip]),
  );
  const own = [...mine.values()].map(({ id, startsAtMs, endsAtMs, durationMs }): StripMark => {
    return { key: id, by: undefined, fromMs: startsAtMs, toMs: endsAtMs, durationMs };
  });
  const known = new Set(own.map(({ key }) => key));
  const others = notices
    .filter((notice) => notice.sessionId === sessionId && !known.has(notice.clipId) && !hidden.has(notice.clipId))
    .map(({ clipId, by, startsAtMs, endsAtMs, durationMs }): StripMark => {
      return { key: clipId, by: by.name, fromMs: startsAtMs, toMs: endsAtMs, durationMs };
    });
  return [...own, ...others].toSorted((a, b) => a.fromMs - b.fromMs);
};

/** More than fit into a buffer, but for who does nothing but press. */
const MOST_BEFORE = 50;

const none: readonly Clip[] = [];

/** My clips of a session when it is shown for the first time. Asked for once: the page knows of later ones by itself. */
const useKeptBefore = ({ id }: Session): readonly Clip[] => {
  const { client } = useReplay();
  const { data = none } = useQuery({
    queryKey: keys.keptBefore(id),
    queryFn: async ({ signal }) =>
      (await client.clips.mine({ pageSize: MOST_BEFORE }, signal)).items.filter((clip) => clip.sessionId === id),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
};

/** The marks of a session in a component. While it is there, the person counts as in the session's room. */
export const useStripMarks = (session: Session): readonly StripMark[] => {
  const { captures, removals } = useReplay();
  const { notices } = useRoom(session.roomName);
  const pressed = useValue(captures.value);
  const hidden = useValue(removals.value);
  const before = useKeptBefore(session);
  return useMemo(() => marksOf(session.id, { notices, captures: pressed, before, hidden }), [session.id, notices, pressed, before, hidden]);
};

/** The clip in which an instant lies: the newest of several. */
export const markAt = (marks: readonly StripMark[], atMs: number): StripMark | undefined =>
  marks.findLast(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
