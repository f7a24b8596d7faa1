/** VP9 frames: the beginning of their headers, their codec string, and superframes (VP9 Bitstream Specification 0.6, 6.2, 7.2 and annex B). Hostile bytes give null. */
import { BitReader } from "./bits.js";

/** What the uncompressed header of a frame says. */
export interface Vp9Frame {
  readonly key: boolean;
  /** Of a keyframe; null for other frames. */
  readonly parameters: Vp9Parameters | null;
}

/** What a keyframe says about the stream. */
export interface Vp9Parameters {
  readonly profile: 0 | 1 | 2 | 3;
  readonly bitDepth: 8 | 10 | 12;
  /** As in `vpcC` and codec strings: 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4 (and 4:4:0, which has no number of its own). */
  readonly chroma: 1 | 2 | 3;
  /** Matrix coefficients (ISO/IEC 23091-4/ITU-T H.273); 2: not said. */
  readonly matrix: number;
  readonly fullRange: boolean;
  readonly width: number;
  readonly height: number;
}

const syncCode = 0x498342;
const srgb = 7;
/** By `color_space` (7.2.2): unknown, BT.601, BT.709, SMPTE-170, SMPTE-240, BT.2020, reserved, sRGB. */
const matrices = [2, 6, 1, 6, 7, 9, 2, 0];

/** Reads the beginning of a frame (6.2). Null when it is none. */
export function parseVp9Frame(data: Uint8Array): Vp9Frame | null {
  const reader = new BitReader(data, 0, "plain");
  if (data.length === 0 || reader.bits(2) !== 2) return null;
  const profile = reader.bit() + 2 * reader.bit();
  if (profile === 3 && reader.bit() === 1) return null;
  const other: Vp9Frame = { key: false, parameters: null };
  if (reader.bit() === 1) return other;
  const isKey = reader.bit() === 0;
  reader.bits(2);
  if (!isKey) return reader.overrun ? null : other;
  if (reader.bits(24) !== syncCode) return null;
  const color = readColor(reader, profile);
  const width = reader.bits(16) + 1;
  const height = reader.bits(16) + 1;
  if (reader.overrun || color === null) return null;
  return { key: true, parameters: { ...color, width, height } };
}

/** `color_config` (6.2.2). */
function readColor(reader: BitReader, profile: number): Omit<Vp9Parameters, "width" | "height"> | null {
  const bitDepth = profile < 2 ? 8 : reader.bit() === 1 ? 12 : 10;
  const space = reader.bits(3);
  const matrix = matrices[space] ?? 2;
  const isOdd = profile === 1 || profile === 3;
  const fullRange = space === srgb || reader.bit() === 1;
  if (space === srgb && !isOdd) return null;
  const halfWidth = !isOdd || (space !== srgb && reader.bit() === 1);
  const halfHeight = !isOdd || (space !== srgb && reader.bit() === 1);
  if (isOdd && (reader.bit() === 1 || (halfWidth && halfHeight))) return null;
  const chroma = halfWidth ? (halfHeight ? 1 : 2) : 3;
  return { profile: profile === 0 ? 0 : profile === 1 ? 1 : profile === 2 ? 2 : 3, bitDepth, chroma, matrix, fullRange };
}

/** Levels with the samples of a picture that they allow ("VP Codec ISO Media File Format Binding", 1.0), those that allow 60 such pictures a second. */
const levels: readonly (readonly [level: number, samples: number])[] = [
  [10, 36_864],
  [11, 73_728],
  [20, 122_880],
  [21, 245_760],
  [30, 552_960],
  [31, 983_040],
  [41, 2_228_224],
  [51, 8_912_896],
  [61, 35_651_584],
];

/** The level of a stream; the bitstream does not say it. Pictures that are too large for every level get the highest. */
export const vp9Level = (width: number, height: number): number => levels.find(([, samples]) => width * height <= samples)?.[0] ?? 62;

const two = (value: number): string => String(value).padStart(2, "0");

/** The codec string ("VP Codec ISO Media File Format Binding", codecs parameter): short for 4:2:0, with all fields else. */
export function vp9Codec(stream: Pick<Vp9Parameters, "profile" | "bitDepth" | "chroma"> & { readonly level: number }): string {
  const { profile, level, bitDepth, chroma } = stream;
  const short = `vp09.${two(profile)}.${two(level)}.${two(bitDepth)}`;
  return chroma === 1 ? short : `${short}.${two(chroma)}.01.01.01.00`;
}

/** Most frames that an index can name (annex B). */
const maxFrames = 8;

/**
 * The frames of one picture, lowest layer first, as one superframe (annex B): an index at the end says where each ends. One frame stays as it is.
 * Null when there are more than an index can name.
 */
export function vp9Superframe(frames: readonly Uint8Array[]): Uint8Array | null {
  const [only] = frames;
  if (only && frames.length === 1) return only;
  if (!only || frames.length > maxFrames) return null;
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
  const sizeBytes = Math.max(...frames.map((frame) => Math.ceil(Math.log2(frame.length + 1) / 8)));
  const indexBytes = 2 + sizeBytes * frames.length;
  const whole = new Uint8Array(bytes + indexBytes);
  let at = 0;
  for (const frame of frames) {
    whole.set(frame, at);
    at += frame.length;
  }
  const marker = 0xc0 | ((sizeBytes - 1) << 3) | (frames.length - 1);
  whole[at++] = marker;
  for (const frame of frames) for (let i = 0; i < sizeBytes; i += 1) whole[at++] = (frame.length >>> (8 * i)) & 0xff;
  whole[at] = marker;
  return whole;
}
