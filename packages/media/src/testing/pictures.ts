/** Tiny VP8, VP9 and AV1 frames: headers that parse, and a frame number in place of a picture. They do not decode. */
import { lowOverhead } from "../codec/obu.js";
import type { VideoKind } from "../segment/gop.js";

/** What a synthetic frame shows. */
export interface SyntheticFrame {
  /** Up to 2^28; `frameIndex` reads it back. */
  readonly index: number;
  readonly key: boolean;
  readonly width?: number;
  readonly height?: number;
  /** Bytes of the frame, at least those of its headers. Default 100. */
  readonly size?: number;
  /** AV1: whether a keyframe carries its sequence header. Default true. */
  readonly hasSequence?: boolean;
}

const filler = 0xa5;

/** The number, in four bytes none of which looks like anything. */
const number = (index: number): number[] => [21, 14, 7, 0].map((shift) => 0x80 | ((index >> shift) & 0x7f));

const filled = (head: readonly number[], { index, size = 100 }: SyntheticFrame): Uint8Array => {
  const bytes = new Uint8Array(Math.max(size, head.length + 4)).fill(filler);
  bytes.set(head);
  bytes.set(number(index), bytes.length - 4);
  return bytes;
};

/** A VP8 frame (RFC 6386, 9.1). */
export function syntheticVp8(frame: SyntheticFrame): Uint8Array {
  const { key, width = 640, height = 360 } = frame;
  const size = [width & 0xff, width >> 8, height & 0xff, height >> 8];
  return filled(key ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, ...size] : [0x11, 0, 0, 0x55], frame);
}

/** Bits to bytes, the rest of the last one zero. */
const packed = (...fields: readonly (readonly [value: number, bits: number])[]): number[] => {
  const bits = fields.map(([value, count]) => value.toString(2).padStart(count, "0")).join("");
  return (bits.match(/.{1,8}/gu) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
};

/** A VP9 frame of profile 0 (VP9 Bitstream Specification, 6.2). */
export function syntheticVp9(frame: SyntheticFrame): Uint8Array {
  const { key, width = 640, height = 360 } = frame;
  if (!key) return filled(packed([2, 2], [0, 3], [1, 1], [1, 1], [0, 1]), frame);
  const head = packed([2, 2], [0, 3], [0, 1], [1, 1], [0, 1], [0x498342, 24], [2, 3], [0, 1], [width - 1, 16], [height - 1, 16]);
  return filled(head, frame);
}

/** The payload of a sequence header of the main profile, 8 bits, level 4.0 (AV1 specification, 5.5.1). */
export const av1SequencePayload = (width: number, height: number): Uint8Array =>
  Uint8Array.from(
    packed(
      [0, 3],
      [0, 2],
      [0, 2],
      [0, 5],
      [0, 12],
      [8, 5],
      [0, 1],
      [15, 4],
      [15, 4],
      [width - 1, 16],
      [height - 1, 16],
      [0, 4],
      [0, 4],
      // Order hints of seven bits; screen content and integer motion as each frame says.
      [1, 1],
      [0, 2],
      [1, 1],
      [1, 1],
      [6, 3],
      [0, 3],
      // Eight bits, colour, nothing said about it, limited range, 4:2:0.
      [0, 4],
      [0, 2],
      // One quantiser for both chroma planes, no film grain, the trailing bit.
      [0, 2],
      [1, 1],
    ),
  );

/** An AV1 temporal unit in the low-overhead format, with its delimiter. */
export function syntheticAv1(frame: SyntheticFrame): Uint8Array {
  const { key, width = 640, height = 360, hasSequence = true } = frame;
  const picture = { type: 6, header: Uint8Array.of(0x30), payload: filled([key ? 0x10 : 0x30], frame) };
  const sequence = { type: 1, header: Uint8Array.of(0x08), payload: av1SequencePayload(width, height) };
  const delimiter = { type: 2, header: Uint8Array.of(0x10), payload: new Uint8Array() };
  return lowOverhead(key && hasSequence ? [delimiter, sequence, picture] : [delimiter, picture]);
}

/** The number of a synthetic frame; null when there is none. */
export function frameIndex(data: Uint8Array): number | null {
  if (data.length < 5) return null;
  return data.subarray(-4).reduce((index, byte) => index * 128 + (byte & 0x7f), 0);
}

/** By codec. */
export const syntheticFrames: Readonly<Record<Exclude<VideoKind, "h264">, (frame: SyntheticFrame) => Uint8Array>> = {
  vp8: syntheticVp8,
  vp9: syntheticVp9,
  av1: syntheticAv1,
};
