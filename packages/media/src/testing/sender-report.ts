/** RTCP that a publisher sends: sender reports with SDES, and BYE (RFC 3550, 6.4.1, 6.5, 6.6). */
import type { RtpTicks, WallMs } from "@livekit-replay/contract";
import { ascii } from "./ascii.js";

/** What a sender report says. */
export interface SenderReportOptions {
  readonly ssrc: number;
  /** The publisher's own clock (it may be wrong). */
  readonly clock: WallMs;
  /** RTP timestamp of that instant. */
  readonly timestamp: RtpTicks;
  readonly packetCount: number;
  readonly octetCount: number;
  /** Canonical name in the SDES packet that follows. Default `share`. */
  readonly cname?: string;
}

/** Seconds from 1900 (NTP) to 1970 (Unix). */
const ntpToUnixSeconds = 2_208_988_800;

/** A compound packet: sender report, then SDES with the canonical name. */
export function senderReport(options: SenderReportOptions): Uint8Array {
  const sdes = sourceDescription(options.ssrc, options.cname ?? "share");
  const packet = new Uint8Array(28 + sdes.length);
  const view = new DataView(packet.buffer);
  const seconds = Math.floor(options.clock / 1000);
  packet.set([0x80, 200, 0, 6]);
  view.setUint32(4, options.ssrc);
  view.setUint32(8, (seconds + ntpToUnixSeconds) >>> 0);
  view.setUint32(12, Math.floor(((options.clock - seconds * 1000) / 1000) * 2 ** 32) >>> 0);
  view.setUint32(16, options.timestamp >>> 0);
  view.setUint32(20, options.packetCount >>> 0);
  view.setUint32(24, options.octetCount >>> 0);
  packet.set(sdes, 28);
  return packet;
}

function sourceDescription(ssrc: number, cname: string): Uint8Array {
  const text = ascii(cname).subarray(0, 255);
  const words = Math.floor((4 + 2 + text.length) / 4) + 1;
  const packet = new Uint8Array(4 + words * 4);
  packet.set([0x81, 202, 0, words]);
  new DataView(packet.buffer).setUint32(4, ssrc);
  packet.set([1, text.length], 8);
  packet.set(text, 10);
  return packet;
}

/** A BYE: the stream with this SSRC has ended. */
export function goodbye(ssrc: number): Uint8Array {
  const packet = Uint8Array.of(0x81, 203, 0, 1, 0, 0, 0, 0);
  new DataView(packet.buffer).setUint32(4, ssrc);
  return packet;
}
