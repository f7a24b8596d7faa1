/** How well one stream is received: the figures of a receiver report block (RFC 3550, 6.4.1, A.3, A.8). */
import { type Millis, millis, type WallMs } from "@livekit-replay/contract";
import type { RtpPacket } from "./packet.js";
import type { SenderReport } from "./rtcp.js";

/** A report block. */
export interface ReportBlock {
  readonly ssrc: number;
  /** Of 256, since the last report. */
  readonly fractionLost: number;
  /** Signed, 24 bits. */
  readonly cumulativeLost: number;
  /** Extended with the cycles counted in the upper 16 bits; 32 bits. */
  readonly highestSequence: number;
  /** In RTP ticks. */
  readonly jitter: number;
  /** The middle 32 bits of the last sender report's NTP time; 0 before the first. */
  readonly lastReport: number;
  /** Since it came, in 1/65536 s. */
  readonly sinceLastReport: number;
}

/** Counts one SSRC's packets. */
export class Reception {
  readonly #ticksPerMs: number;
  #base: number | null = null;
  #highest = 0;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #jitter = 0;
  #transit: number | null = null;
  #timestamp = -1;
  #report: { readonly middle: number; readonly at: WallMs } | null = null;

  /** `clockRate` of the RTP timestamps, in Hz. */
  constructor(clockRate: number) {
    this.#ticksPerMs = clockRate / 1000;
  }

  /** Interarrival jitter. */
  get jitterMs(): Millis {
    return millis(this.#jitter / this.#ticksPerMs);
  }

  /** Counts a packet with its extended number, duplicates too. Jitter is taken from packets in order: retransmissions say nothing about the network. */
  packet(packet: RtpPacket): void {
    this.#base ??= packet.extended;
    this.#received += 1;
    if (packet.extended < this.#base) this.#base = packet.extended;
    if (packet.extended <= this.#highest && this.#received > 1) return;
    this.#highest = packet.extended;
    if (packet.timestamp === this.#timestamp) return;
    const transit = packet.arrival * this.#ticksPerMs - packet.timestamp;
    const difference = this.#transit === null ? 0 : Math.abs(transit - this.#transit);
    /** A wrap of the timestamp, or a clock that jumped, is no jitter. */
    if (difference < 10_000 * this.#ticksPerMs) this.#jitter += (difference - this.#jitter) / 16;
    this.#transit = transit;
    this.#timestamp = packet.timestamp;
  }

  /** Notes a sender report of this stream. */
  senderReport(report: SenderReport, now: WallMs): void {
    const middle = (((report.ntpSeconds & 0xffff) << 16) | (report.ntpFraction >>> 16)) >>> 0;
    this.#report = { middle, at: now };
  }

  /** The figures since the last call; null before the first packet. */
  block(ssrc: number, now: WallMs): ReportBlock | null {
    if (this.#base === null) return null;
    const expected = this.#highest - this.#base + 1;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    const since = this.#report === null ? 0 : Math.max(0, Math.round((now - this.#report.at) * 65.536));
    return {
      ssrc,
      fractionLost: expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow)),
      cumulativeLost: Math.max(-0x800000, Math.min(0x7fffff, expected - this.#received)),
      highestSequence: this.#highest % 2 ** 32,
      jitter: Math.round(this.#jitter),
      lastReport: this.#report?.middle ?? 0,
      sinceLastReport: Math.min(since, 0xffffffff),
    };
  }
}
