/** A bound for calls to LiveKit: so many at once, so many a second, and no more than so many that wait. */
import { ReplayError } from "@livekit-replay/contract";

/** What a {@link CallLimit} allows. */
export interface CallLimitOptions {
  readonly mostAtOnce: number;
  readonly mostWaiting: number;
  readonly mostPerSecond: number;
}

/** Calls wait for their turn; what would wait behind too many is refused. */
export class CallLimit {
  readonly #options: CallLimitOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #nextStartAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #refused = 0;

  constructor(options: CallLimitOptions) {
    this.#options = options;
  }

  /** How many calls were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** @throws ReplayError `recorder_unavailable` when too many wait already; else what the work throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= this.#options.mostWaiting) {
      this.#refused += 1;
      throw new ReplayError("recorder_unavailable", {
        detail: "Recorder is not available: too many questions to LiveKit wait already",
        retryAfterSeconds: 2,
      });
    }
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#next();
    });
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#next();
    }
  }

  #next(): void {
    if (this.#timer !== null || this.#running >= this.#options.mostAtOnce || this.#waiting.length === 0) return;
    const now = performance.now();
    if (now < this.#nextStartAt) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#next();
      }, this.#nextStartAt - now);
      return;
    }
    this.#nextStartAt = Math.max(now, this.#nextStartAt) + 1000 / this.#options.mostPerSecond;
    this.#running += 1;
    this.#waiting.shift()?.();
    this.#next();
  }
}
