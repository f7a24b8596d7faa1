/** VP8 frames to RTP packets (RFC 7741), with every form of the payload descriptor. */
import type { RtpTicks } from "@livekit-replay/contract";
import { RtpStream, type RtpStreamOptions } from "./rtp-stream.js";

/** Options of a `Vp8Packetizer`. */
export interface Vp8PacketizerOptions extends RtpStreamOptions {
  /** Largest payload of a packet, bytes, without the RTP header. Default 1180. */
  readonly maxPayload?: number;
  /** Whether frames carry a picture id, of one or two bytes. Default `long`, as browsers send. */
  readonly pictureId?: "none" | "short" | "long";
  /** Whether packets name a temporal layer (TL0PICIDX, TID, KEYIDX). Default true. */
  readonly layers?: boolean;
}

/** Cuts VP8 frames into RTP packets. */
export class Vp8Packetizer {
  readonly stream: RtpStream;
  readonly #options: Vp8PacketizerOptions;
  #picture = 0x7ff0;

  /** Starts a stream; nothing is sent yet. */
  constructor(options: Vp8PacketizerOptions) {
    this.stream = new RtpStream(options);
    this.#options = options;
  }

  /** The packets of one frame; the last one carries the marker. */
  packetize(frame: Uint8Array, timestamp: RtpTicks): Uint8Array[] {
    const rest = this.#extension();
    const step = Math.max(1, (this.#options.maxPayload ?? 1180) - 1 - rest.length);
    this.#picture = (this.#picture + 1) & 0x7fff;
    const packets: Uint8Array[] = [];
    for (let at = 0; at < frame.length; at += step) {
      const first = (rest.length > 0 ? 0x80 : 0) | (at === 0 ? 0x10 : 0);
      const isLast = at + step >= frame.length;
      packets.push(this.stream.packet(timestamp, isLast, [Uint8Array.of(first), rest, frame.subarray(at, at + step)]));
    }
    return packets;
  }

  #extension(): Uint8Array {
    const { pictureId = "long", layers = true } = this.#options;
    if (pictureId === "none" && !layers) return new Uint8Array();
    const flags = (pictureId === "none" ? 0 : 0x80) | (layers ? 0x70 : 0);
    const id = { none: [], short: [this.#picture & 0x7f], long: [0x80 | (this.#picture >> 8), this.#picture & 0xff] }[pictureId];
    return Uint8Array.of(flags, ...id, ...(layers ? [this.#picture & 0xff, 0x20 | (this.#picture & 0x1f)] : []));
  }
}
