/** A network in memory: packets are lost, delayed, doubled and put out of order, the same way in every run. */
import type { Millis } from "@livekit-replay/contract";
import type { SimulatedClock } from "./clock.js";
import { seededRandom } from "./random.js";

/** What the link does to packets. */
export interface LinkOptions {
  readonly clock: SimulatedClock;
  readonly deliver: (packet: Uint8Array) => void;
  readonly seed?: number;
  /** Share of packets that are lost, 0 to 1. */
  readonly loss?: number;
  readonly delayMs?: Millis;
  /** Delay on top, evenly spread; packets keep their order. */
  readonly jitterMs?: Millis;
  /** Share of packets that are held back, and for how long: others overtake them. */
  readonly reorder?: number;
  readonly reorderMs?: Millis;
  /** Share of packets that arrive twice. */
  readonly duplicate?: number;
}

/** One direction of a network. */
export class LossyLink {
  readonly #options: LinkOptions;
  readonly #random: () => number;
  #lastArrival = 0;
  #loss: number;
  /** Packets lost so far. */
  lost = 0;
  /** Packets given to it. */
  sent = 0;

  /** An idle link. */
  constructor(options: LinkOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
    this.#loss = options.loss ?? 0;
  }

  /** Changes the share of lost packets; 1 cuts the link. */
  setLoss(loss: number): void {
    this.#loss = loss;
  }

  /** Takes a packet. */
  send(packet: Uint8Array): void {
    const { delayMs = 0, jitterMs = 0, duplicate = 0, clock } = this.#options;
    this.sent += 1;
    if (this.#random() < this.#loss) {
      this.lost += 1;
      return;
    }
    const arrival = Math.max(clock.now + delayMs + this.#random() * jitterMs, this.#lastArrival);
    this.#schedule(packet, arrival);
    if (this.#random() < duplicate) this.#schedule(packet, arrival);
  }

  #schedule(packet: Uint8Array, arrival: number): void {
    const { reorder = 0, reorderMs = 5, clock, deliver } = this.#options;
    const isHeld = this.#random() < reorder;
    if (!isHeld) this.#lastArrival = arrival;
    clock.at(isHeld ? arrival + reorderMs : arrival, () => deliver(packet));
  }
}
