/**
 * The server's time, as far as this machine can know it. Each answer that carries `serverTimeMs` is a sample: the shorter its way there and back,
 * the better it tells the offset. Events come one way only and give a lower bound. A press is dated with this (`endAtMs`).
 */
import { wallMs, type WallMs } from "@livekit-replay/contract";

/** An instant of this machine: `performance` time on the Unix scale, in ms. Does not jump when somebody sets the computer's clock. */
export const localNow = (): number => performance.timeOrigin + performance.now();

/** One answer: when it was asked for and when it came, both by `localNow`, and what the server's clock said in between. */
export interface ClockSample {
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  readonly serverTimeMs: number;
}

interface Estimate {
  readonly offsetMs: number;
  /** How wrong the offset can be, at most. */
  readonly errorMs: number;
  readonly takenAtMs: number;
}

/** Two clocks of ordinary computers part by less than this. */
const DRIFT_PER_MS = 100e-6;

/** Keeps the best known offset to the server's clock. Before the first sample the two clocks count as equal. */
export class ServerClock {
  #best: Estimate | undefined;
  readonly #now: () => number;

  constructor(now: () => number = localNow) {
    this.#now = now;
  }

  /** Takes the time of an answer. The sample with the least possible error wins; an old one loses a little each second. */
  sample({ sentAtMs, receivedAtMs, serverTimeMs }: ClockSample): void {
    if (receivedAtMs < sentAtMs) return;
    const errorMs = (receivedAtMs - sentAtMs) / 2;
    if (this.#best !== undefined && errorMs > this.#errorAt(this.#best, receivedAtMs)) return;
    this.#best = { offsetMs: serverTimeMs - (sentAtMs + receivedAtMs) / 2, errorMs, takenAtMs: receivedAtMs };
  }

  /** Takes the time of an event: the server's clock was there before the event came, so the offset cannot be less than this. */
  hear(serverTimeMs: number, receivedAtMs: number = this.#now()): void {
    const leastMs = serverTimeMs - receivedAtMs;
    const best = this.#best;
    if (best === undefined || leastMs > best.offsetMs + this.#errorAt(best, receivedAtMs)) {
      this.#best = { offsetMs: leastMs, errorMs: 1000, takenAtMs: receivedAtMs };
    }
  }

  /** Server time minus local time, in ms. */
  get offsetMs(): number {
    return this.#best?.offsetMs ?? 0;
  }

  /** How wrong `offsetMs` can be, in ms; `Infinity` before the first sample. */
  get errorMs(): number {
    return this.#best === undefined ? Infinity : this.#errorAt(this.#best, this.#now());
  }

  /** The server's time at a local instant (`localNow`, or `performance.timeOrigin + event.timeStamp`). */
  at(localMs: number): WallMs {
    return wallMs(localMs + this.offsetMs);
  }

  /** The server's time now. */
  now(): WallMs {
    return this.at(this.#now());
  }

  #errorAt(estimate: Estimate, nowMs: number): number {
    return estimate.errorMs + Math.max(0, nowMs - estimate.takenAtMs) * DRIFT_PER_MS;
  }
}
