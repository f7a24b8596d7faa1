/** A GOP's index entry, from the samples that were muxed: the same that reading the file's own boxes gives. */
import type { SegmentEntry } from "@livekit-replay/contract";
import type { Gop } from "@livekit-replay/media";

/** The entry of a GOP that became a file of `sizeBytes`. Wall times are whole microseconds, as in the file. */
export function entryOf(gop: Gop, sizeBytes: number): SegmentEntry {
  const { run, number, runReason, startPts, endPts, video, gaps } = gop;
  const startWall = Math.round(gop.startWall * 1000) / 1000;
  return {
    run,
    number,
    runReason,
    startPts,
    endPts,
    startWall,
    endWall: startWall + (endPts - startPts) / 1000,
    sizeBytes,
    frames: video.length,
    gaps: [...gaps],
  };
}

/** Bytes of media in a GOP. */
export function bytesOf(gop: Gop): number {
  let sum = 0;
  for (const sample of gop.video) sum += sample.data.length;
  for (const sample of gop.audio) sum += sample.data.length;
  return sum;
}
