/** What a clip can be read from at this moment: its pins while they are there, its MP4 when that is made. */
import { ReplayError } from "@livekit-replay/contract";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { ClipFinaliser } from "./finalise.js";

/** How long an MP4 is waited for that is being made. */
const limitMs = 30_000;

/** What it takes to find out. */
export interface MaterialParts {
  readonly catalog: Pick<Catalog, "clips">;
  readonly finaliser: Pick<ClipFinaliser, "waitLate" | "waitReady">;
}

/** Both ways to read a clip. */
export interface Ways<T> {
  readonly ofPins: (clip: ClipRow) => Promise<T>;
  readonly ofMovie: (clip: ClipRow) => Promise<T>;
}

/** The clip as it can be read: what closed behind its tail is there, or its MP4 is. */
async function settled({ finaliser, catalog }: MaterialParts, clip: ClipRow): Promise<ClipRow> {
  if (clip.state === "pinned" && clip.container === "cmaf") await finaliser.waitLate(clip.id);
  const now = clip.container === "cmaf" ? await catalog.clips.find(clip.id) : await finaliser.waitReady(clip.id, limitMs);
  if (now?.state === "ready" || (now?.state === "pinned" && now.container === "cmaf")) return now;
  if (now?.state === "pinned") throw new ReplayError("not_ready", { retryAfterSeconds: 5 });
  throw new ReplayError("clip_not_found");
}

/**
 * Reads a clip from its pins, or from its MP4 where they are gone, also when they go while they are read.
 * @throws ReplayError `not_ready` while the MP4 is being made that there is no other way to; `clip_not_found`; what the ways throw.
 */
export async function readClip<T>(parts: MaterialParts, clip: ClipRow, { ofPins, ofMovie }: Ways<T>): Promise<T> {
  const source = await settled(parts, clip);
  if (source.container !== "cmaf" || source.pinsGone) return ofMovie(source);
  try {
    return await ofPins(source);
  } catch (error) {
    const isGone = error instanceof ReplayError && (error.code === "clip_not_found" || error.code === "no_segments");
    const now = isGone ? await parts.catalog.clips.find(source.id) : null;
    if (!isGone) throw error;
    if (now?.state !== "ready") throw new ReplayError("clip_not_found", { cause: error });
    return ofMovie(now);
  }
}
