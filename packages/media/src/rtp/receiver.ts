/** One RTP track as it comes from the network: which packets belong to it, in order, each once; what is missing is asked for. Depacketising comes after. */
import { type Millis, millis, type WallMs, wallMs } from "@livekit-replay/contract";
import { genericNack, receiverReport } from "./feedback.js";
import { MissingPackets } from "./missing.js";
import { parseRtpPacket, type RtpPacket } from "./packet.js";
import { Reception } from "./reception.js";
import { ReorderBuffer } from "./reorder.js";
import type { PublisherRtcp } from "./rtcp.js";
import { unwrapRtx } from "./rtx.js";
import { sequenceDistance } from "./sequence.js";

/** Options of an `RtpReceiver`. */
export interface RtpReceiverOptions {
  /** Payload types of the media. */
  readonly payloadTypes: ReadonlySet<number>;
  /** Retransmission payload types, each with the one it restores. */
  readonly rtx: ReadonlyMap<number, number>;
  readonly clockRate: number;
  /** Whether the sender answers NACKs. */
  readonly nack: boolean;
  /** How long a hole is waited for. */
  readonly patienceMs: Millis;
  /** SSRC of the RTCP packets sent. */
  readonly sender: number;
  /** Takes the packets as they come, in any order, each at least once. */
  readonly arrived?: (packet: RtpPacket) => void;
  /** Takes the packets in order, each exactly once; empty ones (padding) are left out. */
  readonly deliver: (packet: RtpPacket) => void;
  /** Packets are missing before the next delivered one, for good. */
  readonly lost: (count: number) => void;
  /** Another SSRC took over: what follows has other sequence numbers and timestamps. */
  readonly changed: () => void;
  readonly send: (rtcp: Uint8Array) => void;
}

/** Counters of an `RtpReceiver`. */
export interface RtpCounters {
  packets: number;
  bytes: number;
  duplicates: number;
  late: number;
  recovered: number;
  nacked: number;
  lost: number;
  rejected: number;
  ssrcChanges: number;
}

/** A jump ahead by more is no loss but a new start (RFC 3550, A.1); so much could not be sent again anyway. */
const maxDropout = 600;
/** An older packet is no late one but a new start. */
const maxMisorder = 4000;
/** Most holes that are waited for at once. */
const maxMissing = 1024;
/** How long the first packets may come in any order. */
const startMs = 30;
/** How often a receiver report is sent. */
const reportMs = 1000;

/** Receives one track. */
export class RtpReceiver {
  readonly counters: RtpCounters = {
    packets: 0,
    bytes: 0,
    duplicates: 0,
    late: 0,
    recovered: 0,
    nacked: 0,
    lost: 0,
    rejected: 0,
    ssrcChanges: 0,
  };
  readonly #options: RtpReceiverOptions;
  readonly #buffer: ReorderBuffer;
  #missing: MissingPackets;
  #reception: Reception;
  #ssrc: number | null = null;
  #highest = 0;
  #startAt: WallMs | null = null;
  /** A packet of another SSRC or far from the expected number: it counts when the next one follows it. */
  #candidate: RtpPacket | null = null;
  #lastPacketAt: WallMs | null = null;
  #lastRtpAt: WallMs | null = null;
  #goodbyeAt: WallMs | null = null;
  #reportAt: WallMs | null = null;

  /** Nothing is received yet; the first packet with a payload type of the media sets the SSRC. */
  constructor(options: RtpReceiverOptions) {
    this.#options = options;
    this.#missing = this.#noneMissing();
    this.#reception = new Reception(options.clockRate);
    this.#buffer = new ReorderBuffer({
      deliver: (packet) => {
        if (packet.payloadEnd > packet.payloadStart) options.deliver(packet);
      },
      lost: (count) => {
        this.counters.lost += count;
        options.lost(count);
      },
    });
  }

  /** SSRC of the media; null before the first packet. */
  get ssrc(): number | null {
    return this.#ssrc;
  }

  /** Whether the first packets are still being put in order. */
  get isStarting(): boolean {
    return this.#startAt !== null;
  }

  /** When the last RTP or RTCP packet came. */
  get lastPacketAt(): WallMs | null {
    return this.#lastPacketAt;
  }

  /** When the last RTP packet came. */
  get lastRtpAt(): WallMs | null {
    return this.#lastRtpAt;
  }

  /** When the stream said goodbye; null when it did not, or went on. */
  get goodbyeAt(): WallMs | null {
    return this.#goodbyeAt;
  }

  /** Packets that are missing and still waited for. */
  get missing(): number {
    return this.#missing.size;
  }

  /** Packets that wait behind a hole. */
  get waitingPackets(): number {
    return this.#buffer.packets;
  }

  /** Bytes of the packets that wait behind a hole. */
  get waitingBytes(): number {
    return this.#buffer.bytes;
  }

  /** Interarrival jitter. */
  get jitterMs(): Millis {
    return this.#reception.jitterMs;
  }

  /** Takes an RTP packet. */
  receive(bytes: Uint8Array, now: WallMs): void {
    const packet = this.#accept(bytes, now);
    if (packet === null) {
      this.counters.rejected += 1;
      return;
    }
    this.#lastPacketAt = now;
    this.#lastRtpAt = now;
    this.#goodbyeAt = null;
    this.counters.packets += 1;
    this.counters.bytes += bytes.length;
    this.#options.arrived?.(packet);
    if (this.#ssrc === null) this.#start(packet);
    else if (packet.ssrc !== this.#ssrc || this.#isFarOff(packet)) this.#suspect(packet, now);
    else this.#take(packet, now);
    if (this.#missing.size > 0) this.#work(now);
  }

  /** Notes RTCP that came for the track. */
  reported(report: PublisherRtcp, now: WallMs): void {
    this.#lastPacketAt = now;
    if (report.type === "goodbye") {
      if (this.#ssrc !== null && report.ssrcs.includes(this.#ssrc)) this.#goodbyeAt = now;
    } else if (report.ssrc === this.#ssrc) {
      this.#reception.senderReport(report, now);
    }
  }

  /** Lets time pass: asks for what is missing, gives up, reports. */
  tick(now: WallMs): void {
    if (this.#startAt !== null && now - this.#startAt >= startMs) this.#begin(now);
    if (this.#missing.size > 0) this.#work(now);
    if (this.#ssrc === null) return;
    this.#reportAt ??= wallMs(now + reportMs);
    if (now < this.#reportAt) return;
    this.#reportAt = wallMs(now + reportMs);
    const block = this.#reception.block(this.#ssrc, now);
    if (block !== null) this.#options.send(receiverReport(this.#options.sender, [block]));
  }

  /** Gives up all that is missing and delivers all that waits. */
  flush(): void {
    this.#begin(this.#startAt ?? wallMs(0));
    this.#buffer.flush();
    this.#missing = this.#noneMissing();
  }

  #accept(bytes: Uint8Array, now: WallMs): RtpPacket | null {
    const packet = parseRtpPacket(bytes, now);
    if (packet === null || this.#options.payloadTypes.has(packet.payloadType)) return packet;
    const payloadType = this.#options.rtx.get(packet.payloadType);
    return payloadType === undefined || this.#ssrc === null ? null : unwrapRtx(packet, { payloadType, ssrc: this.#ssrc });
  }

  #start(packet: RtpPacket): void {
    this.#ssrc = packet.ssrc;
    this.#highest = packet.sequence;
    this.#startAt = packet.arrival;
    packet.extended = packet.sequence;
    this.#reception.packet(packet);
    this.#buffer.push(packet);
  }

  /** The order of the first packets is known now, and with it what is missing among them. */
  #begin(now: WallMs): void {
    if (this.#startAt === null) return;
    this.#startAt = null;
    this.#missing = this.#noneMissing();
    for (let hole = this.#buffer.lowest ?? this.#highest; hole < this.#highest; hole += 1) {
      if (!this.#buffer.has(hole)) this.#missing.add(hole, now);
    }
    this.#buffer.begin();
  }

  #isFarOff(packet: RtpPacket): boolean {
    const ahead = sequenceDistance(this.#highest & 0xffff, packet.sequence);
    return ahead > maxDropout || ahead < -maxMisorder;
  }

  /** Two packets that follow each other are a new start; one alone may be a stray. */
  #suspect(packet: RtpPacket, now: WallMs): void {
    const first = this.#candidate;
    this.#candidate = packet;
    if (first === null || first.ssrc !== packet.ssrc || sequenceDistance(first.sequence, packet.sequence) !== 1) return;
    this.#candidate = null;
    this.#restart(first, now);
    this.#take(packet, now);
  }

  #restart(packet: RtpPacket, now: WallMs): void {
    this.flush();
    const ahead = (packet.sequence - this.#highest) & 0xffff;
    if (packet.ssrc === this.#ssrc) {
      const count = ahead <= 0x8000 ? ahead - 1 : 1;
      this.counters.lost += count;
      this.#options.lost(count);
    } else {
      this.#ssrc = packet.ssrc;
      this.counters.ssrcChanges += 1;
      this.#options.changed();
    }
    this.#reception = new Reception(this.#options.clockRate);
    this.#highest += ahead;
    this.#buffer.restart(this.#highest);
    packet.extended = this.#highest;
    this.#reception.packet(packet);
    this.#push(packet, now);
  }

  #take(packet: RtpPacket, now: WallMs): void {
    this.#candidate = null;
    packet.extended = this.#highest + sequenceDistance(this.#highest & 0xffff, packet.sequence);
    this.#reception.packet(packet);
    if (packet.extended > this.#highest) {
      for (let hole = this.#highest + 1; hole < packet.extended; hole += 1) this.#missing.add(hole, now);
      this.#highest = packet.extended;
    } else {
      packet.isBehind = true;
    }
    this.#push(packet, now);
  }

  #push(packet: RtpPacket, now: WallMs): void {
    const wasMissing = this.#missing.found(packet.extended, now);
    const outcome = this.#buffer.push(packet);
    if (outcome === "duplicate") this.counters.duplicates += 1;
    else if (outcome === "late") this.counters.late += 1;
    else if (wasMissing) this.counters.recovered += 1;
    if (this.#missing.size > maxMissing) this.#buffer.skipThrough(this.#highest - 1);
    if (this.#missing.size > 0 && this.#buffer.next !== null) this.#missing.forgetThrough(this.#buffer.next - 1);
  }

  /** Asks for and gives up what is due. */
  #work(now: WallMs): void {
    const { ask, givenUp } = this.#missing.due(now);
    if (givenUp !== null) {
      this.#buffer.skipThrough(givenUp);
      this.#missing.forgetThrough(givenUp);
    }
    if (ask.length === 0 || this.#ssrc === null) return;
    this.counters.nacked += ask.length;
    this.#options.send(genericNack(this.#options.sender, this.#ssrc, ask));
  }

  #noneMissing(): MissingPackets {
    return new MissingPackets({ ask: this.#options.nack, patienceMs: millis(this.#options.patienceMs) });
  }
}
