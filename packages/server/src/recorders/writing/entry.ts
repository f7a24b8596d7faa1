/** A GOP's index entry, from the samples that were muxed: the same that reading the file's own boxes gives. */
import type { SegmentEntry } from "@livekit-replay/contract";
import type { Gop } from "@livekit-replay/media";

/** The entry of a GOP that became a file of `sizeBytes`. */
export const entryOf = (gop: Gop, sizeBytes: number): SegmentEntry => ({
  run: gop.run,
  number: gop.number,
  runReason: gop.runReason,
  startPts: gop.startPts,
  endPts: gop.endPts,
  startWall: gop.startWall,
  endWall: gop.startWall + (gop.endPts - gop.startPts) / 1000,
  sizeBytes,
  frames: gop.video.length,
  gaps: [...gop.gaps],
});

/** Bytes of media in a GOP. */
export function bytesOf(gop: Gop): number {
  let sum = 0;
  for (const sample of gop.video) sum += sample.data.length;
  for (const sample of gop.audio) sum += sample.data.length;
  return sum;
}
