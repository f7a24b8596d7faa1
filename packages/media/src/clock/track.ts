/** One track's time: wrapping RTP timestamps as media time that only goes forward, and how it relates to the server's wall time. */
import { type Micros, micros, millis, type Millis, type WallMs } from "@livekit-replay/contract";
import { Unwrapper } from "../rtp/sequence.js";
import { ArrivalOffset } from "./arrival.js";

/** A difference between timestamps and arrivals beyond this is a jump of the sender's clock. */
const jumpMs = 200;

/** Such a step ahead is a jump even before delays are known. */
const surelyJumpMs = 5_000;

/** Media time of a timestamp. */
export interface TrackTime {
  readonly time: Micros;
  /** The sender's clock jumped here: time goes on by arrival. */
  readonly jumped: boolean;
}

/** The clock of a track. Its media time begins anywhere and has no jumps: where timestamps jump, arrival says how time went on. */
export class TrackClock {
  readonly #perTick: number;
  readonly #unwrapper = new Unwrapper(32);
  readonly #offset = new ArrivalOffset();
  /** Added to the timestamps' time, µs. */
  #base = 0;
  #last: number | null = null;
  /** Arrival and time of the last timely one. */
  #lastArrival = 0;
  #lastTimely = 0;
  #restarted = false;

  /** `clockRate` of the RTP timestamps, in Hz. */
  constructor(clockRate: number) {
    this.#perTick = 1_000_000 / clockRate;
  }

  /** Server's wall time minus media time; null before the first timestamp. */
  get offset(): Millis | null {
    return this.#offset.value;
  }

  /**
   * The media time of the next timestamp (32 bits) in stream order, which came at `arrival`. Equal timestamps have equal times.
   * Not `isTimely`: it was sent again, so that its arrival says nothing about the clock.
   */
  next(timestamp: number, arrival: WallMs, isTimely = true): TrackTime {
    let time = this.#unwrapper.unwrap(timestamp) * this.#perTick + this.#base;
    const jumped = this.#restarted || this.#jumps(time, arrival, isTimely);
    if (jumped && this.#last !== null) {
      const expected = Math.max((arrival - (this.#offset.value ?? 0)) * 1000, this.#last + 1000);
      this.#base += expected - time;
      time = expected;
    }
    this.#restarted = false;
    this.#last = time;
    if (isTimely || this.#offset.value === null) {
      this.#lastArrival = arrival;
      this.#lastTimely = time;
      this.#offset.observe(time / 1000, arrival);
    }
    return { time: micros(time), jumped };
  }

  /** The media time of a timestamp near the last one, from a sender report; null before the first timestamp. */
  at(timestamp: number): Micros | null {
    if (this.#unwrapper.last === null) return null;
    return micros(this.#unwrapper.near(timestamp) * this.#perTick + this.#base);
  }

  /** Another stream follows: its timestamps begin anywhere, its time goes on by arrival. */
  restart(): void {
    if (this.#last === null) return;
    this.#unwrapper.reset();
    this.#restarted = true;
  }

  /** By how much everything of the last `spanMs` came too late (see `ArrivalOffset.lateness`): the sender's timestamps stood still, or the way became longer. */
  lateness(spanMs: number, samples: number): Millis {
    return this.#offset.lateness(spanMs, samples);
  }

  /** Takes a lateness for a pause of the sender's timestamps: media time goes on that much later. */
  skip(span: Millis): void {
    if (this.#offset.value === null) return;
    this.#base += span * 1000;
    this.#offset.move(this.#offset.value);
  }

  /** Takes a lateness for what it is: from now on the same media time is that much later in wall time. */
  postpone(span: Millis): void {
    if (this.#offset.value !== null) this.#offset.move(millis(this.#offset.value + span));
  }

  #jumps(time: number, arrival: WallMs, isTimely: boolean): boolean {
    if (this.#last === null) return false;
    if (time < this.#last) return true;
    if (!isTimely) return false;
    const step = (time - this.#lastTimely) / 1000 - (arrival - this.#lastArrival);
    const early = (this.#offset.value ?? 0) - (arrival - time / 1000);
    return step > surelyJumpMs || (step > jumpMs && early > jumpMs && this.#offset.isSettled(arrival));
  }
}
