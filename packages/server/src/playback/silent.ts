/**
 * Runs without sound, played by HLS: a player that has begun with sound stops at a segment that has none (and the other way round),
 * so what is served always has a sound track; where the share had none it is silence. Files on disk stay as recorded.
 */
import { describeInit, describeSegment, silentInit, silentSegment } from "@livekit-replay/media";
import { initName, parseBufferFile, PINNED_TAIL } from "../store/names.js";

/** Reads a whole file beside the one that is asked for. */
export type ReadFile = (name: string) => Promise<Uint8Array>;

/**
 * What is to be sent instead of a file of a run without sound; null: send the file as it is.
 * @param name an init file, a segment or a clip's tail that exists. Errors of `read` pass through.
 */
export async function withSound(name: string, read: ReadFile): Promise<Uint8Array | null> {
  const file = parseBufferFile(name);
  if (file.kind === "init") {
    const bytes = await read(name);
    return describeInit(bytes).format.audio === null ? silentInit(bytes) : null;
  }
  if (name === PINNED_TAIL) {
    const bytes = await read(name);
    return describeSegment(bytes).audio === null ? silentSegment(bytes) : null;
  }
  // Egress writes silence itself where a share has no sound for a while.
  if (file.kind !== "segment" || file.container === "ts" || describeInit(await read(initName(file.run))).format.audio !== null) return null;
  return silentSegment(await read(name));
}
