/** One piece of work at a time, in the order of asking. */
import { ReplayError } from "@livekit-replay/contract";

/** A first-in first-out lock within this process. Bounded: too many waiting is a refusal, not a growing queue. */
export class Lock {
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;
  private readonly limit: number;

  constructor(limit = 1000) {
    this.limit = limit;
  }

  /**
   * Runs `work` after everything asked for before. Not reentrant.
   * @throws ReplayError `rate_limited` when too many are waiting; errors of `work` pass through.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= this.limit) throw new ReplayError("rate_limited", { retryAfterSeconds: 1 });
    this.waiting += 1;
    const before = this.last;
    const turn = Promise.withResolvers<void>();
    this.last = turn.promise;
    await before;
    try {
      return await work();
    } finally {
      this.waiting -= 1;
      turn.resolve();
    }
  }

  /** Resolves when everything asked for so far is done. */
  async idle(): Promise<void> {
    await this.last;
  }
}

/** Work that is asked for more often than it can be done: one run at a time, and one more after it for all who asked meanwhile. */
export class Coalesced {
  private readonly work: () => Promise<void>;
  private running: Promise<void> | null = null;
  private again = false;

  /** @param work must not throw. */
  constructor(work: () => Promise<void>) {
    this.work = work;
  }

  /** Asks for a run that begins after this call. */
  ask(): void {
    if (this.running !== null) {
      this.again = true;
      return;
    }
    this.running = this.loop();
  }

  /** Resolves when no run is under way and none is asked for. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  private async loop(): Promise<void> {
    do {
      this.again = false;
      await this.work();
    } while (this.again);
    this.running = null;
  }
}
