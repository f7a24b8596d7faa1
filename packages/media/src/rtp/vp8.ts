/** VP8 out of RTP (RFC 7741): the payload descriptor of each packet, and the frame behind it. */
import { parseVp8Frame } from "../codec/vp8.js";
import type { FrameReader, ReadFrame } from "./frames.js";
import { Pieces } from "./pieces.js";

/** Collects one VP8 frame. */
export class Vp8Reader implements FrameReader {
  readonly #pieces = new Pieces();
  /** It began with the start of the first partition. */
  #isWhole = false;
  #isDamaged = false;
  #isKey = false;

  /** See `FrameReader`. */
  get isKey(): boolean {
    return this.#isWhole && this.#isKey;
  }

  /** See `FrameReader`. A VP8 frame says itself whether it begins. */
  begin(_follows: boolean): void {
    this.#pieces.clear();
    this.#isWhole = false;
    this.#isDamaged = false;
    this.#isKey = false;
  }

  /** See `FrameReader`. */
  payload(bytes: Uint8Array, start: number, end: number): void {
    const at = descriptorEnd(bytes, start, end);
    if (at >= end) {
      this.#isDamaged = true;
      return;
    }
    // S and no partition number: the frame's first byte follows (4.2).
    const isStart = ((bytes[start] ?? 0) & 0x1f) === 0x10;
    if (this.#pieces.bytes === 0) {
      this.#isWhole = isStart;
      this.#isKey = ((bytes[at] ?? 1) & 1) === 0;
    } else if (isStart) {
      this.#isDamaged = true;
    }
    this.#pieces.add(bytes.subarray(at, end));
  }

  /** See `FrameReader`. */
  finish(): ReadFrame | "damaged" | null {
    if (!this.#isWhole || this.#isDamaged || this.#pieces.isTooLarge) return "damaged";
    const data = this.#pieces.join();
    const frame = parseVp8Frame(data);
    if (frame === null) return "damaged";
    const { key, width, height } = frame;
    return { data, parameters: key ? { kind: "vp8", codec: "vp8", width, height, setup: "vp8" } : null };
  }

  /** See `FrameReader`. */
  reset(): void {
    this.begin(false);
  }
}

/** Where the payload descriptor (4.2) ends. Picture ids and layers are not needed: the sequence numbers say what is missing. */
function descriptorEnd(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] ?? 0;
  if ((first & 0x80) === 0) return start + 1;
  const extension = bytes[start + 1] ?? 0;
  let at = start + 2;
  if ((extension & 0x80) !== 0) at += ((bytes[at] ?? 0) & 0x80) === 0 ? 1 : 2;
  if ((extension & 0x40) !== 0) at += 1;
  if ((extension & 0x30) !== 0) at += 1;
  return Math.min(at, end);
}
