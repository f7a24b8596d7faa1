/** A sender's memory of its last packets, to answer NACKs: by sending the packet again, or as RTX (RFC 4588). */
import type { TransportSequence } from "./rtp-stream.js";

/** Options of an `RtpHistory`. */
export interface RtpHistoryOptions {
  /** How many packets are remembered. Default 1024. */
  readonly capacity?: number;
  /** Send again as RTX on a stream of its own; without it, the same packet is sent again. */
  readonly rtx?: { readonly ssrc: number; readonly payloadType: number; readonly firstSequence?: number };
  /** Header extension to renew in a packet that is sent again: its transport-wide number must be a new one. */
  readonly twcc?: { readonly id: number; readonly sequence: TransportSequence };
}

/** Remembers the packets of one stream, by sequence number. */
export class RtpHistory {
  readonly #capacity: number;
  readonly #packets = new Map<number, Uint8Array>();
  readonly #options: RtpHistoryOptions;
  #rtxSequence: number;

  /** An empty memory. */
  constructor(options: RtpHistoryOptions = {}) {
    this.#options = options;
    this.#capacity = options.capacity ?? 1024;
    this.#rtxSequence = (options.rtx?.firstSequence ?? 0) & 0xffff;
  }

  /** Remembers a packet that was sent. The bytes must not change afterwards. */
  add(packet: Uint8Array): void {
    const sequence = read16(packet, 2);
    this.#packets.delete(sequence);
    this.#packets.set(sequence, packet);
    if (this.#packets.size <= this.#capacity) return;
    for (const oldest of this.#packets.keys()) {
      this.#packets.delete(oldest);
      break;
    }
  }

  /** What to send in answer to a request for a sequence number; null when it is forgotten. */
  resend(sequence: number): Uint8Array | null {
    const packet = this.#packets.get(sequence & 0xffff);
    if (!packet) return null;
    const copy = this.#options.rtx ? this.#asRtx(packet, this.#options.rtx) : packet.slice();
    if (this.#options.twcc) renewTwcc(copy, this.#options.twcc.id, this.#options.twcc.sequence.next());
    return copy;
  }

  /** What to send in answer to the NACKs for `ssrc` in an RTCP packet (compound or not; RFC 4585, 6.2.1). */
  answer(rtcp: Uint8Array, ssrc: number): Uint8Array[] {
    return requestedSequences(rtcp, ssrc).flatMap((sequence) => this.resend(sequence) ?? []);
  }

  #asRtx(packet: Uint8Array, rtx: { readonly ssrc: number; readonly payloadType: number }): Uint8Array {
    const payload = payloadOffset(packet);
    const copy = new Uint8Array(packet.length + 2);
    copy.set(packet.subarray(0, payload));
    copy.set(packet.subarray(2, 4), payload);
    copy.set(packet.subarray(payload), payload + 2);
    const view = new DataView(copy.buffer);
    copy[1] = ((packet[1] ?? 0) & 0x80) | rtx.payloadType;
    view.setUint16(2, this.#rtxSequence);
    view.setUint32(8, rtx.ssrc);
    this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
    return copy;
  }
}

/** The sequence numbers that generic NACKs for `ssrc` ask for. */
export function requestedSequences(rtcp: Uint8Array, ssrc: number): number[] {
  const sequences: number[] = [];
  for (let at = 0; at + 4 <= rtcp.length;) {
    const size = (read16(rtcp, at + 2) + 1) * 4;
    const isNack = rtcp[at + 1] === 205 && ((rtcp[at] ?? 0) & 0x1f) === 1;
    if (isNack && at + size <= rtcp.length && size >= 12 && read32(rtcp, at + 8) === ssrc >>> 0) {
      for (let item = at + 12; item + 4 <= at + size; item += 4) {
        const first = read16(rtcp, item);
        const mask = read16(rtcp, item + 2);
        sequences.push(first);
        for (let bit = 0; bit < 16; bit += 1) if (mask & (1 << bit)) sequences.push((first + bit + 1) & 0xffff);
      }
    }
    at += size;
  }
  return sequences;
}

/** Whether an RTCP packet asks for a keyframe of `ssrc`: PLI (RFC 4585, 6.3.1) or FIR (RFC 5104, 4.3.1). */
export function asksForKeyframe(rtcp: Uint8Array, ssrc: number): boolean {
  for (let at = 0; at + 12 <= rtcp.length; at += (read16(rtcp, at + 2) + 1) * 4) {
    if (rtcp[at + 1] !== 206) continue;
    const format = (rtcp[at] ?? 0) & 0x1f;
    if (format === 1 && read32(rtcp, at + 8) === ssrc >>> 0) return true;
    if (format === 4 && at + 16 <= rtcp.length && read32(rtcp, at + 12) === ssrc >>> 0) return true;
  }
  return false;
}

function renewTwcc(packet: Uint8Array, id: number, sequence: number): void {
  if (((packet[0] ?? 0) & 0x10) === 0) return;
  const block = 12 + ((packet[0] ?? 0) & 0x0f) * 4;
  const short = read16(packet, block) === 0xbede;
  const end = block + 4 + read16(packet, block + 2) * 4;
  for (let at = block + 4; at < end;) {
    const byte = packet[at] ?? 0;
    if (byte === 0) {
      at += 1;
      continue;
    }
    const elementId = short ? byte >> 4 : byte;
    const size = short ? (byte & 0x0f) + 1 : (packet[at + 1] ?? 0);
    const data = at + (short ? 1 : 2);
    if (elementId === id && size === 2) packet.set([sequence >> 8, sequence & 0xff], data);
    at = data + size;
  }
}

function payloadOffset(packet: Uint8Array): number {
  const base = 12 + ((packet[0] ?? 0) & 0x0f) * 4;
  return ((packet[0] ?? 0) & 0x10) === 0 ? base : base + 4 + read16(packet, base + 2) * 4;
}

const read16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const read32 = (bytes: Uint8Array, at: number): number => ((read16(bytes, at) << 16) | read16(bytes, at + 2)) >>> 0;
