/** ADTS frames (ISO/IEC 14496-3, 1.A.2.2): AAC with a header before each frame, as a transport stream carries it. */
import { MediaFormatError } from "../segment/error.js";

/** Samples of every frame. */
export const AAC_SAMPLES = 1024;

const RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];

/** What the headers of a PES packet's frames say. */
export interface AdtsFrames {
  readonly count: number;
  /** RFC 6381: `mp4a.40.2`. */
  readonly codec: string;
  readonly sampleRate: number;
  /** 0: said inside the frames. */
  readonly channels: number;
}

/**
 * Walks over the frames; they must fill the bytes.
 * @throws MediaFormatError for anything that is no whole ADTS frame.
 */
export function readAdts(bytes: Uint8Array): AdtsFrames {
  let count = 0;
  let at = 0;
  while (at < bytes.length) {
    if (at + 7 > bytes.length) throw new MediaFormatError("truncated", "the sound ends inside a header");
    if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xf6) !== 0xf0)
      throw new MediaFormatError("malformed", "the sound is no AAC with ADTS headers");
    const [third = 0, fourth = 0, fifth = 0, sixth = 0, seventh = 0] = bytes.subarray(at + 2, at + 7);
    const length = (fourth & 3) * 2048 + fifth * 8 + (sixth >> 5);
    if (length < 7 || at + length > bytes.length || ((third >> 2) & 15) >= RATES.length)
      throw new MediaFormatError("malformed", "a frame of the sound makes no sense");
    count += 1 + (seventh & 3);
    at += length;
  }
  if (count === 0) throw new MediaFormatError("truncated", "a PES packet of the sound is empty");
  const [third = 0, fourth = 0] = bytes.subarray(2, 4);
  return {
    count,
    codec: `mp4a.40.${(third >> 6) + 1}`,
    sampleRate: RATES[(third >> 2) & 15] ?? 0,
    channels: (third & 1) * 4 + (fourth >> 6),
  };
}
