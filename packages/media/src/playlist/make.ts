/** Segments become playlists: the live window, everything of a session, the playlist of a clip. */
import { type Micros, micros } from "@livekit-replay/contract";
import { continues, type SegmentInfo } from "../segment/info.js";
import type { Playlist, PlaylistSegment } from "./model.js";

/** A segment and where its files are, relative to the playlist. */
export interface ListedSegment {
  readonly info: SegmentInfo;
  /** For example `segment-0-12.m4s`. */
  readonly path: string;
  /** For example `init-0.mp4`; null for a transport stream. */
  readonly map: string | null;
}

function list(segments: readonly ListedSegment[], firstIsJoint: boolean): readonly PlaylistSegment[] {
  return segments.map(({ info, path, map }, i) => {
    const previous = segments[i - 1];
    return {
      path,
      duration: micros(info.endPts - info.startPts),
      map,
      discontinuity: previous ? !continues(previous.info, info) : firstIsJoint,
      startWall: info.startWall,
    };
  });
}

/** Whole seconds that no segment passes; at least 1, also for an empty playlist. */
const target = (segments: readonly PlaylistSegment[], least: number): number =>
  segments.reduce((longest, { duration }) => Math.max(longest, Math.ceil(duration / 1e6)), least);

/**
 * The next state of a rolling window: `segments` are those in the window now, oldest first.
 * EXT-X-MEDIA-SEQUENCE and EXT-X-DISCONTINUITY-SEQUENCE go on from `previous` (what was last written, read back after a restart, or null at the start of a session);
 * the target duration never falls (RFC 8216, 6.2.1, forbids a change; it grows only when a segment is longer than all before).
 */
export function livePlaylist(
  previous: Playlist | null,
  segments: readonly ListedSegment[],
  options: { readonly ended: boolean },
): Playlist {
  const present = new Set(segments.map(({ path }) => path));
  const before = previous?.segments ?? [];
  const firstKept = before.findIndex(({ path }) => present.has(path));
  const gone = firstKept < 0 ? before : before.slice(0, firstKept);
  // Nothing in common with what players hold: where the new window starts is a joint for them.
  const firstIsJoint = firstKept < 0 ? before.length > 0 : before[firstKept]?.discontinuity === true;
  const listed = list(segments, firstIsJoint);
  return {
    kind: "live",
    targetSeconds: target(listed, previous?.targetSeconds ?? 1),
    mediaSequence: (previous?.mediaSequence ?? 0) + gone.length,
    discontinuitySequence: (previous?.discontinuitySequence ?? 0) + gone.filter(({ discontinuity }) => discontinuity).length,
    start: null,
    ended: options.ended,
    segments: listed,
  };
}

/** Players count in floating-point seconds: at exactly the frame's time, Chromium is 1 µs early by rounding and shows the frame before. */
const INTO_FRAME = 100;

const complete = (segments: readonly ListedSegment[], rest: Pick<Playlist, "kind" | "start" | "ended">): Playlist => {
  const listed = list(segments, false);
  return { ...rest, targetSeconds: target(listed, 1), mediaSequence: 0, discontinuitySequence: 0, segments: listed };
};

/**
 * Everything that is given: EVENT while it grows, VOD once ended. An EVENT playlist may only grow (RFC 8216, 4.3.3.5):
 * once the oldest segments of a session expire, it is a `livePlaylist` with a longer window.
 */
export const fullPlaylist = (segments: readonly ListedSegment[], options: { readonly ended: boolean }): Playlist =>
  complete(segments, { kind: options.ended ? "vod" : "event", start: null, ended: options.ended });

/**
 * The playlist of a clip: whole segments, and EXT-X-START at its first frame (a tenth of a millisecond into it).
 * @param startPts the clip's first frame, on the timeline of the first segment.
 * @param lead how long before the first segment's first frame a player's time begins: 0 but for transport streams.
 */
export function clipPlaylist(segments: readonly ListedSegment[], startPts: Micros, lead: Micros = micros(0)): Playlist {
  const first = segments[0];
  if (!first) throw new TypeError("segments must not be empty");
  if (startPts < first.info.startPts || startPts >= first.info.endPts) throw new TypeError("startPts must be inside the first segment");
  return complete(segments, { kind: "vod", start: micros(startPts - first.info.startPts + lead + INTO_FRAME), ended: true });
}
