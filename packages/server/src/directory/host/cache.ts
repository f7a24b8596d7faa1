/** Answers of the host application for ten seconds, the known and the unknown. A failure is not kept, and nothing older is ever used in its place. */
import { type Millis, millis } from "@livekit-replay/contract";

/** Options of `AnswerCache`. */
export interface AnswerCacheOptions {
  /** How long an answer is good for, from when it was asked for. Default: 10 s. */
  readonly fresh?: Millis;
  /** Answers that are kept; the one unused for longest goes first. Default: 10,000. */
  readonly most?: number;
  /** Ms on a clock that never steps. Default: the process's. */
  readonly elapsed?: () => number;
}

interface Kept {
  readonly askedAt: number;
  readonly answer: Promise<unknown>;
}

const defaultFresh: Millis = millis(10_000);
const defaultMost = 10_000;

/** Who asks the same while the answer is under way gets that answer. */
export class AnswerCache {
  readonly #kept = new Map<string, Kept>();
  readonly #fresh: number;
  readonly #most: number;
  readonly #elapsed: () => number;

  constructor({ fresh = defaultFresh, most = defaultMost, elapsed = () => performance.now() }: AnswerCacheOptions = {}) {
    this.#fresh = fresh;
    this.#most = most;
    this.#elapsed = elapsed;
  }

  /** The kept answer, or what asking gives. @throws what asking throws */
  answer<Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    if (kept && this.#elapsed() - kept.askedAt < this.#fresh) {
      this.#kept.set(key, kept);
      return kept.answer as Promise<Answer>;
    }
    return this.#ask(key, ask);
  }

  /** Keeps no answer whose key fits, one that is under way included: the next question is asked anew. */
  forget(fits: (key: string) => boolean): void {
    for (const key of this.#kept.keys()) if (fits(key)) this.#kept.delete(key);
  }

  /** How many answers are kept. */
  get size(): number {
    return this.#kept.size;
  }

  #ask<Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const answer = ask();
    const asked: Kept = { askedAt: this.#elapsed(), answer };
    this.#kept.set(key, asked);
    answer.catch(() => {
      if (this.#kept.get(key) === asked) this.#kept.delete(key);
    });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    return answer;
  }
}
