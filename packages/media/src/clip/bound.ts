/** What a clip may take on disk at most, known from the index alone: charged to the quota before anything is pinned. */
import type { SegmentInfo } from "../segment/info.js";
import type { ClipPlan } from "./plan.js";

/** Table entries of a frame: size 4, duration 8, keyframe 4; and its entry in the head of a rewritten last piece, 12. */
const PER_FRAME = 28;
/** Table entries of a packet: size 4, duration 8; and its entry in the head of a rewritten last piece, 8. */
const PER_PACKET = 20;
/** Of a segment: three chunks with 8 + 12 bytes each, and its lines in the playlist. */
const PER_SEGMENT = 60 + 240;
/** A silent packet: 3 bytes and its entries. */
const PER_SILENCE = 3 + PER_PACKET;
/** A joint: its init file, lines in the playlist, and the silence that fits a packet, a hold of a second and a lead. */
const PER_STRETCH = 8192;
/** `ftyp`, the fixed part of `moov`, the playlist's header. */
const FIXED = 8192;

/** Silence for a segment: all of it in a run without sound; the last second for a rewritten last piece. */
const silentPackets = ({ startPts, endPts, packets }: SegmentInfo): number =>
  packets === 0 ? Math.ceil((endPts - startPts) / 20_000) + 4 : 0;

const segmentBound = (segment: SegmentInfo): number =>
  segment.sizeBytes + segment.frames * PER_FRAME + segment.packets * PER_PACKET + silentPackets(segment) * PER_SILENCE + PER_SEGMENT;

/**
 * Upper bound in bytes of the clip's MP4 and of its pins (segments, rewritten last piece, tables, silence, playlist, init files); never less than either.
 * Not in it: a poster, and frames that come later than the plan (the caller adds what it allows for them).
 */
export function upperBoundBytes(plan: Pick<ClipPlan<SegmentInfo>, "stretches">): number {
  return plan.stretches.reduce(
    (sum, { segments }) => segments.reduce((bytes, segment) => bytes + segmentBound(segment), sum + PER_STRETCH),
    FIXED,
  );
}
