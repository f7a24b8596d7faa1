/** H.264 parameter sets and slice headers, as far as receiving needs them (ITU-T H.264, 7.3). Hostile bytes give null. */
import { BitReader } from "./bits.js";

/** NAL unit types (table 7-1) that the receiver treats by name. */
export const nalType = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9, endOfSequence: 10, endOfStream: 11, filler: 12 } as const;

/** What a sequence parameter set says (7.3.2.1.1). */
export interface SequenceParameters {
  readonly id: number;
  /** `profile_idc`: 66 baseline, 77 main, 100 high. */
  readonly profile: number;
  /** RFC 6381: `avc1.` and three bytes in hex. */
  readonly codec: string;
  /** Picture size in pixels after cropping. */
  readonly width: number;
  readonly height: number;
}

/** What a picture parameter set says (7.3.2.2), as far as needed. */
export interface PictureParameters {
  readonly id: number;
  readonly sequenceId: number;
}

/** The beginning of a slice header (7.3.3). */
export interface SliceStart {
  /** 0: the first slice of its picture. */
  readonly firstMacroblock: number;
  readonly pictureId: number;
}

const profilesWithChroma = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const maxDimension = 16_384;

/** Parses a sequence parameter set, given with its NAL header byte. Null when it is none or makes no sense. */
export function parseSequenceParameters(unit: Uint8Array): SequenceParameters | null {
  if (unit.length < 5 || ((unit[0] ?? 0) & 0x1f) !== nalType.sps) return null;
  const reader = new BitReader(unit, 4);
  const profile = unit[1] ?? 0;
  const id = reader.unsigned();
  const chroma = profilesWithChroma.has(profile) ? readChroma(reader) : 1;
  reader.unsigned();
  skipPictureOrder(reader);
  reader.unsigned();
  reader.bit();
  const size = readSize(reader, chroma);
  if (reader.overrun || id > 31 || chroma > 3 || size === null) return null;
  const codec = `avc1.${[...unit.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  return { id, profile, codec, ...size };
}

/** `ChromaArrayType`: 0 where the colour planes are coded apart. */
function readChroma(reader: BitReader): number {
  const format = reader.unsigned();
  const apart = format === 3 && reader.bit() === 1;
  reader.unsigned();
  reader.unsigned();
  reader.bit();
  if (reader.bit() === 1) {
    const lists = format === 3 ? 12 : 8;
    for (let list = 0; list < lists && !reader.overrun; list += 1) {
      if (reader.bit() === 1) skipScalingList(reader, list < 6 ? 16 : 64);
    }
  }
  return apart ? 0 : format;
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size && !reader.overrun; i += 1) {
    if (next !== 0) next = (last + reader.signed() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const kind = reader.unsigned();
  if (kind === 0) {
    reader.unsigned();
  } else if (kind === 1) {
    reader.bit();
    reader.signed();
    reader.signed();
    const count = reader.unsigned();
    for (let i = 0; i < count && !reader.overrun; i += 1) reader.signed();
  }
}

function readSize(reader: BitReader, chroma: number): { width: number; height: number } | null {
  const columns = reader.unsigned() + 1;
  const mapRows = reader.unsigned() + 1;
  const frames = reader.bit();
  if (frames === 0) reader.bit();
  reader.bit();
  const fieldFactor = 2 - frames;
  const crop = reader.bit() === 1 ? [reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * fieldFactor;
  const width = columns * 16 - (left + right) * unitX;
  const height = mapRows * 16 * fieldFactor - (top + bottom) * unitY;
  return width > 0 && height > 0 && width <= maxDimension && height <= maxDimension ? { width, height } : null;
}

/** Parses a picture parameter set, given with its NAL header byte. Null when it is none or makes no sense. */
export function parsePictureParameters(unit: Uint8Array): PictureParameters | null {
  if (unit.length < 2 || ((unit[0] ?? 0) & 0x1f) !== nalType.pps) return null;
  const reader = new BitReader(unit, 1);
  const id = reader.unsigned();
  const sequenceId = reader.unsigned();
  return reader.overrun || id > 255 || sequenceId > 31 ? null : { id, sequenceId };
}

/** Reads the beginning of a slice; `start` is where its header begins, behind the NAL header byte. Null when it makes no sense. */
export function parseSliceStart(bytes: Uint8Array, start: number): SliceStart | null {
  const reader = new BitReader(bytes, start);
  const firstMacroblock = reader.unsigned();
  reader.unsigned();
  const pictureId = reader.unsigned();
  return reader.overrun || pictureId > 255 ? null : { firstMacroblock, pictureId };
}
