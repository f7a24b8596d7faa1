/**
 * Reads an MP4 that another program wrote (FFmpeg, by stream copy): the sample tables of its picture and its sound (ISO/IEC 14496-12, 8.6 and 8.7).
 * Used for what FFmpeg made of transport segments, and to read the finished file back: it shares nothing with what writes that.
 */
import { MediaFormatError } from "../segment/error.js";
import { type Box, boxesIn, Cursor, descend, typeAt } from "../segment/parse.js";

/** Samples that lie one behind the other. */
export interface MovieChunk {
  /** In the file. */
  readonly offset: number;
  /** Number of its first sample, from 0. */
  readonly first: number;
  readonly count: number;
}

/** One track. Arrays have an entry for each sample, in the order of decoding; times are ticks of the track, before any edit. */
export interface MovieSamples {
  readonly kind: "video" | "audio";
  readonly timescale: number;
  /** The whole `stsd` box. */
  readonly entry: Uint8Array;
  readonly ticks: Uint32Array;
  readonly decode: Float64Array;
  /** When it is shown. */
  readonly composition: Float64Array;
  readonly sizes: Uint32Array;
  /** 1 where decoding can start. */
  readonly keys: Uint8Array;
  readonly chunks: readonly MovieChunk[];
  /** Edits in their order: length in ticks of the movie, start in ticks of the track (-1: nothing is shown). */
  readonly edits: readonly { readonly duration: number; readonly mediaTime: number }[];
}

/** The tracks of an MP4. */
export interface MovieTracks {
  /** Ticks per second of the movie. */
  readonly timescale: number;
  readonly duration: number;
  readonly video: MovieSamples;
  readonly audio: MovieSamples | null;
}

/** Ten minutes have far fewer. */
const MAX_SAMPLES = 10_000_000;

/** A full box's content behind version and flags. */
function open(bytes: Uint8Array, found: Box): { readonly cursor: Cursor; readonly version: number } {
  const cursor = new Cursor(bytes, { start: found.body, end: found.end }, `${found.type} box`);
  return { version: Math.floor(cursor.u32() / 0x1000000), cursor };
}

const child = (bytes: Uint8Array, parent: Box, type: string): Box | undefined =>
  boxesIn(bytes, parent.body, parent.end).find((found) => found.type === type);

/** Two times, the time scale, the duration: the beginning of `mvhd` and `mdhd`. */
function timing(bytes: Uint8Array, found: Box): { readonly timescale: number; readonly duration: number } {
  const { cursor, version } = open(bytes, found);
  cursor.skip(version === 1 ? 16 : 8);
  const timescale = cursor.u32();
  if (timescale === 0) throw new MediaFormatError("malformed", `${found.type} box: the time scale is 0`);
  return { timescale, duration: version === 1 ? cursor.u64() : cursor.u32() };
}

/** Entries `count, value` become one value for each sample. */
function expand(bytes: Uint8Array, found: Box, samples: number, signed: boolean): Float64Array {
  const { cursor, version } = open(bytes, found);
  const values = new Float64Array(samples);
  let at = 0;
  for (let left = cursor.u32(); left > 0; left -= 1) {
    const count = cursor.u32();
    const value = signed && version === 1 ? cursor.i32() : cursor.u32();
    if (at + count > samples) throw new MediaFormatError("malformed", `${found.type} box: it has more samples than there are`);
    values.fill(value, at, at + count);
    at += count;
  }
  if (at !== samples) throw new MediaFormatError("malformed", `${found.type} box: it has fewer samples than there are`);
  return values;
}

function readSizes(bytes: Uint8Array, found: Box): Uint32Array {
  const { cursor } = open(bytes, found);
  const same = cursor.u32();
  const length = cursor.u32();
  if (length > MAX_SAMPLES || (same === 0 && cursor.left !== length * 4))
    throw new MediaFormatError("malformed", "stsz box: its size does not fit");
  return Uint32Array.from({ length }, () => (same === 0 ? cursor.u32() : same));
}

function readOffsets(bytes: Uint8Array, stbl: Box): number[] {
  const wide = child(bytes, stbl, "co64");
  const { cursor } = open(bytes, wide ?? descend(bytes, stbl, ["stco"]));
  const length = cursor.u32();
  if (cursor.left !== length * (wide ? 8 : 4)) throw new MediaFormatError("malformed", "stco box: its size does not fit");
  return Array.from({ length }, () => (wide ? cursor.u64() : cursor.u32()));
}

function readChunks(bytes: Uint8Array, stbl: Box, samples: number): MovieChunk[] {
  const { cursor } = open(bytes, descend(bytes, stbl, ["stsc"]));
  const rules = Array.from({ length: cursor.u32() }, () => ({ first: cursor.u32(), count: cursor.u32(), entry: cursor.u32() }));
  if (rules.some(({ entry }) => entry !== 1)) throw new MediaFormatError("foreign", "stsc box: there must be one sample entry");
  const chunks: MovieChunk[] = [];
  let first = 0;
  let rule = 0;
  readOffsets(bytes, stbl).forEach((offset, i) => {
    if (rules[rule + 1]?.first === i + 1) rule += 1;
    const count = rules[rule]?.count ?? 0;
    chunks.push({ offset, first, count });
    first += count;
  });
  if (first !== samples) throw new MediaFormatError("malformed", "the chunks hold another number of samples than there are");
  return chunks;
}

function readEdits(bytes: Uint8Array, trak: Box): { readonly duration: number; readonly mediaTime: number }[] {
  const edts = child(bytes, trak, "edts");
  if (!edts) return [];
  const { cursor, version } = open(bytes, descend(bytes, edts, ["elst"]));
  return Array.from({ length: Math.min(cursor.u32(), 100) }, () => {
    const duration = version === 1 ? cursor.u64() : cursor.u32();
    const mediaTime = version === 1 ? cursor.i32() * 2 ** 32 + cursor.u32() : cursor.i32();
    cursor.skip(4);
    return { duration, mediaTime };
  });
}

function readKeys(bytes: Uint8Array, stbl: Box, samples: number): Uint8Array {
  const stss = child(bytes, stbl, "stss");
  if (!stss) return new Uint8Array(samples).fill(1);
  const keys = new Uint8Array(samples);
  const { cursor } = open(bytes, stss);
  for (let left = cursor.u32(); left > 0; left -= 1) keys[cursor.u32() - 1] = 1;
  return keys;
}

function readTrack(bytes: Uint8Array, trak: Box, kind: MovieSamples["kind"]): MovieSamples {
  const stbl = descend(bytes, trak, ["mdia", "minf", "stbl"]);
  const sizes = readSizes(bytes, descend(bytes, stbl, ["stsz"]));
  const ticks = Uint32Array.from(expand(bytes, descend(bytes, stbl, ["stts"]), sizes.length, false));
  const decode = new Float64Array(sizes.length);
  for (let i = 1; i < decode.length; i += 1) decode[i] = (decode[i - 1] ?? 0) + (ticks[i - 1] ?? 0);
  const ctts = child(bytes, stbl, "ctts");
  const shift = ctts ? expand(bytes, ctts, sizes.length, true) : new Float64Array(sizes.length);
  const stsd = descend(bytes, stbl, ["stsd"]);
  return {
    kind,
    timescale: timing(bytes, descend(bytes, trak, ["mdia", "mdhd"])).timescale,
    entry: bytes.slice(stsd.start, stsd.end),
    ticks,
    decode,
    composition: decode.map((time, i) => time + (shift[i] ?? 0)),
    sizes,
    keys: readKeys(bytes, stbl, sizes.length),
    chunks: readChunks(bytes, stbl, sizes.length),
    edits: readEdits(bytes, trak),
  };
}

/** `vide` or `soun`. */
const handlerOf = (bytes: Uint8Array, trak: Box): string =>
  typeAt(bytes, open(bytes, descend(bytes, trak, ["mdia", "hdlr"])).cursor.skip(8));

/**
 * Reads the tracks of an MP4.
 * @param moov the whole `moov` box
 * @throws MediaFormatError when it cannot be read, or does not have one picture and at most one sound.
 */
export function readTracks(moov: Uint8Array): MovieTracks {
  const [found] = boxesIn(moov, 0, moov.length);
  if (found?.type !== "moov") throw new MediaFormatError("foreign", "there is no moov box");
  const traks = boxesIn(moov, found.body, found.end).filter(({ type }) => type === "trak");
  const [video, ...videos] = traks.filter((trak) => handlerOf(moov, trak) === "vide");
  const [audio, ...audios] = traks.filter((trak) => handlerOf(moov, trak) === "soun");
  if (!video || videos.length > 0 || audios.length > 0) throw new MediaFormatError("foreign", "the MP4 has other tracks");
  return {
    ...timing(moov, descend(moov, found, ["mvhd"])),
    video: readTrack(moov, video, "video"),
    audio: audio ? readTrack(moov, audio, "audio") : null,
  };
}
