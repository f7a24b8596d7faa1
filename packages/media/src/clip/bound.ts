/** What a clip may take on disk at most, known from the index alone: charged to the quota before anything is pinned. */
import type { SegmentInfo } from "../segment/info.js";
import type { ClipPlan } from "./plan.js";

/**
 * Upper bound in bytes of the clip's MP4 and of its pins (segments, rewritten last piece, tables, silence, playlist, init files); never less than either.
 * Not in it: a poster, and frames that come later than the plan (the caller adds what it allows for them).
 */
export function upperBoundBytes(plan: Pick<ClipPlan<SegmentInfo>, "stretches">): number {
  throw new Error(`being built ${plan.stretches.length}`);
}
