/**
 * From a sender's time to the server's: the smallest arrival offset seen.
 * A packet can be late, never early; so the packet with the smallest offset shows how the two clocks relate, and what others have more is delay.
 * The minimum slides over 20 s, so that a clock that runs fast or slow is followed for hours.
 */
import { type Millis, millis, type WallMs } from "@livekit-replay/contract";

const bucketMs = 500;
const buckets = 40;

/** How fast the offset may rise: a rising minimum is drift (or a longer way); it is followed without steps. */
const risePerMs = 1e-3;
/** With few samples the minimum is mostly delay; only as much as clocks really drift is followed. */
const cautiousRisePerMs = 1.5e-4;
const enoughSamples = 20;

/** Offset of one sender's clock: server's time minus sender's time, ms. */
export class ArrivalOffset {
  readonly #minimum = new Float64Array(buckets).fill(Infinity);
  readonly #samples = new Float64Array(buckets);
  #bucket = 0;
  #floor = Infinity;
  #floorSamples = 0;
  #value: number | null = null;
  #count = 0;
  #lastArrival = 0;
  #since: number | null = null;

  /** The offset now; null before the first sample. */
  get value(): Millis | null {
    return this.#value === null ? null : millis(this.#value);
  }

  /** Whether there were enough samples, over at least a second, to tell a jump from a delay. */
  isSettled(now: WallMs): boolean {
    return this.#count >= 10 && this.#since !== null && now - this.#since >= 1000;
  }

  /** Takes a sample: something of the sender's time `senderMs` came at `arrival`. Arrivals do not go back. */
  observe(senderMs: number, arrival: WallMs): void {
    const offset = arrival - senderMs;
    this.#roll(Math.floor(arrival / bucketMs));
    const slot = this.#bucket % buckets;
    this.#minimum[slot] = Math.min(this.#minimum[slot] ?? Infinity, offset);
    this.#samples[slot] = (this.#samples[slot] ?? 0) + 1;
    this.#count += 1;
    this.#since ??= arrival;
    if (this.#value === null || offset <= this.#value) this.#value = offset;
    else if (this.#floor > this.#value && this.#floor < Infinity) this.#rise(arrival - this.#lastArrival);
    this.#lastArrival = arrival;
  }

  /** By how much everything of the last `spanMs` came later than the offset says; 0 when anything was in time, when there were fewer than `samples`, or a pause: what comes in a burst after one is delayed. */
  lateness(spanMs: number, samples: number): Millis {
    let count = 0;
    let smallest = Infinity;
    for (let back = 0; back < Math.min(Math.ceil(spanMs / bucketMs), buckets); back += 1) {
      const slot = (((this.#bucket - back) % buckets) + buckets) % buckets;
      const inSlot = this.#samples[slot] ?? 0;
      if (inSlot === 0 && back > 0) return millis(0);
      count += inSlot;
      smallest = Math.min(smallest, this.#minimum[slot] ?? Infinity);
    }
    if (this.#value === null || count < samples || smallest === Infinity) return millis(0);
    return millis(Math.max(0, smallest - this.#value));
  }

  /** Moves the offset: the sender's clock was set, or stood still. What was seen before does not count any more. */
  move(value: Millis): void {
    this.#minimum.fill(Infinity);
    this.#samples.fill(0);
    this.#floor = Infinity;
    this.#value = value;
    this.#count = 0;
    this.#since = null;
  }

  #rise(elapsed: number): void {
    const rate = this.#floorSamples >= enoughSamples ? risePerMs : cautiousRisePerMs;
    this.#value = Math.min(this.#floor, (this.#value ?? 0) + Math.max(0, elapsed) * rate);
  }

  /** Goes on to the bucket of an arrival; the floor is the minimum over all that are left. */
  #roll(bucket: number): void {
    if (bucket <= this.#bucket) return;
    for (let next = Math.max(this.#bucket + 1, bucket - buckets + 1); next <= bucket; next += 1) {
      this.#minimum[next % buckets] = Infinity;
      this.#samples[next % buckets] = 0;
    }
    this.#bucket = bucket;
    this.#floor = Infinity;
    this.#floorSamples = 0;
    for (let slot = 0; slot < buckets; slot += 1) {
      this.#floor = Math.min(this.#floor, this.#minimum[slot] ?? Infinity);
      this.#floorSamples += this.#samples[slot] ?? 0;
    }
  }
}
