/** How far back a buffer reaches, which segments are before that, and where picture is missing: arithmetic on the index alone. */
import { type BufferWindow, type Millis, wallMs } from "@livekit-replay/contract";
import { gapsIn, type SegmentInfo } from "@livekit-replay/media";

/**
 * Index of the oldest segment that is still in the window; everything before it has left. 0 for an empty buffer.
 * The window counts back from the newest frame. What was recorded longer ago than the buffer's length in media time is out as well:
 * when the server's clock was set back, wall time alone would keep it for hours.
 */
export function firstInWindow(segments: readonly SegmentInfo[], buffer: Millis): number {
  const newest = segments.at(-1);
  if (newest === undefined) return 0;
  const edge = newest.endWall - buffer;
  let after = 0;
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const segment = segments[index];
    if (segment === undefined || segment.endWall <= edge || after >= buffer) return index + 1;
    after += (segment.endPts - segment.startPts) / 1000;
  }
  return 0;
}

/**
 * What of a buffer can be captured; null without a segment.
 * @param segments the whole index, oldest first
 * @param sizeBytes of everything on disk
 */
export function windowOf(segments: readonly SegmentInfo[], buffer: Millis, sizeBytes: number): BufferWindow | null {
  const first = firstInWindow(segments, buffer);
  const kept = segments.slice(first);
  const oldest = kept[0];
  const newest = kept.at(-1);
  if (oldest === undefined || newest === undefined) return null;
  const toMs = newest.endWall;
  const fromMs = Math.min(Math.max(oldest.startWall, toMs - buffer), toMs);
  return { fromMs: Math.round(fromMs), toMs: Math.round(toMs), gaps: gapsIn(kept, wallMs(fromMs), toMs), sizeBytes };
}
