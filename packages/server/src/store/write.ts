/**
 * The recorder's side of the store: init files, segments and tails of one session. Needs no catalogue and deletes nothing but its own `.tmp`.
 * A file under its final name is whole: `.tmp`, then rename.
 */
import type { Logger } from "./log.js";
import type { SessionFolder } from "./paths.js";
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

/**
 * Writes one session's files. Every `write…` resolves once the file is there under its final name, and throws `ReplayError("disk_full")` when the disk is full
 * (or so slow that `maxPendingBytes` are waiting); nothing of that file stays behind, and later ones may succeed again. Other errors of the file system pass through.
 * Bytes must not be changed before the promise settles.
 */
export class SessionWriter {
  /** Creates the session's folder (synced) if it is not there. */
  static async open(_options: SessionWriterOptions): Promise<SessionWriter> {
    throw new Error("being built");
  }

  /** The session's folder. */
  get folder(): string {
    throw new Error("being built");
  }

  get counts(): SessionWriterCounts {
    throw new Error("being built");
  }

  /** `init-{run}.mp4`, synced in the background. Before the run's first segment. */
  async writeInit(_run: number, _bytes: Uint8Array): Promise<void> {
    throw new Error("being built");
  }

  /** `segment-{run}-{number}.m4s`, synced in the background. */
  async writeSegment(_run: number, _number: number, _bytes: Uint8Array): Promise<void> {
    throw new Error("being built");
  }

  /** `tail-{captureId}.m4s`, synced before this resolves. */
  async writeTail(_captureId: string, _bytes: Uint8Array): Promise<void> {
    throw new Error("being built");
  }

  /** Waits for writes under way; later ones throw. Idempotent. */
  async close(): Promise<void> {
    throw new Error("being built");
  }
}
