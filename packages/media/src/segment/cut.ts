/** A segment rewritten so that it ends (or starts) at a frame: WebRTC has no B-frames, so leaving samples out needs no re-encoding. */
import type { Micros } from "@livekit-replay/contract";

/** Where to cut; media times on the run's timeline. */
export interface CutOptions {
  /** PTS of a keyframe inside the segment: everything before it is left out. Default: the segment's start. */
  readonly fromKeyframe?: Micros;
  /** Frames with `pts < endPts` stay. */
  readonly endPts: Micros;
  /** The last frame is shown, and the sound goes on (packets, then Opus silence), until here. At least the last frame's PTS + 1 µs. */
  readonly holdUntilPts: Micros;
}

/**
 * A new segment with the same run and number, cut at frames. Bytes of frames left out are not in it; gaps that lie outside are not either.
 * @param bytes the whole segment file.
 * @throws MediaFormatError when the bytes are no segment; TypeError when no frame is left or `fromKeyframe` is no keyframe of it.
 */
export function cutSegment(bytes: Uint8Array, options: CutOptions): Uint8Array {
  throw new Error(`being built ${bytes.length} ${options.endPts}`);
}
