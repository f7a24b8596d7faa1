/** RTP packets as they come from the network (RFC 3550, 5.1; header extensions: RFC 8285). Whatever the bytes are, nothing throws. */
import type { WallMs } from "@livekit-replay/contract";

/** A parsed RTP packet; the payload stays where it is in `bytes`. */
export interface RtpPacket {
  readonly bytes: Uint8Array;
  readonly payloadType: number;
  readonly marker: boolean;
  /** 16 bits. */
  readonly sequence: number;
  /** 32 bits. */
  readonly timestamp: number;
  readonly ssrc: number;
  /** The payload is `bytes[payloadStart, payloadEnd)`, without padding; it may be empty. */
  readonly payloadStart: number;
  readonly payloadEnd: number;
  readonly arrival: WallMs;
  /** Sequence number that does not wrap; set by the receiver of the stream. */
  extended: number;
  /** It came after one with a higher number: out of order, or sent again. Its arrival says nothing about the sender's clock. */
  isBehind: boolean;
}

/** Whether a datagram on a transport shared by both is RTCP (RFC 5761, 4). */
export function isRtcp(bytes: Uint8Array): boolean {
  const type = bytes[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** Parses an RTP packet that came at `arrival`; null when it is none. */
export function parseRtpPacket(bytes: Uint8Array, arrival: WallMs): RtpPacket | null {
  const first = bytes[0] ?? 0;
  if (bytes.length < 12 || first >> 6 !== 2) return null;
  let payloadStart = 12 + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (payloadStart + 4 > bytes.length) return null;
    payloadStart += 4 + read16(bytes, payloadStart + 2) * 4;
  }
  const padding = (first & 0x20) === 0 ? 0 : (bytes[bytes.length - 1] ?? 0);
  const payloadEnd = bytes.length - padding;
  if (payloadStart > payloadEnd || ((first & 0x20) !== 0 && padding === 0)) return null;
  const second = bytes[1] ?? 0;
  return {
    bytes,
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: read16(bytes, 2),
    timestamp: read32(bytes, 4),
    ssrc: read32(bytes, 8),
    payloadStart,
    payloadEnd,
    arrival,
    extended: 0,
    isBehind: false,
  };
}

/** Where a header extension's data lies in a packet: `[start, end)`. */
export interface ExtensionBounds {
  readonly start: number;
  readonly end: number;
}

/** Finds a header extension by its id, in the one-byte or the two-byte form; null when the packet has none, or is none. */
export function findExtension(bytes: Uint8Array, id: number): ExtensionBounds | null {
  const first = bytes[0] ?? 0;
  if (bytes.length < 12 || first >> 6 !== 2 || (first & 0x10) === 0) return null;
  const block = 12 + (first & 0x0f) * 4;
  const end = block + 4 + read16(bytes, block + 2) * 4;
  if (end > bytes.length) return null;
  const profile = read16(bytes, block);
  if (profile === 0xbede) return findShort(bytes, block + 4, end, id);
  if (profile >> 4 === 0x100) return findLong(bytes, block + 4, end, id);
  return null;
}

/** One-byte headers (RFC 8285, 4.2): id 0 is padding, id 15 ends the list. */
function findShort(bytes: Uint8Array, from: number, end: number, id: number): ExtensionBounds | null {
  for (let at = from; at < end;) {
    const head = bytes[at] ?? 0;
    if (head >> 4 === 15) return null;
    if (head === 0) {
      at += 1;
      continue;
    }
    const next = at + 2 + (head & 0x0f);
    if (next > end) return null;
    if (head >> 4 === id) return { start: at + 1, end: next };
    at = next;
  }
  return null;
}

/** Two-byte headers (RFC 8285, 4.3): id 0 is padding. */
function findLong(bytes: Uint8Array, from: number, end: number, id: number): ExtensionBounds | null {
  for (let at = from; at < end;) {
    if (bytes[at] === 0) {
      at += 1;
      continue;
    }
    const next = at + 2 + (bytes[at + 1] ?? 0);
    if (next > end) return null;
    if (bytes[at] === id) return { start: at + 2, end: next };
    at = next;
  }
  return null;
}

/** A 16-bit number in network byte order; bytes past the end count as zero. */
export const read16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** A 32-bit number in network byte order; bytes past the end count as zero. */
export const read32 = (bytes: Uint8Array, at: number): number => ((read16(bytes, at) << 16) | read16(bytes, at + 2)) >>> 0;
