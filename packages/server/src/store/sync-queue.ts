/** Background fsync of closed files: bounded, one after the other, so that the disk's flushes never hold up writing. */
import type { FileHandle } from "node:fs/promises";
import { hasCode, syncFolder } from "./files.js";
import type { Logger } from "./log.js";

/** How a queue of syncs behaves. */
export interface SyncQueueOptions {
  readonly logger: Logger;
  /** Files that may wait. Default 256. One more is closed without a sync and counted: the kernel writes it back on its own within half a minute. */
  readonly limit?: number;
}

interface Waiting {
  readonly handle: FileHandle;
  readonly folder: string;
}

/** One for a process, shared by its writers. */
export class SyncQueue {
  private readonly logger: Logger;
  private readonly limit: number;
  private readonly waiting: Waiting[] = [];
  private readonly closing = new Set<Promise<void>>();
  private working: Promise<void> | null = null;
  private closed = false;
  private skipped = 0;
  private failed = 0;

  constructor(options: SyncQueueOptions) {
    this.logger = options.logger;
    this.limit = options.limit ?? 256;
  }

  /** Files that were closed without a sync because the queue was full (or closed), and syncs that failed. */
  get counts(): { readonly skipped: number; readonly failed: number } {
    return { skipped: this.skipped, failed: this.failed };
  }

  /** Takes over a written file's handle: syncs and closes it, and syncs its folder. Never throws; a failure is logged and counted. */
  add(handle: FileHandle, folder: string): void {
    if (this.closed || this.waiting.length >= this.limit) {
      this.skipped += 1;
      const closing = handle.close().catch((error: unknown) => this.report(error, folder));
      this.closing.add(closing);
      void closing.finally(() => this.closing.delete(closing));
      return;
    }
    this.waiting.push({ handle, folder });
    this.working ??= this.work();
  }

  /** Resolves when everything added so far is synced. */
  async flush(): Promise<void> {
    await this.working;
    await Promise.all(this.closing);
  }

  /** Flushes; takes nothing more. Idempotent. */
  async close(): Promise<void> {
    this.closed = true;
    await this.flush();
  }

  private async work(): Promise<void> {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      const { handle, folder } = next;
      await handle.sync().catch((error: unknown) => this.report(error, folder));
      await handle.close().catch((error: unknown) => this.report(error, folder));
      // A folder that is gone has nothing left to sync: its session was removed.
      await syncFolder(folder).catch((error: unknown) => hasCode(error, "ENOENT") || this.report(error, folder));
    }
    this.working = null;
  }

  private report(error: unknown, folder: string): void {
    this.failed += 1;
    this.logger.error({ err: error, folder }, "a file could not be synced");
  }
}
