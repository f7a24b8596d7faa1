/**
 * A range of wall time becomes a plan: which segments, from which frame to which, what plays and what is missing.
 * The plan needs the sample tables of the first and the last segment only; everything else comes from the index.
 */
import { type Gap, type Micros, micros, type Millis, millis, type WallMs } from "@livekit-replay/contract";
import type { SampleTable, SegmentDescription } from "../segment/describe.js";
import { continues, ptsAt, type SegmentInfo, wallAt } from "../segment/info.js";
import { gapsIn, holdBetween } from "./joint.js";

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
  /** Gaps within the range that was asked for, oldest first: those inside segments, and those between runs; clipped to the range. */
  readonly gaps: readonly Gap[];
}

/** Sample tables of a segment, as `describeSegment` gives them. */
export type Describe<S> = (segment: S) => Promise<SegmentDescription> | SegmentDescription;

/** Nothing of the range is buffered ("No segments found"). */
export interface EmptyPlan {
  readonly kind: "empty";
}

/** A place in the buffer: a segment and one of its frames. */
interface Place {
  readonly index: number;
  readonly pts: Micros;
}

/** The last segment that starts at or before `wall`; -1: none. */
const segmentAt = (segments: readonly SegmentInfo[], wall: WallMs): number =>
  segments.findLastIndex((segment) => segment.startWall <= wall);

/** The last frame at or before `fromMs`; before the buffer and in a gap: the first one after; null: nothing that new is buffered. */
async function findStart<S extends SegmentInfo>(segments: readonly S[], fromMs: WallMs, describe: Describe<S>): Promise<Place | null> {
  const index = Math.max(segmentAt(segments, fromMs), 0);
  const segment = segments[index];
  const next = segments[index + 1];
  if (!segment) return null;
  if (fromMs >= segment.endWall) {
    if (!next) return null;
    if (!continues(segment, next)) return { index: index + 1, pts: next.startPts };
  }
  const wanted = ptsAt(segment, fromMs);
  if (wanted <= segment.startPts) return { index, pts: segment.startPts };
  const { video } = await describe(segment);
  return { index, pts: micros(video.pts.findLast((pts) => pts <= wanted) ?? segment.startPts) };
}

/** The clip's last segment, and where its last frame ends (null: where the segment ends). */
interface End {
  readonly index: number;
  readonly cutPts: Micros | null;
}

const endOfFrame = ({ pts, ticks }: SampleTable, frame: number): Micros => micros((pts[frame] ?? 0) + (ticks[frame] ?? 0));

/** The end of the first frame at or after `toMs`; in a gap and after the buffer: of the last one before; null: `toMs` is before the buffer. */
async function findEnd<S extends SegmentInfo>(segments: readonly S[], toMs: WallMs | null, describe: Describe<S>): Promise<End | null> {
  const index = toMs === null ? segments.length - 1 : segmentAt(segments, toMs);
  const segment = segments[index];
  if (!segment) return null;
  if (toMs === null) return { index, cutPts: null };
  const wanted = ptsAt(segment, toMs);
  if (wanted < segment.endPts) {
    const { video } = await describe(segment);
    const frame = video.pts.findIndex((pts) => pts >= wanted);
    if (frame >= 0) return { index, cutPts: frame === video.count - 1 ? null : endOfFrame(video, frame) };
  }
  const next = segments[index + 1];
  if (!next || !continues(segment, next)) return { index, cutPts: null };
  const { video } = await describe(next);
  return { index: index + 1, cutPts: video.count === 1 ? null : endOfFrame(video, 0) };
}

/** Splits at joints; a stretch is held over the gap behind it when that is short. */
function stretchesOf<S extends SegmentInfo>(segments: readonly S[]): readonly ClipStretch<S>[] {
  const starts = segments.flatMap((segment, i) => (i === 0 || !continues(segments[i - 1] ?? segment, segment) ? [i] : []));
  return starts.map((start, i) => {
    const end = starts[i + 1] ?? segments.length;
    return { segments: segments.slice(start, end), hold: holdBetween(segments[end - 1], segments[end]) };
  });
}

/** What plays of the stretches, from `startPts` to `endPts`. */
function playedMs(stretches: readonly ClipStretch<SegmentInfo>[], startPts: Micros, endPts: Micros): Millis {
  const played = stretches.reduce((sum, { segments, hold }, i) => {
    const start = i === 0 ? startPts : (segments[0]?.startPts ?? 0);
    const end = i === stretches.length - 1 ? endPts : (segments.at(-1)?.endPts ?? 0) + hold;
    return sum + end - start;
  }, 0);
  return millis(played / 1000);
}

/**
 * Plans a clip. First frame: the last one at or before `fromMs` (in a gap or before the buffer: the first one after). Last frame: the first one at or after `toMs`,
 * shown for its own duration; in a gap, or where nothing newer is buffered: the last one before.
 * @param segments the buffer, oldest first; with a tail, it is the last one.
 * @param describe called at most three times. Its errors pass through.
 * @throws TypeError when the range does not grow.
 */
export async function planClip<S extends SegmentInfo>(
  segments: readonly S[],
  range: ClipRange,
  describe: Describe<S>,
): Promise<ClipPlan<S> | EmptyPlan> {
  const { fromMs, toMs } = range;
  if (Number.isNaN(fromMs) || (toMs !== null && !(toMs > fromMs))) throw new TypeError("range.toMs must be after range.fromMs");
  const start = await findStart(segments, fromMs, describe);
  const end = await findEnd(segments, toMs, describe);
  const last = end ? segments[end.index] : undefined;
  const first = start ? segments[start.index] : undefined;
  if (!start || !end || !first || !last || end.index < start.index) return { kind: "empty" };
  const stretches = stretchesOf(segments.slice(start.index, end.index + 1));
  const endPts = end.cutPts ?? last.endPts;
  const startsAtMs = wallAt(first, start.pts);
  const endsAtMs = wallAt(last, endPts);
  return {
    kind: "clip",
    stretches,
    startPts: start.pts,
    cut: end.cutPts === null ? null : { endPts, holdUntilPts: endPts },
    startsAtMs,
    endsAtMs,
    durationMs: playedMs(stretches, start.pts, endPts),
    gaps: gapsIn(segments, fromMs, toMs === null || endsAtMs > toMs ? endsAtMs : toMs),
  };
}
