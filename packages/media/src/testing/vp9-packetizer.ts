/** VP9 pictures to RTP packets (RFC 9628), in flexible and non-flexible mode, with one spatial layer or several. */
import type { RtpTicks } from "@livekit-replay/contract";
import { parseVp9Frame } from "../codec/vp9.js";
import { RtpStream, type RtpStreamOptions } from "./rtp-stream.js";

/** Options of a `Vp9Packetizer`. */
export interface Vp9PacketizerOptions extends RtpStreamOptions {
  /** Largest payload of a packet, bytes, without the RTP header and the descriptor. Default 1150. */
  readonly maxPayload?: number;
  /** Whether references are named (F). Default false. */
  readonly flexible?: boolean;
  /** Size of each spatial layer, lowest first: told with keyframes. Default: no layers are named. */
  readonly sizes?: readonly { readonly width: number; readonly height: number }[];
}

/** Cuts VP9 pictures into RTP packets. */
export class Vp9Packetizer {
  readonly stream: RtpStream;
  readonly #options: Vp9PacketizerOptions;
  #picture = 0x7ff0;

  /** Starts a stream; nothing is sent yet. */
  constructor(options: Vp9PacketizerOptions) {
    this.stream = new RtpStream(options);
    this.#options = options;
  }

  /** The packets of one picture: a frame for each spatial layer, lowest first; the last packet carries the marker. */
  packetize(layers: readonly Uint8Array[] | Uint8Array, timestamp: RtpTicks): Uint8Array[] {
    const frames = layers instanceof Uint8Array ? [layers] : layers;
    const step = this.#options.maxPayload ?? 1150;
    const isKey = parseVp9Frame(frames[0] ?? new Uint8Array())?.key ?? false;
    this.#picture = (this.#picture + 1) & 0x7fff;
    return frames.flatMap((frame, layer) =>
      Array.from({ length: Math.ceil(frame.length / step) }, (_, i) => {
        const begins = i === 0;
        const ends = (i + 1) * step >= frame.length;
        const descriptor = this.#descriptor({ begins, ends, isKey, layer });
        const isLast = ends && layer === frames.length - 1;
        return this.stream.packet(timestamp, isLast, [descriptor, frame.subarray(i * step, (i + 1) * step)]);
      }),
    );
  }

  #descriptor(packet: { readonly begins: boolean; readonly ends: boolean; readonly isKey: boolean; readonly layer: number }): Uint8Array {
    const { flexible = false, sizes } = this.#options;
    const { begins, ends, isKey, layer } = packet;
    const hasStructure = sizes !== undefined && isKey && begins && layer === 0;
    const flags =
      0x80 |
      (isKey ? 0 : 0x40) |
      (sizes ? 0x20 : 0) |
      (flexible ? 0x10 : 0) |
      (begins ? 0x08 : 0) |
      (ends ? 0x04 : 0) |
      (hasStructure ? 0x02 : 0);
    const layerByte = sizes ? [(layer << 1) | (layer > 0 ? 1 : 0), ...(flexible ? [] : [this.#picture & 0xff])] : [];
    // Two references: the first says that another one follows.
    const references = flexible && !isKey ? [0x03, 0x04] : [];
    return Uint8Array.of(
      flags,
      0x80 | (this.#picture >> 8),
      this.#picture & 0xff,
      ...layerByte,
      ...references,
      ...(hasStructure ? structure(sizes) : []),
    );
  }
}

/** The scalability structure (4.2.1), with sizes and a group of two pictures. */
const structure = (sizes: readonly { readonly width: number; readonly height: number }[]): number[] => [
  ((sizes.length - 1) << 5) | 0x18,
  ...sizes.flatMap(({ width, height }) => [width >> 8, width & 0xff, height >> 8, height & 0xff]),
  2,
  0x04,
  1,
  0x28,
  1,
  2,
];
