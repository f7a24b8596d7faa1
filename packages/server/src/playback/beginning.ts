/** The first seconds of a part of a buffer, as a capture of that part would begin: who is about to see the clip has them decoded by the time it is kept. */
import { type LiveQuery, wallMs } from "@livekit-replay/contract";
import { clipPlaylist, planClip, type Playlist } from "@livekit-replay/media";
import { hasVp8 } from "../clips/convert/need.js";
import type { SessionBuffer } from "../store/buffer.js";
import { initName } from "../store/names.js";

/** Enough to play until the clip's own playlist is asked for, and no more: nothing else shall be loaded while a press is under way. */
const mostSegments = 3;

/** The range that will be captured. Null where a clip does not play from segments of ours, and when nothing of it is closed that a clip would have whole. */
export async function beginningOf(buffer: SessionBuffer, { fromMs = 0, toMs = Infinity }: LiveQuery): Promise<Playlist | null> {
  await buffer.upToDate();
  const plan = await planClip(buffer.segments, { fromMs: wallMs(fromMs), toMs: null }, (segment) => buffer.describe(segment));
  if (plan.kind === "empty") return null;
  const whole = plan.stretches.flatMap((stretch) => stretch.segments).filter(({ endWall }) => endWall <= toMs);
  const segments = whole.slice(0, mostSegments);
  const [first] = segments;
  if (!first || first.transport !== undefined || hasVp8(await buffer.encoding(first))) return null;
  const listed = segments.map((info) => ({ info, path: info.file, map: initName(info.run) }));
  // It goes on as the clip's playlist: the same segments under the same numbers, and more.
  return { ...clipPlaylist(listed, plan.startPts), kind: "event", ended: false };
}
