/** Deleting in a session's folder: what left the window, what nobody needs any more, everything. The only place that removes a buffer's files. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { type Millis, millis, type WallMs } from "@livekit-replay/contract";
import type { Counters } from "./counters.js";
import { hasCode, listFolder, removeEmpty, removeFile } from "./files.js";
import type { Logger } from "./log.js";
import { bufferRoot, type SessionFolder, sessionPath } from "./paths.js";

/** What a removal did. */
export interface RemovedFiles {
  readonly files: number;
  readonly bytes: number;
  /** Files that could not be removed (logged and counted). */
  readonly failed: number;
}

/** A tail is pinned within seconds of its writing; one this old is of a capture that failed. */
export const TAIL_AGE: Millis = millis(60_000);
/** A `.tmp` this old has no writer any more. */
export const TMP_AGE: Millis = millis(3_600_000);

/** Removes files of one session and keeps count. Errors are logged once per file, counted each time, and stop nothing. */
export class SessionEraser {
  private readonly folder: string;
  private readonly logger: Logger;
  private readonly counters: Counters;
  private readonly stuckFiles = new Set<string>();

  constructor(folder: string, logger: Logger, counters: Counters) {
    this.folder = folder;
    this.logger = logger;
    this.counters = counters;
  }

  /** Whether a file could not be removed at the last try. */
  isStuck(file: string): boolean {
    return this.stuckFiles.has(file);
  }

  /** True when the file is gone (by us or before). Never throws. */
  async remove(file: string): Promise<boolean> {
    try {
      if (await removeFile(path.join(this.folder, file))) this.counters.add("buffer_files_removed");
      this.stuckFiles.delete(file);
      return true;
    } catch (error) {
      this.counters.add("buffer_remove_failed");
      if (!this.stuckFiles.has(file)) this.logger.error({ err: error, file }, "a file of a buffer could not be removed");
      this.stuckFiles.add(file);
      return false;
    }
  }

  /** Removes a file whose last change is longer ago than `age`. True when it is gone. Never throws. */
  async removeOlder(file: string, age: Millis, now: WallMs): Promise<boolean> {
    try {
      const { mtimeMs } = await stat(path.join(this.folder, file));
      return now - mtimeMs > age && (await this.remove(file));
    } catch (error) {
      if (hasCode(error, "ENOENT")) return true;
      this.counters.add("buffer_remove_failed");
      this.logger.error({ err: error, file }, "a file of a buffer could not be looked at");
      return false;
    }
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ELOOP")) return 0;
    throw error;
  }
}

/**
 * Removes a session's whole folder, whatever files lie in it, and the folders of its user and room when they are empty then.
 * Folders inside it are none of ours: they stay, and so does it (counted as failed). Errors on one file do not stop the rest.
 */
export async function eraseSession(root: string, session: SessionFolder, logger: Logger, counters: Counters): Promise<RemovedFiles> {
  const folder = sessionPath(root, session);
  const eraser = new SessionEraser(folder, logger, counters);
  let files = 0;
  let bytes = 0;
  let failed = 0;
  for (const entry of await listFolder(folder)) {
    const size = entry.isFile() ? await sizeOf(path.join(folder, entry.name)) : 0;
    if (!entry.isDirectory() && (await eraser.remove(entry.name))) {
      files += 1;
      bytes += size;
    } else {
      failed += 1;
      if (entry.isDirectory()) logger.error({ folder, name: entry.name }, "a folder inside a session's folder is none of ours and stays");
    }
  }
  if (failed === 0) await removeUpwards(bufferRoot(root), folder);
  return { files, bytes, failed };
}

/** Removes an empty folder and its parents below `top`, as far as they are empty. */
async function removeUpwards(top: string, folder: string): Promise<void> {
  for (let at = folder; at.startsWith(top + path.sep); at = path.dirname(at)) {
    // A missing folder (the session never wrote) must not keep its empty parents.
    const entries = await listFolder(at);
    if (entries.length > 0) return;
    await removeEmpty(at);
  }
}
