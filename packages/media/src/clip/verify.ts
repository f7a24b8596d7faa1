/** Reads a finished MP4 back, with a parser that shares nothing with its writer, and compares it with what was planned. */
import { nalType } from "../codec/h264.js";
import { obusOf, obuType } from "../codec/obu.js";
import { opusTicks } from "../codec/opus.js";
import { parseVp8Frame } from "../codec/vp8.js";
import { parseVp9Frame } from "../codec/vp9.js";
import { MediaFormatError } from "../segment/error.js";
import { Cursor, typeAt } from "../segment/parse.js";
import type { FlatExpectation } from "./flat.js";
import { type ParsedMovie, type ParsedTrack, parseMovie } from "./movie-parse.js";

/** Reads `length` bytes at `offset` of the finished file; fewer only at its end. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** Hours of 1080p60 have tables of a few MB. */
const MAX_MOOV_BYTES = 64 * 1024 * 1024;

/** Where something lies in the file. */
interface Extent {
  readonly start: number;
  readonly end: number;
}

const mismatch = (what: string): MediaFormatError => new MediaFormatError("mismatch", `the MP4 is not the one that was planned: ${what}`);

async function exactly(read: ReadAt, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await read(offset, length);
  if (bytes.length !== length) throw new MediaFormatError("truncated", "the MP4 ends too early");
  return bytes;
}

/** Type and extent of the top-level box at `offset`; 64-bit sizes too. */
async function topBox(read: ReadAt, offset: number, sizeBytes: number): Promise<Extent & { readonly type: string; readonly body: number }> {
  const bytes = await exactly(read, offset, Math.min(16, sizeBytes - offset));
  const cursor = new Cursor(bytes, { start: 0, end: bytes.length }, "a box header");
  const small = cursor.u32();
  cursor.skip(4);
  const size = small === 1 ? cursor.u64() : small;
  if (size < cursor.at || offset + size > sizeBytes) throw new MediaFormatError("malformed", "a box of the MP4 reaches beyond the file");
  return { type: typeAt(bytes, 0), start: offset, body: offset + cursor.at, end: offset + size };
}

/** `ftyp`, `moov`, `mdat`, in this order and nothing else. */
async function openFile(read: ReadAt, sizeBytes: number): Promise<{ readonly movie: ParsedMovie; readonly payload: Extent }> {
  const ftyp = await topBox(read, 0, sizeBytes);
  const moov = await topBox(read, ftyp.end, sizeBytes);
  if (ftyp.type !== "ftyp" || moov.type !== "moov") throw mismatch("moov must be in front");
  if (moov.end - moov.start > MAX_MOOV_BYTES) throw new MediaFormatError("limit", "moov is larger than any of ours");
  const mdat = await topBox(read, moov.end, sizeBytes);
  if (mdat.type !== "mdat" || mdat.end !== sizeBytes) throw mismatch("mdat must fill the rest of the file");
  return { movie: parseMovie(await exactly(read, moov.start, moov.end - moov.start)), payload: { start: mdat.body, end: mdat.end } };
}

/** Ticks as µs, rounded. */
const toMicros = (ticks: number, timescale: number): number => Math.round((ticks * 1e6) / timescale);

interface TrackExpectation {
  readonly handler: string;
  readonly samples: number;
  readonly keyframes: number | null;
  readonly duration: number;
}

function compareTrack(track: ParsedTrack, movie: ParsedMovie, expected: TrackExpectation): void {
  const { handler, sizes, timed, keys, edit, timescale, duration } = track;
  if (handler !== expected.handler) throw mismatch("its tracks are others");
  if (sizes.length !== expected.samples || timed.samples !== expected.samples) throw mismatch(`${handler} has another number of samples`);
  if ((keys?.length ?? null) !== expected.keyframes || (keys && keys[0] !== 1)) throw mismatch(`${handler} has other keyframes`);
  if (timed.ticks !== duration) throw mismatch(`the durations of the ${handler} samples do not add up`);
  if (toMicros(edit.duration, movie.timescale) !== expected.duration) throw mismatch(`the edit of ${handler} has another duration`);
  if (Math.abs(toMicros(duration - edit.mediaTime, timescale) - expected.duration) > 1)
    throw mismatch(`the edit of ${handler} does not play to its end`);
}

function compare(movie: ParsedMovie, expected: FlatExpectation): void {
  const [video, audio, ...others] = movie.tracks;
  if (!video || others.length > 0 || (audio !== undefined) !== (expected.audioSamples !== null)) throw mismatch("it has other tracks");
  if (toMicros(movie.duration, movie.timescale) !== expected.duration) throw mismatch("it has another duration");
  compareTrack(video, movie, {
    handler: "vide",
    samples: expected.videoSamples,
    keyframes: expected.keyframes,
    duration: expected.videoDuration,
  });
  if (audio)
    compareTrack(audio, movie, {
      handler: "soun",
      samples: expected.audioSamples ?? 0,
      keyframes: null,
      duration: expected.audioDuration ?? 0,
    });
}

/** Every sample lies in `mdat`, and no two share a byte. */
function checkPlaces(tracks: readonly ParsedTrack[], payload: Extent): void {
  const starts = Float64Array.from(tracks.flatMap(({ offsets }) => [...offsets]));
  const lengths = Uint32Array.from(tracks.flatMap(({ sizes }) => [...sizes]));
  const order = Uint32Array.from(starts, (_, i) => i).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  let free = payload.start;
  for (const sample of order) {
    const start = starts[sample] ?? 0;
    if (start < free) throw new MediaFormatError("malformed", "two samples share bytes, or one lies before mdat");
    free = start + (lengths[sample] ?? 0);
  }
  if (free > payload.end) throw new MediaFormatError("malformed", "a sample reaches beyond the file");
}

/** Types of the NAL units of a length-prefixed access unit; they must fill it. */
function nalTypes(sample: Uint8Array): readonly number[] {
  const types: number[] = [];
  const cursor = new Cursor(sample, { start: 0, end: sample.length }, "a video sample");
  while (cursor.left > 0) {
    const length = cursor.u32();
    if (length === 0) throw new MediaFormatError("malformed", "a video sample has an empty NAL unit");
    types.push((sample[cursor.skip(length)] ?? 0) & 31);
  }
  return types;
}

/** By sample entry: whether a sample can be read at all, and whether decoding can start with it. */
const readings: Readonly<Record<string, (sample: Uint8Array) => { readonly isRead: boolean; readonly isKey: boolean }>> = {
  avc1: (sample) => ({ isRead: true, isKey: nalTypes(sample).includes(nalType.idr) }),
  vp08: (sample) => ({ isRead: parseVp8Frame(sample) !== null, isKey: parseVp8Frame(sample)?.key === true }),
  vp09: (sample) => ({ isRead: parseVp9Frame(sample) !== null, isKey: parseVp9Frame(sample)?.key === true }),
  av01: (sample) => ({ isRead: obusOf(sample) !== null, isKey: obusOf(sample)?.[0]?.type === obuType.sequence }),
  // An AAC frame has no header of its own to read.
  mp4a: (sample) => ({ isRead: sample.length > 0, isKey: true }),
  Opus: (sample) => ({ isRead: opusTicks(sample) !== null, isKey: true }),
};

async function checkSamples(read: ReadAt, track: ParsedTrack): Promise<void> {
  const reading = readings[track.entry];
  if (!reading) throw mismatch("its codecs are others");
  const last = track.sizes.length - 1;
  for (const i of new Set([0, last])) {
    const { isRead, isKey } = reading(await exactly(read, track.offsets[i] ?? 0, track.sizes[i] ?? 0));
    if (!isRead) throw new MediaFormatError("malformed", `a sample of ${track.handler} is none of its codec`);
    if (i === 0 && !isKey) throw new MediaFormatError("malformed", "the first video sample is no keyframe");
  }
}

/**
 * Checks that the file is the one that was planned: `moov` before `mdat`, sample counts, durations, edit lists, every sample inside `mdat` and none overlapping,
 * first and last sample of each track readable in its codec, and the first picture a keyframe.
 * Reads the head and a few samples, not the payload.
 * @throws MediaFormatError (`mismatch` for a sound MP4 that is another one); errors of `read` pass through.
 */
export async function verifyFlat(read: ReadAt, sizeBytes: number, expected: FlatExpectation): Promise<void> {
  if (sizeBytes !== expected.sizeBytes) throw mismatch("it has another size");
  const { movie, payload } = await openFile(read, sizeBytes);
  compare(movie, expected);
  checkPlaces(movie.tracks, payload);
  for (const track of movie.tracks) await checkSamples(read, track);
}
