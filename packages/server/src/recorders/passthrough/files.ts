/** A session's folder while its share is recorded several times over: one writer for all of them, and each waits until the one before has written everything. */
import type { SegmentFiles } from "../writing/session.js";

/** Made once for a session; `close` gives the folder up. */
export class SessionFiles {
  readonly #files: SegmentFiles;
  #last: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;

  constructor(files: SegmentFiles) {
    this.#files = files;
  }

  /** For the next recording; its `close` leaves the folder to the one after it. */
  next(): SegmentFiles {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    const files = this.#files;
    return {
      writeInit: async (run, bytes) => {
        await before;
        await files.writeInit(run, bytes);
      },
      writeSegment: async (run, number, bytes) => {
        await before;
        await files.writeSegment(run, number, bytes);
      },
      writeTail: async (captureId, bytes) => {
        await before;
        await files.writeTail(captureId, bytes);
      },
      close: async () => {
        await before;
        resolve();
      },
    };
  }

  /** Resolves when all recordings made so far have written everything. */
  get settled(): Promise<void> {
    return this.#last;
  }

  /** Idempotent. Recordings are closed before. */
  close(): Promise<void> {
    this.#closing ??= this.#last.then(() => this.#files.close());
    return this.#closing;
  }
}
