/** RTCP from the publisher (RFC 3550, 6): sender reports and goodbyes, out of compound or single packets. Malformed parts are left out, nothing throws. */
import { type RtpTicks, rtpTicks, type WallMs, wallMs } from "@livekit-replay/contract";
import { read16, read32 } from "./packet.js";

/** A sender report (6.4.1), without its report blocks. */
export interface SenderReport {
  readonly type: "sender-report";
  readonly ssrc: number;
  /** The publisher's clock: seconds since 1900 and 2^-32 s. It may be wrong. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  /** The RTP timestamp of that instant, 32 bits. */
  readonly timestamp: RtpTicks;
  readonly packetCount: number;
  readonly octetCount: number;
}

/** A stream's end (6.6). */
export interface Goodbye {
  readonly type: "goodbye";
  readonly ssrcs: readonly number[];
}

/** What the receiver acts on. */
export type PublisherRtcp = SenderReport | Goodbye;

const ntpToUnixSeconds = 2_208_988_800;

/** The publisher's clock of a sender report as Unix time. Only differences between two reports of one publisher mean something. */
export const reportClock = (report: SenderReport): WallMs =>
  wallMs((report.ntpSeconds - ntpToUnixSeconds) * 1000 + (report.ntpFraction * 1000) / 2 ** 32);

/** The sender reports and goodbyes of an RTCP datagram, in order. */
export function parseRtcp(bytes: Uint8Array): PublisherRtcp[] {
  const found: PublisherRtcp[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = (read16(bytes, at + 2) + 1) * 4;
    if ((bytes[at] ?? 0) >> 6 !== 2 || at + size > bytes.length) break;
    const packet = parseOne(bytes, at, size);
    if (packet !== null) found.push(packet);
    at += size;
  }
  return found;
}

function parseOne(bytes: Uint8Array, at: number, size: number): PublisherRtcp | null {
  const type = bytes[at + 1];
  if (type === 200 && size >= 28) {
    return {
      type: "sender-report",
      ssrc: read32(bytes, at + 4),
      ntpSeconds: read32(bytes, at + 8),
      ntpFraction: read32(bytes, at + 12),
      timestamp: rtpTicks(read32(bytes, at + 16)),
      packetCount: read32(bytes, at + 20),
      octetCount: read32(bytes, at + 24),
    };
  }
  if (type !== 203) return null;
  const count = Math.min((bytes[at] ?? 0) & 0x1f, size / 4 - 1);
  return { type: "goodbye", ssrcs: Array.from({ length: count }, (_, i) => read32(bytes, at + 4 + i * 4)) };
}
