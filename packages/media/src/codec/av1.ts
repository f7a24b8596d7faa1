/** AV1 sequence and frame headers (AV1 Bitstream & Decoding Process Specification, 5.5 and 5.9), as far as receiving needs them. Hostile bytes give null. */
import { BitReader } from "./bits.js";

/** What a sequence header says. */
export interface Av1Sequence {
  readonly profile: 0 | 1 | 2;
  /** `seq_level_idx` of the first operating point. */
  readonly level: number;
  readonly highTier: boolean;
  readonly bitDepth: 8 | 10 | 12;
  readonly monochrome: boolean;
  /** Subsampling in x and y, and the position of chroma samples, as in codec strings: `110` for 4:2:0. */
  readonly chroma: string;
  /** The largest picture; a frame may be smaller. */
  readonly width: number;
  readonly height: number;
  /** What reading a frame header needs. */
  readonly syntax: FrameSyntax;
}

/** How the frame headers behind a sequence header are written. */
interface FrameSyntax {
  readonly isReducedStill: boolean;
  /** Its fields change the layout of frame headers; where it is set, sizes of frames are not read. */
  readonly hasDecoderModel: boolean;
  /** Bits of a frame's id; 0: there are none. */
  readonly idBits: number;
  readonly orderHintBits: number;
  /** 0 or 1: the same for all frames; 2: each says it. */
  readonly screenContent: number;
  readonly integerMotion: number;
  readonly widthBits: number;
  readonly heightBits: number;
}

/** The beginning of a frame header. */
export interface Av1Frame {
  /** A keyframe that is shown: decoding can start here. */
  readonly key: boolean;
  /** Of a keyframe: its size. */
  readonly width: number;
  readonly height: number;
}

/** Reads the payload of a sequence header OBU (5.5.1). Null when it makes no sense. */
export function parseAv1Sequence(payload: Uint8Array): Av1Sequence | null {
  const reader = new BitReader(payload, 0, "plain");
  const profile = reader.bits(3);
  reader.bit();
  const isReducedStill = reader.bit() === 1;
  const points = isReducedStill ? { level: reader.bits(5), highTier: false, hasDecoderModel: false } : readOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  const tools = readTools(reader, isReducedStill);
  reader.bits(3);
  const color = readColor(reader, profile);
  if (reader.overrun || profile > 2) return null;
  const { level, highTier, hasDecoderModel } = points;
  return {
    profile: profile === 0 ? 0 : profile === 1 ? 1 : 2,
    level,
    highTier,
    ...color,
    width,
    height,
    syntax: { isReducedStill, hasDecoderModel, widthBits, heightBits, ...tools },
  };
}

interface OperatingPoints {
  readonly level: number;
  readonly highTier: boolean;
  readonly hasDecoderModel: boolean;
}

/** Timing, decoder model and operating points, of which the first counts: it has all layers. */
function readOperatingPoints(reader: BitReader): OperatingPoints {
  let delayBits = 0;
  if (reader.bit() === 1) {
    reader.bits(32);
    reader.bits(32);
    // Equal intervals: a number in uvlc (4.10.3), which is the Exp-Golomb code of H.264.
    if (reader.bit() === 1) reader.unsigned();
    if (reader.bit() === 1) {
      delayBits = reader.bits(5) + 1;
      reader.bits(32);
      reader.bits(10);
    }
  }
  const hasDelays = reader.bit() === 1;
  const count = reader.bits(5) + 1;
  let first: Pick<OperatingPoints, "level" | "highTier"> | null = null;
  for (let i = 0; i < count && !reader.overrun; i += 1) {
    reader.bits(12);
    const level = reader.bits(5);
    const highTier = level > 7 && reader.bit() === 1;
    first ??= { level, highTier };
    if (delayBits > 0 && reader.bit() === 1) reader.bits(2 * delayBits + 1);
    if (hasDelays && reader.bit() === 1) reader.bits(4);
  }
  return { level: first?.level ?? 0, highTier: first?.highTier ?? false, hasDecoderModel: delayBits > 0 };
}

/** From the frame ids to the order hint. */
function readTools(
  reader: BitReader,
  isReducedStill: boolean,
): Pick<FrameSyntax, "idBits" | "orderHintBits" | "screenContent" | "integerMotion"> {
  const hasIds = !isReducedStill && reader.bit() === 1;
  // Additional bits (3) beyond those of the difference (4).
  const idBits = hasIds ? reader.bits(4) + 2 + reader.bits(3) + 1 : 0;
  reader.bits(3);
  if (isReducedStill) return { idBits, orderHintBits: 0, screenContent: 2, integerMotion: 2 };
  reader.bits(4);
  const hasOrderHint = reader.bit() === 1;
  if (hasOrderHint) reader.bits(2);
  const screenContent = reader.bit() === 1 ? 2 : reader.bit();
  const integerMotion = screenContent === 0 || reader.bit() === 1 ? 2 : reader.bit();
  const orderHintBits = hasOrderHint ? reader.bits(3) + 1 : 0;
  return { idBits, orderHintBits, screenContent, integerMotion };
}

/** `color_config` (5.5.2). */
function readColor(reader: BitReader, profile: number): Pick<Av1Sequence, "bitDepth" | "monochrome" | "chroma"> {
  const isHigh = reader.bit() === 1;
  const isTwelve = profile === 2 && isHigh && reader.bit() === 1;
  const bitDepth = isTwelve ? 12 : isHigh ? 10 : 8;
  const monochrome = profile !== 1 && reader.bit() === 1;
  const description = reader.bit() === 1 ? [reader.bits(8), reader.bits(8), reader.bits(8)].join() : "";
  if (monochrome) return { bitDepth, monochrome, chroma: "110" };
  // sRGB with identity matrix is 4:4:4 by definition, and says no more.
  if (description === "1,13,0") return { bitDepth, monochrome, chroma: "000" };
  reader.bit();
  const isHalfWidth = profile === 0 || (profile === 2 && (isTwelve ? reader.bit() === 1 : true));
  const isHalfHeight = profile === 0 || (profile === 2 && isTwelve && isHalfWidth && reader.bit() === 1);
  const position = isHalfWidth && isHalfHeight ? reader.bits(2) : 0;
  return { bitDepth, monochrome, chroma: `${Number(isHalfWidth)}${Number(isHalfHeight)}${position}` };
}

/** Reads the beginning of a frame header (5.9.2): the payload of a frame or a frame header OBU. Null when it makes no sense. */
export function parseAv1Frame(payload: Uint8Array, sequence: Av1Sequence): Av1Frame | null {
  const { syntax, width, height } = sequence;
  if (payload.length === 0) return null;
  const whole: Av1Frame = { key: true, width, height };
  if (syntax.isReducedStill) return whole;
  const reader = new BitReader(payload, 0, "plain");
  const isShownAgain = reader.bit() === 1;
  const isKey = reader.bits(2) === 0;
  const isShown = reader.bit() === 1;
  if (isShownAgain || !isKey || !isShown) return { key: false, width: 0, height: 0 };
  if (syntax.hasDecoderModel) return whole;
  reader.bit();
  const allowsScreenContent = syntax.screenContent === 2 ? reader.bit() : syntax.screenContent;
  if (allowsScreenContent === 1 && syntax.integerMotion === 2) reader.bit();
  reader.bits(syntax.idBits);
  const hasOwnSize = reader.bit() === 1;
  reader.bits(syntax.orderHintBits);
  if (!hasOwnSize) return reader.overrun ? null : whole;
  const own: Av1Frame = { key: true, width: reader.bits(syntax.widthBits) + 1, height: reader.bits(syntax.heightBits) + 1 };
  return reader.overrun || own.width > width || own.height > height ? null : own;
}

/** What `av1C` and codec strings say of a stream. */
export type Av1Profile = Pick<Av1Sequence, "profile" | "level" | "highTier" | "bitDepth" | "monochrome" | "chroma">;

const two = (value: number): string => String(value).padStart(2, "0");

/** The codec string ("AV1 Codec ISO Media File Format Binding", 5): short for 4:2:0 in colour, with all fields else. */
export function av1Codec(stream: Av1Profile): string {
  const { profile, level, highTier, bitDepth, monochrome, chroma } = stream;
  const short = `av01.${profile}.${two(level)}${highTier ? "H" : "M"}.${two(bitDepth)}`;
  return !monochrome && chroma.startsWith("11") ? short : `${short}.${Number(monochrome)}.${chroma}.01.01.01.0`;
}
