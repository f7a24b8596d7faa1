/** All buffers that this server has in memory, by session. */
import type { Millis } from "@livekit-replay/contract";
import type { Clock } from "../platform/clock.js";
import { SessionBuffer } from "./buffer.js";
import type { Counters } from "./counters.js";
import { eraseSession, type RemovedFiles } from "./expire.js";
import type { ForgottenFiles } from "./forget.js";
import type { Logger } from "./log.js";
import { type SessionFolder, sessionPath } from "./paths.js";
import { type StoreSharing, unshared } from "./sharing.js";

export type { RemovedFiles };

/** What all buffers share. */
export interface BuffersOptions {
  readonly root: string;
  /** `BUFFER_MINUTES`. */
  readonly bufferMs: Millis;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** Other servers on the same folder. Default: none. */
  readonly sharing?: StoreSharing;
}

/** Opens each session's buffer once; the same object for everybody who asks. */
export class Buffers {
  private readonly options: Required<BuffersOptions>;
  private readonly loading = new Map<string, Promise<SessionBuffer>>();
  private readonly loaded = new Map<string, SessionBuffer>();

  constructor(options: BuffersOptions) {
    this.options = { sharing: unshared, ...options };
  }

  /**
   * The buffer of a session: from memory, or read from its folder (an empty one when there is no folder yet). What another server may have written is read again.
   * @throws ReplayError `invalid_request` for names that cannot be kept; errors of the file system.
   */
  async open(session: SessionFolder): Promise<SessionBuffer> {
    const present = this.loading.get(session.sessionId);
    if (present !== undefined) return this.fresh(await present);
    const loading = SessionBuffer.load({ ...this.options, session, folder: sessionPath(this.options.root, session) });
    this.loading.set(session.sessionId, loading);
    try {
      const buffer = await loading;
      if (this.loading.get(session.sessionId) === loading) this.loaded.set(session.sessionId, buffer);
      return buffer;
    } catch (error) {
      this.loading.delete(session.sessionId);
      throw error;
    }
  }

  /** Only when it is in memory. */
  get(sessionId: string): SessionBuffer | null {
    return this.loaded.get(sessionId) ?? null;
  }

  /**
   * The cron job's net: every buffer in memory is compared with its folder, and leftovers go (see `SessionBuffer.sweep`).
   * An error on one session does not stop the rest. Answers how many sessions failed.
   */
  async sweep(): Promise<{ readonly sessions: number; readonly failed: number }> {
    let failed = 0;
    const buffers = [...this.loaded.values()];
    for (const buffer of buffers) {
      try {
        await buffer.sweep();
        if (buffer.isNobodys) this.drop(buffer);
      } catch (error) {
        failed += 1;
        this.options.counters.add("buffer_sweep_failed");
        this.options.logger.error({ err: error, folder: buffer.folder }, "a buffer could not be compared with its folder");
      }
    }
    return { sessions: buffers.length, failed };
  }

  /** See `SessionBuffer.forget`. */
  async forget(session: SessionFolder, fromMs: number | null): Promise<ForgottenFiles> {
    return (await this.open(session)).forget(fromMs);
  }

  /**
   * Deletes a session's whole folder, and parents that are empty then: its grace is over. Waits for captures under way. Idempotent.
   * Folders inside it are none of ours and stay (counted as failed).
   */
  async remove(session: SessionFolder): Promise<RemovedFiles> {
    const { root, logger, counters } = this.options;
    const buffer = await this.loading.get(session.sessionId);
    if (buffer === undefined) return eraseSession(root, session, logger, counters);
    await buffer.settled();
    const removed = await buffer.exclusive(() => eraseSession(root, session, logger, counters));
    this.loading.delete(session.sessionId);
    this.loaded.delete(session.sessionId);
    return removed;
  }

  private async fresh(buffer: SessionBuffer): Promise<SessionBuffer> {
    if (!(await this.options.sharing.isCurrent(buffer.session.sessionId))) await buffer.refresh();
    return buffer;
  }

  private drop({ session: { sessionId } }: SessionBuffer): void {
    this.loading.delete(sessionId);
    this.loaded.delete(sessionId);
  }

  /** Waits for what is under way and forgets all indexes. Idempotent. */
  async close(): Promise<void> {
    const buffers = [...this.loaded.values()];
    this.loading.clear();
    this.loaded.clear();
    for (const buffer of buffers) await buffer.settled();
  }
}
