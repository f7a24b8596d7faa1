/** What lies between segments that do not continue each other: the gap that is told, and how long the last frame is held over a short one. One rule for index, plan and MP4. */
import { type Gap, type Micros, micros, type WallMs } from "@livekit-replay/contract";
import { continues, type SegmentInfo } from "../segment/info.js";

/** A gap between runs up to this long is kept as a longer frame. */
const LONGEST_HOLD_MS = 1000;

/** A hole between two runs that is shorter than this is rounding, not a gap. */
const SHORTEST_GAP_MS = 1;

/** How long the last frame before a joint is held: up to the next run when that begins within a second of wall time, else (and at the end of a clip) not at all. */
export function holdBetween(last: SegmentInfo | undefined, next: SegmentInfo | undefined): Micros {
  const gapMs = last && next ? next.startWall - last.endWall : 0;
  return micros(gapMs > 0 && gapMs <= LONGEST_HOLD_MS ? gapMs * 1000 : 0);
}

/** The gap between two segments that do not continue each other. */
function gapBetween(previous: SegmentInfo, next: SegmentInfo): Gap | null {
  if (next.startWall - previous.endWall < SHORTEST_GAP_MS) return null;
  const reason = next.run === previous.run ? "disk" : next.runReason;
  return { fromMs: previous.endWall, toMs: next.startWall, reason: reason === "start" ? "restart" : reason };
}

/** Gaps of a buffer, inside segments and between them, that touch `[fromMs, toMs]`, clipped to it; oldest first. */
export function gapsIn(segments: readonly SegmentInfo[], fromMs: WallMs, toMs: WallMs): Gap[] {
  const all = segments.flatMap((segment, i) => {
    const next = segments[i + 1];
    const between = next && !continues(segment, next) ? gapBetween(segment, next) : null;
    return between ? [...segment.gaps, between] : segment.gaps;
  });
  return all
    .filter((gap) => gap.fromMs < toMs && gap.toMs > fromMs)
    .map((gap) => ({ ...gap, fromMs: Math.max(gap.fromMs, fromMs), toMs: Math.min(gap.toMs, toMs) }));
}
