/** Opus packets to RTP packets (RFC 7587): one to one. */
import type { RtpTicks } from "@livekit-replay/contract";
import { RtpStream, type RtpStreamOptions } from "./rtp-stream.js";

/** Puts Opus packets into RTP packets. */
export class OpusPacketizer {
  readonly stream: RtpStream;
  #talking = false;

  /** Starts a stream; nothing is sent yet. */
  constructor(options: RtpStreamOptions) {
    this.stream = new RtpStream(options);
  }

  /** The packet of one Opus packet. The marker is set on the first one after `pause` (RFC 7587, 4.2). */
  packetize(opus: Uint8Array, timestamp: RtpTicks): Uint8Array[] {
    const marker = !this.#talking;
    this.#talking = true;
    return [this.stream.packet(timestamp, marker, [opus])];
  }

  /** Tells that nothing is sent for a while (discontinuous transmission, mute). */
  pause(): void {
    this.#talking = false;
  }
}
