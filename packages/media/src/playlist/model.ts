/** A media playlist as data (RFC 8216, 4.3): what `write` turns into text and `read` makes from it. */
import type { Micros, WallMs } from "@livekit-replay/contract";

/** One line of media. */
export interface PlaylistSegment {
  /** Relative path below the playlist, `/` between names; not escaped (`write` escapes each name, `read` undoes it). Never absolute, never `..`. */
  readonly path: string;
  readonly duration: Micros;
  /** Path of the init file that it needs; null for self-contained segments (MPEG-TS). */
  readonly map: string | null;
  /** A joint before it: other run, other timeline. */
  readonly discontinuity: boolean;
  /** Wall time of its start. */
  readonly startWall: WallMs | null;
}

/**
 * `live`: a sliding window. `event`: only grows (EXT-X-PLAYLIST-TYPE:EVENT). `vod`: complete, never changes.
 */
export type PlaylistKind = "live" | "event" | "vod";

/** A whole media playlist. */
export interface Playlist {
  readonly kind: PlaylistKind;
  /** EXT-X-TARGETDURATION in seconds: no segment is longer (rounded up). */
  readonly targetSeconds: number;
  /** Number of the first segment since the playlist began. */
  readonly mediaSequence: number;
  /** Discontinuities that have left the window. */
  readonly discontinuitySequence: number;
  /** EXT-X-START, PRECISE=YES: where to begin, from the start of the first segment. */
  readonly start: Micros | null;
  /** EXT-X-ENDLIST: nothing follows. */
  readonly ended: boolean;
  readonly segments: readonly PlaylistSegment[];
}
