/** PES packets (ISO/IEC 13818-1, 2.4.3.6): a piece of an elementary stream with its time, put together from transport packets. */
import { concat } from "../segment/box.js";
import { MediaFormatError } from "../segment/error.js";

/** Ticks per second of the times in a transport stream. */
export const TRANSPORT_CLOCK = 90_000;
const WRAP = 2 ** 33;
/** Egress's largest keyframes are far below; a file that claims more is hostile. */
const MAX_BYTES = 32 * 1024 * 1024;

/** One PES packet. */
export interface PesPacket {
  /** Presentation time in ticks of 90 kHz; goes on beyond 2^33 where the stream wraps. */
  readonly pts: number;
  /** Decoding time; equal to `pts` where it is not written. */
  readonly dts: number;
  readonly data: Uint8Array;
}

/** A 33-bit time with its marker bits. */
function timeAt(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at, at + 5);
  if ((a & 1) === 0 || (c & 1) === 0 || (e & 1) === 0)
    throw new MediaFormatError("malformed", "a time of the transport stream has no markers");
  return ((a >> 1) & 7) * 2 ** 30 + b * 2 ** 22 + (c >> 1) * 2 ** 15 + d * 2 ** 7 + (e >> 1);
}

/** Puts the PES packets of one stream together. */
export class PesReader {
  readonly packets: PesPacket[] = [];
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #last: number | null = null;

  /** The payload of the stream's next transport packet. What comes before the first start is left out. */
  add(payload: Uint8Array, starts: boolean): void {
    if (starts) this.finish();
    if (!starts && this.#pieces.length === 0) return;
    this.#bytes += payload.length;
    if (this.#bytes > MAX_BYTES) throw new MediaFormatError("limit", "a PES packet is larger than any of egress's");
    this.#pieces.push(payload);
  }

  /** Takes what was collected as one packet. @throws MediaFormatError when it is none, or shorter than it says. */
  finish(): void {
    if (this.#pieces.length === 0) return;
    const bytes = concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    this.packets.push(this.#read(bytes));
  }

  #read(bytes: Uint8Array): PesPacket {
    if (bytes.length < 9) throw new MediaFormatError("truncated", "a PES packet ends in its header");
    if (bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== 1) throw new MediaFormatError("foreign", "a PES packet has no start code");
    const length = (bytes[4] ?? 0) * 256 + (bytes[5] ?? 0);
    const end = length === 0 ? bytes.length : 6 + length;
    const body = 9 + (bytes[8] ?? 0);
    if (end > bytes.length || body > end) throw new MediaFormatError("truncated", "a PES packet is shorter than it says");
    const flags = (bytes[7] ?? 0) >> 6;
    if ((flags & 2) === 0 || (flags === 3 ? 19 : 14) > body) throw new MediaFormatError("foreign", "a PES packet has no time");
    const dts = this.#unwrap(timeAt(bytes, flags === 3 ? 14 : 9));
    const pts = flags === 3 ? near(timeAt(bytes, 9), dts) : dts;
    return { pts, dts, data: bytes.subarray(body, end) };
  }

  #unwrap(time: number): number {
    const unwrapped = near(time, this.#last ?? time);
    this.#last = unwrapped;
    return unwrapped;
  }
}

/** The time that is nearest to another one, of all that a 33-bit time can mean. */
const near = (time: number, other: number): number => time + Math.round((other - time) / WRAP) * WRAP;
