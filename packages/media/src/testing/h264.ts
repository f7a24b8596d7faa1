/** Tiny H.264 access units: parameter sets that parse, slices that begin as slices do, and a frame number in place of a picture. They do not decode. */
import { annexB, nalUnits } from "../codec/annex-b.js";

/** Writes the bits of a parameter set or slice header. */
class BitWriter {
  readonly #bits: number[] = [];

  bits(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i -= 1) this.#bits.push(Math.floor(value / 2 ** i) % 2);
    return this;
  }

  unsigned(value: number): this {
    const length = Math.floor(Math.log2(value + 1));
    return this.bits(0, length).bits(value + 1, length + 1);
  }

  signed(value: number): this {
    return this.unsigned(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** A NAL unit with its trailing bit and emulation prevention (7.3.1). */
  unit(...header: readonly number[]): Uint8Array {
    this.#bits.push(1);
    while (this.#bits.length % 8 !== 0) this.#bits.push(0);
    const bytes: number[] = [...header];
    let zeros = 0;
    for (let at = 0; at < this.#bits.length; at += 8) {
      const byte = Number.parseInt(this.#bits.slice(at, at + 8).join(""), 2);
      if (zeros >= 2 && byte <= 3) {
        bytes.push(3);
        zeros = 0;
      }
      bytes.push(byte);
      zeros = byte === 0 ? zeros + 1 : 0;
    }
    return Uint8Array.from(bytes);
  }
}

/** Options of `sequenceParameterSet`. */
export interface SequenceOptions {
  readonly width: number;
  readonly height: number;
  /** `profile_idc`. Default 66, constrained baseline; 100 (high) writes scaling lists too. */
  readonly profile?: number;
  /** Default 31. */
  readonly level?: number;
  readonly id?: number;
}

/** A sequence parameter set (ITU-T H.264, 7.3.2.1.1), cropped to the size. */
export function sequenceParameterSet(options: SequenceOptions): Uint8Array {
  const { width, height, profile = 66, level = 31, id = 0 } = options;
  const columns = Math.ceil(width / 16);
  const rows = Math.ceil(height / 16);
  const cropX = (columns * 16 - width) / 2;
  const cropY = (rows * 16 - height) / 2;
  if (!Number.isInteger(cropX) || !Number.isInteger(cropY)) throw new TypeError("width and height must be even");
  const writer = new BitWriter().unsigned(id);
  if (profile === 100) {
    writer.unsigned(1).unsigned(0).unsigned(0).bits(0, 1).bits(1, 1).bits(1, 1);
    for (let i = 0; i < 16; i += 1) writer.signed(i === 0 ? 4 : 1);
    writer.bits(0, 7);
  }
  writer.unsigned(4).unsigned(2).unsigned(1).bits(0, 1);
  writer
    .unsigned(columns - 1)
    .unsigned(rows - 1)
    .bits(1, 1)
    .bits(1, 1);
  if (cropX > 0 || cropY > 0) writer.bits(1, 1).unsigned(0).unsigned(cropX).unsigned(0).unsigned(cropY);
  else writer.bits(0, 1);
  return writer.bits(0, 1).unit(0x67, profile, profile === 66 ? 0xe0 : 0, level);
}

/** A picture parameter set (7.3.2.2). */
export const pictureParameterSet = (id = 0, sequenceId = 0): Uint8Array =>
  new BitWriter()
    .unsigned(id)
    .unsigned(sequenceId)
    .bits(0, 2)
    .unsigned(0)
    .unsigned(0)
    .unsigned(0)
    .bits(0, 3)
    .signed(0)
    .signed(0)
    .signed(0)
    .bits(4, 3)
    .unit(0x68);

/** What a synthetic access unit shows. */
export interface SyntheticPicture {
  /** The frame's number, up to 2^28; `pictureIndex` reads it back. */
  readonly index: number;
  readonly key: boolean;
  /** Bytes of the slice. Default 100. */
  readonly size?: number;
  /** The parameter sets in front of a keyframe; none: they are left out. */
  readonly sets?: readonly Uint8Array[];
  /** Default 0. */
  readonly pictureId?: number;
}

const headBytes = 8;

/** An access unit in Annex B with one slice. */
export function syntheticPicture(picture: SyntheticPicture): Uint8Array {
  const slice = new Uint8Array(Math.max(picture.size ?? 100, headBytes + 4)).fill(0xa5);
  slice[0] = picture.key ? 0x65 : 0x41;
  // First macroblock 0, slice type 7 (I) or 5 (P), picture parameter set.
  const head = new BitWriter()
    .unsigned(0)
    .unsigned(picture.key ? 7 : 5)
    .unsigned(picture.pictureId ?? 0)
    .unit();
  slice.set(head, 1);
  for (let i = 0; i < 4; i += 1) slice[headBytes + i] = 0x80 | ((picture.index >> (7 * (3 - i))) & 0x7f);
  return annexB([...(picture.key ? (picture.sets ?? []) : []), slice]);
}

/** The number of a synthetic picture's first slice; null when there is none. */
export function pictureIndex(accessUnit: Uint8Array): number | null {
  const slice = nalUnits(accessUnit).find((unit) => ((unit[0] ?? 0) & 0x1f) === 5 || ((unit[0] ?? 0) & 0x1f) === 1);
  if (slice === undefined || slice.length < headBytes + 4) return null;
  let index = 0;
  for (let i = 0; i < 4; i += 1) index = index * 128 + ((slice[headBytes + i] ?? 0) & 0x7f);
  return index;
}
