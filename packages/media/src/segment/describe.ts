/** A segment's bytes become its index entry and its sample tables. Reads the head only; the payload is never looked at. */
import type { SegmentInfo } from "./info.js";

/** The samples of one track of a segment, in order; each array has `count` entries. */
export interface SampleTable {
  readonly count: number;
  /** In µs on the run's timeline. Video: exact. Audio: the packet's tick of 1/48000 s, as a fraction. */
  readonly pts: Float64Array;
  /** In ticks of the track: video 1/1000000 s, audio 1/48000 s. */
  readonly ticks: Uint32Array;
  /** Bytes of the sample. */
  readonly size: Uint32Array;
  /** Where the sample starts in the segment's file. */
  readonly offset: Uint32Array;
  /** 1 for a keyframe, 0 for another frame; audio: all 1. */
  readonly key: Uint8Array;
}

/** Everything that a segment's head says. */
export interface SegmentDescription {
  readonly info: SegmentInfo;
  readonly video: SampleTable;
  /** Null in a run without sound. */
  readonly audio: SampleTable | null;
}

/** How many bytes of a segment's file must be read to describe it. */
export interface HeadSize {
  /** Read at least this many bytes from the start of the file. */
  readonly headBytes: number;
  /** True: `headBytes` is exact. False: read that many and ask again (it grows at each step, a few steps at most). */
  readonly exact: boolean;
}

/** A good first read: most heads fit, so that one read and one description are enough. */
export const FIRST_READ_BYTES = 8192;

/**
 * How far the head of a segment file reaches, from its first bytes (even none).
 * @param sizeBytes size of the whole file.
 * @throws MediaFormatError when it is no segment of ours, or the head is larger than any of ours.
 */
export function headSize(prefix: Uint8Array, sizeBytes: number): HeadSize {
  throw new Error(`being built ${prefix.length} ${sizeBytes}`);
}

/**
 * Index entry and sample tables of a segment.
 * @param head the file's first bytes, at least `headSize` of them (the whole file is right too).
 * @param sizeBytes size of the whole file; needed when `head` is not the whole file.
 * @throws MediaFormatError for everything that `muxSegment` or `cutSegment` did not write, whole.
 */
export function describeSegment(head: Uint8Array, sizeBytes: number = head.length): SegmentDescription {
  throw new Error(`being built ${sizeBytes}`);
}
