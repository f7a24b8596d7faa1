/** Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3): what arrived when, for the publisher's bandwidth estimator. */
import type { WallMs } from "@livekit-replay/contract";
import { findExtension, read16, read32 } from "./packet.js";
import { Unwrapper } from "./sequence.js";
import { packStatuses } from "./twcc-status.js";

/** Options of a `TwccRecorder`. */
export interface TwccRecorderOptions {
  /** Identifier of the header extension, from the SDP's `extmap`. */
  readonly extensionId: number;
  /** SSRC of the feedback packets. Default 1. */
  readonly ssrc?: number;
}

/** Times are counted in 250 µs, the unit of the deltas. */
const ticksPerMs = 4;
/** The reference time's unit: 64 ms. */
const referenceTicks = 256;
/** Largest delta of a status: 16 bits, signed. */
const maxDelta = 32_767;
/** Packets in one feedback packet: keeps it below 1200 bytes even with two bytes for each delta. */
const maxStatuses = 400;
/** How long arrivals are remembered, so that a packet that comes late is reported among its neighbours. */
const memoryMs = 500;
const maxArrivals = 8192;

/** Records the arrival of every RTP packet of one transport (all its tracks) and builds the feedback. */
export class TwccRecorder {
  readonly #options: TwccRecorderOptions;
  readonly #sequence = new Unwrapper(16);
  /** Arrival in ticks by continuous transport-wide number. */
  readonly #arrivals = new Map<number, number>();
  #ssrc = 0;
  #highest = -1;
  /** The first number that the next feedback speaks of; null before the first packet. */
  #from: number | null = null;
  #count = 0;

  /** Nothing has arrived yet. */
  constructor(options: TwccRecorderOptions) {
    this.#options = options;
  }

  /** Arrivals remembered now. */
  get remembered(): number {
    return this.#arrivals.size;
  }

  /** Notes an RTP packet's arrival; packets without the extension are ignored, a second arrival too. */
  packet(bytes: Uint8Array, now: WallMs): void {
    const bounds = findExtension(bytes, this.#options.extensionId);
    if (bounds === null || bounds.end - bounds.start < 2) return;
    const extended = this.#place(read16(bytes, bounds.start));
    if (extended === null || this.#arrivals.has(extended)) return;
    this.#ssrc = read32(bytes, 8);
    this.#arrivals.set(extended, Math.round(now * ticksPerMs));
    if (this.#arrivals.size > maxArrivals) this.#forgetOldest();
    if (this.#from === null || extended < this.#from) this.#from = extended;
    this.#highest = Math.max(this.#highest, extended);
  }

  /** The next feedback packet (RTCP), or null when nothing is new. Call it every 50 ms, each time until it returns null. */
  feedback(now: WallMs): Uint8Array | null {
    let base = this.#from;
    if (base === null) return null;
    while (base <= this.#highest && !this.#arrivals.has(base)) base += 1;
    this.#from = base;
    if (base > this.#highest) return null;
    const packet = this.#build(base);
    this.#forget(Math.round((now - memoryMs) * ticksPerMs));
    return packet;
  }

  /** Continuous number of a transport-wide one; null when it is too old to be told. */
  #place(sequence: number): number | null {
    const extended = this.#sequence.near(sequence);
    if (this.#from !== null && extended < this.#from - maxStatuses) return null;
    if (extended > this.#highest) {
      /** After an outage of seconds the numbers in between say nothing any more: the estimator knows that they are gone. */
      if (this.#from !== null && extended - this.#from > maxArrivals) this.#from = extended;
      this.#sequence.unwrap(sequence);
    }
    return extended;
  }

  /** Reports from `base` on, which arrived, as far as one packet reaches. It ends with a packet that arrived. */
  #build(base: number): Uint8Array {
    const reference = Math.floor((this.#arrivals.get(base) ?? 0) / referenceTicks);
    const statuses: number[] = [];
    const deltas: number[] = [];
    let last = reference * referenceTicks;
    let told = 0;
    for (let at = base; at <= this.#highest && statuses.length < maxStatuses; at += 1) {
      const arrival = this.#arrivals.get(at);
      if (arrival === undefined) {
        statuses.push(0);
        continue;
      }
      const delta = arrival - last;
      if (delta > maxDelta || delta < -maxDelta) break;
      const small = delta >= 0 && delta <= 255;
      statuses.push(small ? 1 : 2);
      if (small) deltas.push(delta);
      else deltas.push((delta >> 8) & 0xff, delta & 0xff);
      last = arrival;
      told = statuses.length;
    }
    statuses.length = told;
    this.#from = base + told;
    return this.#write(base, reference, statuses, deltas);
  }

  #write(base: number, reference: number, statuses: readonly number[], deltas: readonly number[]): Uint8Array {
    const chunks = packStatuses(statuses);
    const size = 20 + chunks.length * 2 + deltas.length;
    const padding = (4 - (size % 4)) % 4;
    const packet = new Uint8Array(size + padding);
    const view = new DataView(packet.buffer);
    packet[0] = 0x80 | (padding > 0 ? 0x20 : 0) | 15;
    packet[1] = 205;
    view.setUint16(2, packet.length / 4 - 1);
    view.setUint32(4, this.#options.ssrc ?? 1);
    view.setUint32(8, this.#ssrc);
    view.setUint16(12, base & 0xffff);
    view.setUint16(14, statuses.length);
    const wrapped = reference % 2 ** 24;
    packet.set([(wrapped >> 16) & 0xff, (wrapped >> 8) & 0xff, wrapped & 0xff, this.#count], 16);
    this.#count = (this.#count + 1) & 0xff;
    chunks.forEach((chunk, index) => view.setUint16(20 + index * 2, chunk));
    packet.set(deltas, 20 + chunks.length * 2);
    if (padding > 0) packet[packet.length - 1] = padding;
    return packet;
  }

  #forgetOldest(): void {
    for (const extended of this.#arrivals.keys()) {
      this.#arrivals.delete(extended);
      return;
    }
  }

  /** Forgets what was told and is old. */
  #forget(before: number): void {
    for (const [extended, arrival] of this.#arrivals) {
      const told = this.#from !== null && extended < this.#from;
      if (!told || arrival >= before) break;
      this.#arrivals.delete(extended);
    }
  }
}
