/** A bound for questions to the host application: so many at once, and no more than so many that wait. */
import { ReplayError } from "@livekit-replay/contract";

/** What {@link Turns} allow. */
export interface TurnsOptions {
  readonly mostAtOnce: number;
  readonly mostWaiting: number;
}

/** Work waits for its turn as long as its signal allows; what would wait behind too many is refused. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #refused = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** How much work was refused. */
  get refused(): number {
    return this.#refused;
  }

  /** @throws ReplayError `directory_unavailable` when too many wait already; the signal's reason when it is over; else what the work throws. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.size >= this.#options.mostWaiting) {
      this.#refused += 1;
      throw new ReplayError("directory_unavailable", { detail: "Too many questions to the host application wait already" });
    }
    await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#next();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(begin);
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(begin);
      this.#next();
    });
  }

  #next(): void {
    if (this.#running >= this.#options.mostAtOnce) return;
    const [begin] = this.#waiting;
    if (!begin) return;
    this.#waiting.delete(begin);
    this.#running += 1;
    begin();
  }
}
