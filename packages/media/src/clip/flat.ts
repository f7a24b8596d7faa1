/**
 * The flat MP4: `ftyp`, `moov` in front built from the segments' heads, one `mdat` that holds the segments byte for byte.
 * A plan without I/O: what to write first, then which files to copy behind it.
 */
import type { Micros } from "@livekit-replay/contract";

/** A segment to be put into the MP4. `R` is the caller's handle of its file (a path, a descriptor). */
export interface FlatSegment<R> {
  /** Its first bytes: at least `headSize`. */
  readonly head: Uint8Array;
  /** Size of the whole file. */
  readonly sizeBytes: number;
  readonly ref: R;
}

/** Segments that play without a joint, all of one run; another run, or the same run after a missing segment, is another stretch. */
export interface FlatStretch<R> {
  /** The run's init file. */
  readonly init: Uint8Array;
  readonly segments: readonly FlatSegment<R>[];
  /** How long the last frame is held beyond the stretch's end. */
  readonly hold: Micros;
}

/** Bytes that follow the head in the file, in order. */
export type FlatPart<R> = { readonly kind: "copy"; readonly ref: R; readonly offset: number; readonly length: number } | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** What the finished file must contain; `verifyFlat` compares. */
export interface FlatExpectation {
  readonly sizeBytes: number;
  readonly videoSamples: number;
  readonly keyframes: number;
  /** Opus packets, silence included; null without sound. */
  readonly audioSamples: number | null;
  /** What plays, after the edit list. */
  readonly videoDuration: Micros;
  readonly audioDuration: Micros | null;
  /** Of the container: the longer one of the two. */
  readonly duration: Micros;
}

/** How to write the file. */
export interface FlatPlan<R> {
  /** `ftyp`, `moov` and the header of `mdat`. */
  readonly head: Uint8Array;
  readonly parts: readonly FlatPart<R>[];
  readonly sizeBytes: number;
  readonly expected: FlatExpectation;
}

/**
 * Plans the flat MP4 of a clip. The first frame is exact by an edit list in both tracks; what lies before it (up to a segment) stays in the file, hidden.
 * The end is that of the last segment, which must have been cut before.
 * @param startPts the first frame shown: PTS of a frame of the first segment.
 * @throws MediaFormatError when a head or an init is not ours, or a stretch has a hole; TypeError when `stretches` is empty or `startPts` is outside the first segment.
 */
export function planFlat<R>(stretches: readonly FlatStretch<R>[], startPts: Micros): FlatPlan<R> {
  throw new Error(`being built ${stretches.length} ${startPts}`);
}
