/** What many ask for at the same instant, done a few at a time: for work whose number is bounded by who asks, and which must leave room for others. */

/** Runs work in the order of the calls, no more than so many at once. */
export class FewAtOnce {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Resolves or rejects with the work. A failure does not stop what comes after it. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The next one has this one's place: who asks in between does not come first.
      if (next) next();
      else this.#running -= 1;
    }
  }
}
