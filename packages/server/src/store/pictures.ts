/** Small pictures of segments, kept beside them for the strip: each is made once, and goes with its segment. They are made again when they are missing, so they are never synced. */
import path from "node:path";
import type { SessionEraser } from "./expire.js";
import { hasCode, writeWhole } from "./files.js";
import { parseBufferFile, pictureName } from "./names.js";
import { type BufferedSegment, readBounded } from "./segment-file.js";

/** Far more than a picture of a strip has. */
const MAX_PICTURE_BYTES = 256 * 1024;

/** The pictures of one session. Who keeps and removes them holds the buffer's lock. */
export class SessionPictures {
  private readonly folder: string;
  private readonly eraser: SessionEraser;
  private readonly sizes = new Map<string, number>();

  constructor(folder: string, eraser: SessionEraser) {
    this.folder = folder;
    this.eraser = eraser;
  }

  /** Bytes on disk, as far as they are known. */
  get sizeBytes(): number {
    return [...this.sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** A segment's picture; null when there is none. */
  async read({ run, number }: BufferedSegment): Promise<Uint8Array | null> {
    const file = pictureName(run, number);
    try {
      const bytes = await readBounded(path.join(this.folder, file), MAX_PICTURE_BYTES);
      this.sizes.set(file, bytes.length);
      return bytes;
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null;
      throw error;
    }
  }

  /** Throws ReplayError `disk_full`. */
  async write({ run, number }: BufferedSegment, bytes: Uint8Array): Promise<void> {
    const file = pictureName(run, number);
    await writeWhole(path.join(this.folder, file), bytes, { sync: false });
    this.sizes.set(file, bytes.length);
  }

  /** True when it is gone, or was never there. Never throws. */
  async remove({ run, number }: Pick<BufferedSegment, "run" | "number">): Promise<boolean> {
    const file = pictureName(run, number);
    const gone = await this.eraser.remove(file);
    if (gone) this.sizes.delete(file);
    return gone;
  }

  /** Removes those among files whose segments are gone. */
  async removeOthers(files: readonly string[], segments: readonly BufferedSegment[]): Promise<void> {
    const kept = new Set(segments.map(({ run, number }) => pictureName(run, number)));
    for (const file of files) {
      const parsed = parseBufferFile(file);
      if (parsed.kind === "picture" && !kept.has(file)) await this.remove(parsed);
    }
  }
}
