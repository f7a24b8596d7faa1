/** A film: what a publisher sends, in coded form, ready to be looped. */
import type { Micros } from "@livekit-replay/contract";

/** One access unit, Annex B, with SPS and PPS before every keyframe. */
export interface FilmFrame {
  /** From the film's start. */
  readonly pts: Micros;
  readonly key: boolean;
  readonly data: Uint8Array;
}

/** One Opus packet of 20 ms. */
export interface FilmPacket {
  /** From the film's start; the first is negative by the encoder's delay, so that sound and picture are in step. */
  readonly pts: Micros;
  readonly data: Uint8Array;
}

/** A film in memory. A loop of it has no seam: `durationUs` is a whole number of frames and of Opus packets. */
export interface Film {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly durationUs: Micros;
  readonly frames: readonly FilmFrame[];
  /** Null for a film without sound. */
  readonly packets: readonly FilmPacket[] | null;
}
