/**
 * The recorder's side of the store: init files, segments and tails of one session. Needs no catalogue and deletes nothing but its own `.tmp`.
 * A file under its final name is whole: `.tmp`, then rename.
 */
import type { FileHandle } from "node:fs/promises";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { ReplayError } from "@livekit-replay/contract";
import { hasCode, makeFolder, syncFolder, translate, writeKept } from "./files.js";
import type { Logger } from "./log.js";
import { initName, segmentName, tailName } from "./names.js";
import { below, type SessionFolder, sessionPath } from "./paths.js";
import { nextRunIn } from "./session-files.js";
import type { SyncQueue } from "./sync-queue.js";

/** Where to write. */
export interface SessionWriterOptions extends SessionFolder {
  /** `FILE_UPLOAD_DEST`. */
  readonly root: string;
  readonly logger: Logger;
  /** The process's queue of background syncs. It is not closed by the writer. */
  readonly syncs: SyncQueue;
  /** Bytes that may be on their way to the disk; what comes on top is refused. Default 64 MiB. */
  readonly maxPendingBytes?: number;
}

/** Files and bytes written, and files refused. */
export interface SessionWriterCounts {
  readonly files: number;
  readonly bytes: number;
  readonly dropped: number;
}

const MAX_PENDING_BYTES = 64 * 1024 * 1024;
/** How often a folder is made again that an emptied parent took with it. */
const FOLDER_TRIES = 5;

/**
 * Writes one session's files. Every `write…` resolves once the file is there under its final name, and throws `ReplayError("disk_full")` when the disk is full
 * (or so slow that `maxPendingBytes` are waiting); nothing of that file stays behind, and later ones may succeed again. Other errors of the file system pass through.
 * Bytes must not be changed before the promise settles.
 */
export class SessionWriter {
  /** The session's folder. */
  readonly folder: string;
  private readonly logger: Logger;
  private readonly syncs: SyncQueue;
  private readonly maxPendingBytes: number;
  private readonly pending = new Set<Promise<unknown>>();
  private pendingBytes = 0;
  private closed = false;
  private files = 0;
  private bytes = 0;
  private dropped = 0;

  private constructor(folder: string, options: SessionWriterOptions) {
    this.folder = folder;
    this.logger = options.logger;
    this.syncs = options.syncs;
    this.maxPendingBytes = options.maxPendingBytes ?? MAX_PENDING_BYTES;
  }

  /** Creates the session's folder (synced) if it is not there. */
  static async open(options: SessionWriterOptions): Promise<SessionWriter> {
    const folder = sessionPath(options.root, options);
    try {
      await mkdir(options.root, { recursive: true });
    } catch (error) {
      throw translate(error);
    }
    for (let tries = 1; ; tries += 1) {
      try {
        await makeFolder(path.resolve(options.root), folder);
        return new SessionWriter(folder, options);
      } catch (error) {
        // The server may just be removing an empty room's folder.
        if (!hasCode(error, "ENOENT") || tries === FOLDER_TRIES) throw error;
      }
    }
  }

  get counts(): SessionWriterCounts {
    return { files: this.files, bytes: this.bytes, dropped: this.dropped };
  }

  /** The number for the next run: one more than the highest that any file in the folder names. */
  nextRun(): Promise<number> {
    return nextRunIn(this.folder);
  }

  /** `init-{run}.mp4`, synced in the background. Before the run's first segment. */
  async writeInit(run: number, bytes: Uint8Array): Promise<void> {
    await this.write(initName(run), bytes, false);
  }

  /** `segment-{run}-{number}.m4s`, synced in the background. */
  async writeSegment(run: number, number: number, bytes: Uint8Array): Promise<void> {
    await this.write(segmentName(run, number), bytes, false);
  }

  /** `tail-{captureId}.m4s`, synced before this resolves. */
  async writeTail(captureId: string, bytes: Uint8Array): Promise<void> {
    await this.write(tailName(captureId), bytes, true);
  }

  /** Waits for writes under way; later ones throw. Idempotent. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.pending);
  }

  private async write(name: string, bytes: Uint8Array, sync: boolean): Promise<void> {
    if (this.closed) throw new TypeError("SessionWriter: is closed");
    if (this.pendingBytes + bytes.length > this.maxPendingBytes) {
      this.dropped += 1;
      throw new ReplayError("disk_full", { detail: "Storage does not keep up" });
    }
    const work = this.put(below(this.folder, name), bytes, sync);
    this.pending.add(work);
    this.pendingBytes += bytes.length;
    try {
      await work;
      this.files += 1;
      this.bytes += bytes.length;
    } catch (error) {
      this.dropped += 1;
      this.logger.warn({ err: error, file: name }, "a file of a buffer could not be written");
      throw error;
    } finally {
      this.pending.delete(work);
      this.pendingBytes -= bytes.length;
    }
  }

  private async put(file: string, bytes: Uint8Array, sync: boolean): Promise<void> {
    const handle: FileHandle = await writeKept(file, bytes, { sync });
    if (!sync) {
      this.syncs.add(handle, this.folder);
      return;
    }
    await handle.close();
    await syncFolder(this.folder);
  }
}
