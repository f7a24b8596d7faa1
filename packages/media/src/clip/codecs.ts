/** Whether the runs of a clip can share one file: an MP4 or WebM has one sample entry for the picture, since Chromium stops at a second one. */
import type { VideoKind } from "../segment/gop.js";
import { type ParsedInit, parseInit } from "../segment/init-parse.js";

/** Thrown where runs of different codecs should go into one file. Whoever wants the clip as one file has to encode it anew. */
export class MixedCodecsError extends Error {
  override readonly name = "MixedCodecsError";
  /** Codec strings of the runs, in their order, each once. */
  readonly codecs: readonly string[];

  constructor(codecs: readonly string[]) {
    super(`the runs of the clip have different codecs (${codecs.join(", ")}): one file cannot hold them as they are`);
    this.codecs = codecs;
  }
}

/** What a decoder set up for one run must share with another: levels and sizes may differ. */
const setups: Readonly<Record<VideoKind, (codec: string) => string>> = {
  // Profile and parameters stand before every keyframe: a decoder follows them.
  h264: () => "h264",
  vp8: () => "vp8",
  vp9: (codec) => codec.replace(/^(vp09\.\d+)\.\d+/u, "$1"),
  av1: (codec) => codec.replace(/^(av01\.\d)\.\d+[MH]/u, "$1"),
};

const setupOf = ({ format: { video } }: ParsedInit): string => setups[video.kind](video.codec);

/**
 * Checks that runs can share one file.
 * @throws MixedCodecsError when they cannot.
 */
export function checkOneCodec(inits: readonly ParsedInit[]): void {
  if (new Set(inits.map(setupOf)).size > 1) throw new MixedCodecsError([...new Set(inits.map(({ format }) => format.video.codec))]);
}

/**
 * Whether runs with these init files can go into one flat MP4, or one WebM, by copy: `planFlat` and `writeWebm` take them.
 * @throws MediaFormatError when one is no init of ours.
 */
export const fitOneFile = (inits: readonly Uint8Array[]): boolean => new Set(inits.map((init) => setupOf(parseInit(init)))).size <= 1;
