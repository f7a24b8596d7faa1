/** A run's init file: `ftyp` and `moov` without samples. mediabunny writes the sample entries (avcC, dOps); the time scales are ours. */
import type { RunFormat } from "./gop.js";

/**
 * The init bytes of a run (ISO/IEC 14496-12, 8.8): track 1 video in µs, track 2 (if there is sound) Opus at 48000.
 * @param firstKeyframe Annex B, with SPS and PPS in front; they become the `avcC` of the sample entry.
 * @throws TypeError when the keyframe has no SPS or PPS.
 */
export async function muxInit(format: RunFormat, firstKeyframe: Uint8Array): Promise<Uint8Array> {
  throw new Error(`being built ${format.video.kind} ${firstKeyframe.length}`);
}
