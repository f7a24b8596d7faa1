/** Segments become playlists: the live window, everything of a session, the playlist of a clip. */
import type { Micros } from "@livekit-replay/contract";
import type { SegmentInfo } from "../segment/info.js";
import type { Playlist } from "./model.js";

/** A segment and where its files are, relative to the playlist. */
export interface ListedSegment {
  readonly info: SegmentInfo;
  /** For example `segment-0-12.m4s`. */
  readonly path: string;
  /** For example `init-0.mp4`. */
  readonly map: string;
}

/**
 * The next state of a rolling window: `segments` are those in the window now, oldest first.
 * EXT-X-MEDIA-SEQUENCE and EXT-X-DISCONTINUITY-SEQUENCE go on from `previous` (what was last written, read back after a restart, or null at the start of a session);
 * the target duration never falls.
 */
export function livePlaylist(previous: Playlist | null, segments: readonly ListedSegment[], options: { readonly ended: boolean }): Playlist {
  throw new Error(`being built ${previous?.kind} ${segments.length} ${options.ended}`);
}

/** Everything that is given, with its beginning never taken away: EVENT while it grows, VOD once ended. */
export function fullPlaylist(segments: readonly ListedSegment[], options: { readonly ended: boolean }): Playlist {
  throw new Error(`being built ${segments.length} ${options.ended}`);
}

/**
 * The playlist of a clip: whole segments, and EXT-X-START at its first frame.
 * @param startPts the clip's first frame, on the timeline of the first segment.
 */
export function clipPlaylist(segments: readonly ListedSegment[], startPts: Micros): Playlist {
  throw new Error(`being built ${segments.length} ${startPts}`);
}
