/** Puts the packets of one stream back in order (RFC 3550, A.1) within bounds of packets and bytes; how long a hole is waited for, the caller decides. */
import type { RtpPacket } from "./packet.js";

/** Options of a `ReorderBuffer`. */
export interface ReorderOptions {
  /** Most packets that wait behind a hole. Default 2048. */
  readonly maxPackets?: number;
  /** Most bytes that wait behind a hole. Default 8 MiB. */
  readonly maxBytes?: number;
  /** Takes the packets in order, each exactly once. */
  readonly deliver: (packet: RtpPacket) => void;
  /** Told before the packet after a hole that was given up. */
  readonly lost: (count: number) => void;
}

/** What became of a packet: delivered, kept behind a hole, there already, or given up before it came. */
export type ReorderOutcome = "delivered" | "waiting" | "duplicate" | "late";

/** How many given-up numbers are remembered, to tell a late packet from a duplicate. */
const abandonedMemory = 2048;

/** Orders packets by `extended`. Until `begin` it keeps what comes, so that the first packets may come in any order too. */
export class ReorderBuffer {
  readonly #options: ReorderOptions;
  readonly #maxPackets: number;
  readonly #maxBytes: number;
  readonly #waiting = new Map<number, RtpPacket>();
  readonly #abandoned = new Set<number>();
  #bytes = 0;
  #next: number | null = null;

  /** An empty buffer. */
  constructor(options: ReorderOptions) {
    this.#options = options;
    this.#maxPackets = options.maxPackets ?? 2048;
    this.#maxBytes = options.maxBytes ?? 8 * 1024 * 1024;
  }

  /** The number that is delivered next; null before `begin`. */
  get next(): number | null {
    return this.#next;
  }

  /** Packets that wait. */
  get packets(): number {
    return this.#waiting.size;
  }

  /** Bytes of the packets that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The lowest number that waits; null when none does. */
  get lowest(): number | null {
    let lowest: number | null = null;
    for (const extended of this.#waiting.keys()) lowest = Math.min(lowest ?? extended, extended);
    return lowest;
  }

  /** Whether a packet waits. */
  has(extended: number): boolean {
    return this.#waiting.has(extended);
  }

  /** Starts delivery at the lowest number that came. Does nothing when it has started, or nothing came. */
  begin(): void {
    if (this.#next !== null || this.#waiting.size === 0) return;
    this.#next = this.lowest;
    this.#drain();
  }

  /** Takes a packet; delivers it and what waited for it, when it is its turn. */
  push(packet: RtpPacket): ReorderOutcome {
    const extended = packet.extended;
    if (this.#next !== null && extended < this.#next) return this.#abandoned.delete(extended) ? "late" : "duplicate";
    if (extended === this.#next) {
      this.#next = extended + 1;
      this.#options.deliver(packet);
      if (this.#waiting.size > 0) this.#drain();
      return "delivered";
    }
    if (this.#waiting.has(extended)) return "duplicate";
    this.#waiting.set(extended, packet);
    this.#bytes += packet.bytes.length;
    while (this.#waiting.size > this.#maxPackets || this.#bytes > this.#maxBytes) this.#makeRoom();
    return "waiting";
  }

  /** Gives up every hole up to and with the number `extended`; what waited in between is delivered. */
  skipThrough(extended: number): void {
    if (this.#next === null) this.begin();
    if (this.#next === null) return;
    let missing = 0;
    while (this.#next <= extended) {
      const packet = this.#take(this.#next);
      if (packet === undefined) {
        this.#abandon(this.#next);
        missing += 1;
      } else {
        missing = this.#tellLost(missing);
        this.#options.deliver(packet);
      }
      this.#next += 1;
    }
    this.#tellLost(missing);
    this.#drain();
  }

  /** Gives up all holes and delivers all that waits. */
  flush(): void {
    let highest = -Infinity;
    for (const extended of this.#waiting.keys()) highest = Math.max(highest, extended);
    if (this.#waiting.size > 0) this.skipThrough(highest);
  }

  /** Goes on at the number `extended`, whatever came before; nothing may wait (`flush` first). */
  restart(extended: number): void {
    this.#next = extended;
  }

  #makeRoom(): void {
    if (this.#next === null) {
      this.begin();
      return;
    }
    let hole = this.#next;
    while (!this.#waiting.has(hole + 1)) hole += 1;
    this.skipThrough(hole);
  }

  #drain(): void {
    while (this.#next !== null) {
      const packet = this.#take(this.#next);
      if (packet === undefined) return;
      this.#next += 1;
      this.#options.deliver(packet);
    }
  }

  #take(extended: number): RtpPacket | undefined {
    const packet = this.#waiting.get(extended);
    if (packet === undefined) return undefined;
    this.#waiting.delete(extended);
    this.#bytes -= packet.bytes.length;
    return packet;
  }

  #abandon(extended: number): void {
    this.#abandoned.add(extended);
    if (this.#abandoned.size <= abandonedMemory) return;
    for (const oldest of this.#abandoned) {
      this.#abandoned.delete(oldest);
      break;
    }
  }

  #tellLost(count: number): 0 {
    if (count > 0) this.#options.lost(count);
    return 0;
  }
}
