/** Opus out of RTP (RFC 7587, 4.2): one packet each. */
import type { RtpTicks, WallMs } from "@livekit-replay/contract";
import { opusTicks } from "../codec/opus.js";
import type { RtpPacket } from "./packet.js";

/** An Opus packet. */
export interface OpusPacket {
  /** RTP timestamp, 32 bits, 48 kHz. */
  readonly timestamp: number;
  readonly duration: RtpTicks;
  /** A copy: nobody else holds these bytes. */
  readonly data: Uint8Array;
  readonly arrival: WallMs;
  /** Whether that says when it was sent: false when it was sent again. */
  readonly isTimely: boolean;
}

/** The Opus packet in an RTP packet; null when it is malformed. */
export function depacketizeOpus(packet: RtpPacket): OpusPacket | null {
  const data = packet.bytes.slice(packet.payloadStart, packet.payloadEnd);
  const duration = opusTicks(data);
  return duration === null ? null : { timestamp: packet.timestamp, duration, data, arrival: packet.arrival, isTimely: !packet.isBehind };
}
