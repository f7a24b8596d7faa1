/** A GOP becomes a segment's bytes: `styp prft uuid moof mdat`, self-describing, in one allocation. A tail is the same made from the open GOP. */
import type { Gop } from "./gop.js";

/**
 * The bytes of one segment (ISO/IEC 14496-12, 8.8; CMAF chunk layout with video, then sound in `mdat`).
 * Media times are those of the Gop, exactly (video in µs, audio in 1/48000 s); `mfhd` is the number plus one.
 * @throws TypeError naming the field, when the Gop breaks its own rules (no keyframe first, times that do not grow, no Annex B).
 */
export function muxSegment(gop: Gop): Uint8Array {
  throw new Error(`being built ${gop.number}`);
}
