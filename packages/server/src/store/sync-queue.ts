/** Background fsync of closed files: bounded, one after the other, so that the disk's flushes never hold up writing. */
import type { FileHandle } from "node:fs/promises";
import type { Logger } from "./log.js";

/** How a queue of syncs behaves. */
export interface SyncQueueOptions {
  readonly logger: Logger;
  /** Files that may wait. Default 256. One more is closed without a sync and counted: the kernel writes it back on its own within half a minute. */
  readonly limit?: number;
}

/** One for a process, shared by its writers. */
export class SyncQueue {
  constructor(_options: SyncQueueOptions) {
    throw new Error("being built");
  }

  /** Files that were closed without a sync because the queue was full, and syncs that failed. */
  get counts(): { readonly skipped: number; readonly failed: number } {
    throw new Error("being built");
  }

  /** Takes over a written file's handle: syncs and closes it, and syncs its folder. Never throws; a failure is logged and counted. */
  add(_handle: FileHandle, _folder: string): void {
    throw new Error("being built");
  }

  /** Resolves when everything added so far is synced. */
  async flush(): Promise<void> {
    throw new Error("being built");
  }

  /** Flushes; takes nothing more. Idempotent. */
  async close(): Promise<void> {
    throw new Error("being built");
  }
}
