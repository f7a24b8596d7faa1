/**
 * A range of wall time becomes a plan: which segments, from which frame to which, what plays and what is missing.
 * The plan needs the sample tables of the first and the last segment only; everything else comes from the index.
 */
import type { Gap, Micros, Millis, WallMs } from "@livekit-replay/contract";
import type { SegmentDescription } from "../segment/describe.js";
import type { SegmentInfo } from "../segment/info.js";

/** What was asked for, in wall time. */
export interface ClipRange {
  readonly fromMs: WallMs;
  /** Null: up to the end of the newest segment (a capture "now", whose last segment is the tail). */
  readonly toMs: WallMs | null;
}

/** Segments that play one after the other without a joint. */
export interface ClipStretch<S extends SegmentInfo> {
  readonly segments: readonly S[];
  /** How long the last frame is held beyond the stretch's end, because the next one begins less than a second later in wall time. 0 for the last. */
  readonly hold: Micros;
}

/** The last segment must be rewritten (`cutSegment`) so that nothing after the clip's end stays. */
export interface ClipCut {
  readonly endPts: Micros;
  readonly holdUntilPts: Micros;
}

/** What a clip will be. */
export interface ClipPlan<S extends SegmentInfo> {
  readonly kind: "clip";
  readonly stretches: readonly ClipStretch<S>[];
  /** First frame shown, on the timeline of the first segment's run. */
  readonly startPts: Micros;
  /** Null: the last segment is taken whole. */
  readonly cut: ClipCut | null;
  /** Wall time of the first frame. */
  readonly startsAtMs: WallMs;
  /** Wall time of the end of the last frame. */
  readonly endsAtMs: WallMs;
  /** What plays: wall time without the gaps over 1 s. */
  readonly durationMs: Millis;
  /** Gaps within the clip, oldest first: those inside segments, and those between runs. */
  readonly gaps: readonly Gap[];
}

/** Nothing of the range is buffered ("No segments found"). */
export interface EmptyPlan {
  readonly kind: "empty";
}

/**
 * Plans a clip. First frame: the last one at or before `fromMs` (in a gap or before the buffer: the first one after). Last frame: the first one at or after `toMs`,
 * shown for its own duration; in a gap, or where nothing newer is buffered: the last one before.
 * @param segments the buffer, oldest first; with a tail, it is the last one.
 * @param describe sample tables of a segment; called once or twice. Its errors pass through.
 */
export async function planClip<S extends SegmentInfo>(
  segments: readonly S[],
  range: ClipRange,
  describe: (segment: S) => Promise<SegmentDescription> | SegmentDescription,
): Promise<ClipPlan<S> | EmptyPlan> {
  throw new Error(`being built ${segments.length} ${range.fromMs} ${typeof describe}`);
}
