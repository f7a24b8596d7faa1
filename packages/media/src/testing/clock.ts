/** Simulated time: what is to happen later happens in order, at once, when time is let pass. */
import { type Millis, type WallMs, wallMs } from "@livekit-replay/contract";

interface Due {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

/** A clock that stands still until `runUntil`. */
export class SimulatedClock {
  #now: number;
  #order = 0;
  /** A binary heap, the earliest first. */
  readonly #heap: Due[] = [];

  /** Starts at an instant. Default: a day in November 2026. */
  constructor(start: WallMs = wallMs(1_795_000_000_000)) {
    this.#now = start;
  }

  /** The time now. */
  get now(): WallMs {
    return wallMs(this.#now);
  }

  /** Actions that are still to come. */
  get pending(): number {
    return this.#heap.length;
  }

  /** Lets something happen at an instant (now, when it is past). Actions of one instant happen in the order they were given. */
  at(time: number, action: () => void): void {
    this.#heap.push({ at: Math.max(time, this.#now), order: this.#order++, action });
    this.#up(this.#heap.length - 1);
  }

  /** Lets something happen every `period`, from `period` from now on, until it returns false. */
  every(period: Millis, action: () => boolean | void): void {
    const next = (at: number): void =>
      this.at(at, () => {
        if (action() !== false) next(at + period);
      });
    next(this.#now + period);
  }

  /** Lets time pass up to and with an instant. */
  runUntil(time: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= time; first = this.#heap[0]) {
      this.#pop();
      this.#now = Math.max(this.#now, first.at);
      first.action();
    }
    this.#now = Math.max(this.#now, time);
  }

  /** Lets a span of time pass. */
  run(span: Millis): void {
    this.runUntil(this.#now + span);
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (this.#before(child, least)) least = child;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #up(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #before(a: number, b: number): boolean {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (first === undefined || second === undefined) return false;
    return first.at < second.at || (first.at === second.at && first.order < second.order);
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
