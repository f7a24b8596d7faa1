/** Retransmissions on a stream of their own (RFC 4588): back to the packet that was lost. */
import { read16, type RtpPacket } from "./packet.js";

/** What the restored packet belongs to. */
export interface RtxTarget {
  readonly payloadType: number;
  readonly ssrc: number;
}

/** The original packet inside an RTX packet, without copying; null when it carries none (bandwidth probes are padding only). */
export function unwrapRtx(packet: RtpPacket, target: RtxTarget): RtpPacket | null {
  if (packet.payloadEnd - packet.payloadStart < 2) return null;
  return {
    ...packet,
    payloadType: target.payloadType,
    ssrc: target.ssrc,
    sequence: read16(packet.bytes, packet.payloadStart),
    payloadStart: packet.payloadStart + 2,
  };
}
