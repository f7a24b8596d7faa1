/** Packets that have not come: when to ask for them again (generic NACK, RFC 4585, 6.2.1) and when to give them up. */
import { type Millis, millis, type WallMs, wallMs } from "@livekit-replay/contract";

/** Options of `MissingPackets`. */
export interface MissingOptions {
  /** Whether they are asked for at all; else they are only waited for. */
  readonly ask: boolean;
  /** How long to wait before the first request: the packet may only be out of order. Default 10. */
  readonly reorderMs?: Millis;
  /** How long to wait until a packet is given up. Default 600. */
  readonly patienceMs?: Millis;
}

/** What is to do at an instant. */
export interface MissingDue {
  /** Numbers to ask for now, ascending. */
  readonly ask: readonly number[];
  /** The highest number given up: it and everything missing before it. Null: none. */
  readonly givenUp: number | null;
}

interface Missing {
  readonly since: WallMs;
  due: WallMs;
  asked: number;
  lastAsked: WallMs;
}

const nothing: MissingDue = { ask: [], givenUp: null };

/** A sender does not repeat a packet within twice the round trip; asking sooner is in vain. */
const shortestRetry = 40;
const longestRetry = 200;
const growth = 1.4;

/** The holes of one stream. The owner bounds their number. */
export class MissingPackets {
  readonly #ask: boolean;
  readonly #reorder: number;
  readonly #patience: number;
  readonly #missing = new Map<number, Missing>();
  #nextDue = Infinity;
  #roundTrip = 20;

  /** Nothing is missing yet. */
  constructor(options: MissingOptions) {
    this.#ask = options.ask;
    this.#reorder = options.reorderMs ?? 10;
    this.#patience = options.patienceMs ?? 600;
  }

  /** How many packets are missing. */
  get size(): number {
    return this.#missing.size;
  }

  /** The round trip as retransmissions show it, smoothed. */
  get roundTrip(): Millis {
    return millis(this.#roundTrip);
  }

  /** Notes a hole. Numbers come in ascending order. */
  add(extended: number, now: WallMs): void {
    const due = wallMs(now + (this.#ask ? this.#reorder : this.#patience));
    this.#missing.set(extended, { since: now, due, asked: 0, lastAsked: now });
    this.#nextDue = Math.min(this.#nextDue, due);
  }

  /** A packet came; whether it was missing. */
  found(extended: number, now: WallMs): boolean {
    const missing = this.#missing.get(extended);
    if (missing === undefined) return false;
    this.#missing.delete(extended);
    if (missing.asked === 1) this.#roundTrip += (Math.min(now - missing.lastAsked, 500) - this.#roundTrip) / 8;
    return true;
  }

  /** What is to do at `now`. Cheap when nothing is. */
  due(now: WallMs): MissingDue {
    if (this.#missing.size === 0 || now < this.#nextDue) return nothing;
    const ask: number[] = [];
    let givenUp: number | null = null;
    this.#nextDue = Infinity;
    for (const [extended, missing] of this.#missing) {
      if (now - missing.since >= this.#patience) {
        givenUp = extended;
        this.#missing.delete(extended);
        continue;
      }
      if (now >= missing.due) {
        ask.push(extended);
        this.#asked(missing, now);
      }
      this.#nextDue = Math.min(this.#nextDue, missing.due);
    }
    return { ask, givenUp };
  }

  /** Forgets everything up to and with a number: it was skipped. */
  forgetThrough(extended: number): void {
    for (const key of this.#missing.keys()) {
      if (key > extended) break;
      this.#missing.delete(key);
    }
  }

  /** Waits longer each time, and never past the end of patience. */
  #asked(missing: Missing, now: WallMs): void {
    const first = Math.min(Math.max(2 * this.#roundTrip, shortestRetry), longestRetry);
    const pause = Math.min(first * growth ** missing.asked, longestRetry);
    missing.asked += 1;
    missing.lastAsked = now;
    missing.due = wallMs(Math.min(now + pause, missing.since + this.#patience));
  }
}
