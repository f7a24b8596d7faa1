/** Reads the `moov` of a finished MP4 for `verify`: its own reading of ISO/IEC 14496-12, which knows nothing of how ours is written. */
import { MediaFormatError } from "../segment/error.js";
import { type Box, boxesIn, Cursor, descend } from "../segment/parse.js";

/** A track as the file says it is. Times in ticks of the track, unless said otherwise. */
export interface ParsedTrack {
  /** `vide` or `soun`. */
  readonly handler: string;
  /** Type of the only sample entry: `avc1`, `Opus`. */
  readonly entry: string;
  readonly timescale: number;
  readonly duration: number;
  /** First edit: where it starts, and how long it plays, in ticks of the movie. */
  readonly edit: { readonly mediaTime: number; readonly duration: number };
  readonly sizes: Uint32Array;
  /** Sum of the durations of all samples, and how many there are. */
  readonly timed: { readonly samples: number; readonly ticks: number };
  /** Numbers (from 1) of the samples where decoding can start; null: all. */
  readonly keys: Uint32Array | null;
  /** Where each sample starts in the file. */
  readonly offsets: Float64Array;
}

/** A movie as the file says it is. */
export interface ParsedMovie {
  readonly timescale: number;
  readonly duration: number;
  readonly tracks: readonly ParsedTrack[];
}

const open = (bytes: Uint8Array, found: Box): Cursor => new Cursor(bytes, { start: found.body, end: found.end }, `${found.type} box`);

/** Version of a full box; flags are skipped. */
const version = (cursor: Cursor): number => Math.floor(cursor.u32() / 0x1000000);

/** `mvhd` and `mdhd` begin alike: two times, the time scale, the duration. */
function timing(bytes: Uint8Array, found: Box): { readonly timescale: number; readonly duration: number } {
  const cursor = open(bytes, found);
  const wide = version(cursor) === 1;
  cursor.skip(wide ? 16 : 8);
  const timescale = cursor.u32();
  return { timescale, duration: wide ? cursor.u64() : cursor.u32() };
}

function edit(bytes: Uint8Array, found: Box): ParsedTrack["edit"] {
  const cursor = open(bytes, found);
  const wide = version(cursor) === 1;
  if (cursor.u32() !== 1) throw new MediaFormatError("mismatch", "there must be one edit");
  const duration = wide ? cursor.u64() : cursor.u32();
  return { duration, mediaTime: wide ? cursor.u64() : cursor.u32() };
}

/** The entries of a table: a count, then so many times `fields` numbers; the count must fit the box. */
function entries(cursor: Cursor, fields: number, what: string): Uint32Array {
  const length = cursor.u32() * fields;
  if (cursor.left !== length * 4) throw new MediaFormatError("malformed", `${what} box: the number of entries does not fit its size`);
  return Uint32Array.from({ length }, () => cursor.u32());
}

function table(bytes: Uint8Array, found: Box, fields: number): Uint32Array {
  const cursor = open(bytes, found);
  version(cursor);
  return entries(cursor, fields, found.type);
}

function sizes(bytes: Uint8Array, found: Box): Uint32Array {
  const cursor = open(bytes, found);
  version(cursor);
  if (cursor.u32() !== 0) throw new MediaFormatError("mismatch", "samples must have sizes of their own");
  return entries(cursor, 1, "stsz");
}

function entryType(bytes: Uint8Array, found: Box): string {
  const cursor = open(bytes, found);
  version(cursor);
  if (cursor.u32() !== 1) throw new MediaFormatError("mismatch", "there must be one sample entry");
  const [entry] = boxesIn(bytes, cursor.at, found.end);
  if (!entry) throw new MediaFormatError("malformed", "stsd box: the entry is missing");
  return entry.type;
}

function timed(stts: Uint32Array): ParsedTrack["timed"] {
  let samples = 0;
  let ticks = 0;
  for (let i = 0; i < stts.length; i += 2) {
    samples += stts[i] ?? 0;
    ticks += (stts[i] ?? 0) * (stts[i + 1] ?? 0);
  }
  return { samples, ticks };
}

/** Chunk offsets and samples per chunk become one offset per sample. */
function offsets(bytes: Uint8Array, boxes: { readonly stsc: Box; readonly co64: Box }, sampleSizes: Uint32Array): Float64Array {
  const stsc = table(bytes, boxes.stsc, 3);
  const chunks = table(bytes, boxes.co64, 2);
  const found = new Float64Array(sampleSizes.length);
  let sample = 0;
  let entry = 0;
  for (let chunk = 0; chunk < chunks.length / 2; chunk += 1) {
    if (stsc[entry + 3] === chunk + 1) entry += 3;
    let at = (chunks[chunk * 2] ?? 0) * 2 ** 32 + (chunks[chunk * 2 + 1] ?? 0);
    for (let left = stsc[entry + 1] ?? 0; left > 0; left -= 1) {
      if (sample >= found.length) throw new MediaFormatError("malformed", "the chunks hold more samples than there are");
      found[sample] = at;
      at += sampleSizes[sample] ?? 0;
      sample += 1;
    }
  }
  if (sample !== found.length) throw new MediaFormatError("malformed", "the chunks hold fewer samples than there are");
  return found;
}

function parseTrack(bytes: Uint8Array, trak: Box): ParsedTrack {
  const hdlr = descend(bytes, trak, ["mdia", "hdlr"]);
  const name = open(bytes, hdlr).skip(12) + 8;
  const stbl = descend(bytes, trak, ["mdia", "minf", "stbl"]);
  const inTable = (type: string): Box => descend(bytes, stbl, [type]);
  const sampleSizes = sizes(bytes, inTable("stsz"));
  const hasKeys = boxesIn(bytes, stbl.body, stbl.end).some(({ type }) => type === "stss");
  return {
    handler: String.fromCharCode(...bytes.subarray(name, name + 4)),
    entry: entryType(bytes, inTable("stsd")),
    ...timing(bytes, descend(bytes, trak, ["mdia", "mdhd"])),
    edit: edit(bytes, descend(bytes, trak, ["edts", "elst"])),
    sizes: sampleSizes,
    timed: timed(table(bytes, inTable("stts"), 2)),
    keys: hasKeys ? table(bytes, inTable("stss"), 1) : null,
    offsets: offsets(bytes, { stsc: inTable("stsc"), co64: inTable("co64") }, sampleSizes),
  };
}

/**
 * Parses a whole `moov` box.
 * @throws MediaFormatError for anything that cannot be read.
 */
export function parseMovie(moov: Uint8Array): ParsedMovie {
  const [found] = boxesIn(moov, 0, moov.length);
  if (!found) throw new MediaFormatError("truncated", "there is no moov box");
  const traks = boxesIn(moov, found.body, found.end).filter(({ type }) => type === "trak");
  return { ...timing(moov, descend(moov, found, ["mvhd"])), tracks: traks.map((trak) => parseTrack(moov, trak)) };
}
