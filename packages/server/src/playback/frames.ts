/** When the frames of a session's buffer were shown, in wall time. */
import { type Frames, type FramesQuery, micros, ReplayError, type WallMs } from "@livekit-replay/contract";
import { wallAt } from "@livekit-replay/media";
import type { BufferedSegment, SessionBuffer } from "../store/buffer.js";

/** Exact to 1 µs, as segments are. */
const exact = (wall: number): number => Math.round(wall * 1000) / 1000;

/** None: it left the buffer while it was read. */
async function timesOf(buffer: SessionBuffer, segment: BufferedSegment): Promise<number[]> {
  try {
    const { video } = await buffer.describe(segment);
    return Array.from(video.pts, (pts) => exact(wallAt(segment, micros(pts))));
  } catch (error) {
    if (error instanceof ReplayError && error.code === "no_segments") return [];
    throw error;
  }
}

/** Where the frame behind a segment's last one begins: with the next segment, or not at all. */
function endOf(segments: readonly BufferedSegment[], segment: BufferedSegment): WallMs {
  const next = segments[segments.indexOf(segment) + 1];
  return next?.run === segment.run && next.number === segment.number + 1 ? next.startWall : segment.endWall;
}

/**
 * The frames of a window: from the one that was on the screen when it begins to the last one that begins in it.
 * Only what is in closed segments; of the window itself, which goes on, not of what lies before it on disk.
 */
export async function framesOf(buffer: SessionBuffer, { fromMs, lengthMs }: FramesQuery): Promise<Frames> {
  const toMs = fromMs + lengthMs;
  const { segments } = buffer;
  const inside = segments.filter(({ startWall, endWall }) => endWall > fromMs && startWall < toMs);
  const last = inside.at(-1);
  if (!last) return { atMs: [], untilMs: Math.min(toMs, exact(segments.at(-1)?.endWall ?? fromMs)) };
  const all: number[] = [];
  for (const segment of inside) all.push(...(await timesOf(buffer, segment)));
  const first = Math.max(
    all.findLastIndex((at) => at <= fromMs),
    0,
  );
  const behind = all.findIndex((at) => at >= toMs);
  return { atMs: all.slice(first, behind < 0 ? all.length : behind), untilMs: all[behind] ?? exact(endOf(segments, last)) };
}
