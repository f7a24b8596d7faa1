/** What goes into a flat MP4, and what comes out of its plan: pieces of files, without I/O. */
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
export type FlatPart<R> =
  | { readonly kind: "copy"; readonly ref: R; readonly offset: number; readonly length: number }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };
