/** Reads the finished MP4 of a clip of transport segments back, with the reader for foreign MP4s, and compares what it shows with what was planned. */
import type { ReadAt } from "../clip/verify.js";
import { nalType } from "../codec/h264.js";
import { MediaFormatError } from "../segment/error.js";
import { Cursor } from "../segment/parse.js";
import { type FileBox, readMovieFile } from "./file.js";
import type { JoinedExpectation } from "./join.js";
import type { MovieSamples, MovieTracks } from "./movie.js";

const mismatch = (what: string): MediaFormatError => new MediaFormatError("mismatch", `the MP4 is not the one that was planned: ${what}`);

/** A tick of 90 kHz, and rounding. */
const TICK = 12;
/** Of the sound against the picture. */
const SOUND_TOLERANCE = 3000;

/** The only edit of a track. */
function editOf({ edits, kind }: MovieSamples): { readonly duration: number; readonly mediaTime: number } {
  const [edit, ...others] = edits;
  if (!edit || others.length > 0 || edit.mediaTime < 0) throw mismatch(`${kind} must have one edit`);
  return edit;
}

function compareVideo({ video, timescale }: MovieTracks, expected: JoinedExpectation): void {
  const edit = editOf(video);
  const shown = video.composition.slice().sort();
  if (shown.length !== expected.shown.length) throw mismatch("it has another number of frames");
  if (!shown.includes(edit.mediaTime)) throw mismatch("it does not begin with a frame");
  const differs = expected.shown.some((time, i) => Math.abs((((shown[i] ?? 0) - edit.mediaTime) * 1e6) / video.timescale - time) > TICK);
  if (differs) throw mismatch("a frame is shown at another time");
  if (video.keys.reduce((sum, key) => sum + key, 0) !== expected.keyframes || video.keys[0] !== 1) throw mismatch("it has other keyframes");
  if (Math.round((edit.duration * 1e6) / timescale) !== expected.videoDuration) throw mismatch("it has another duration");
}

function compareSound(audio: MovieSamples | null, expected: JoinedExpectation): void {
  if ((audio?.sizes.length ?? null) !== expected.audioSamples) throw mismatch("it has another number of packets of sound");
  if (!audio) return;
  const { mediaTime } = editOf(audio);
  const apart = expected.landmarks.some(
    ({ sample, at }) => Math.abs((((audio.decode[sample] ?? 0) - mediaTime) * 1e6) / audio.timescale - at) > SOUND_TOLERANCE,
  );
  if (apart) throw mismatch("sound and picture are apart");
}

/** Every sample lies in `mdat`, and no two chunks share a byte. */
function checkPlaces(tracks: readonly MovieSamples[], payload: FileBox): void {
  const chunks = tracks.flatMap(({ chunks: all, sizes }) =>
    all.map(({ offset, first, count }) => ({ offset, length: sizes.subarray(first, first + count).reduce((sum, size) => sum + size, 0) })),
  );
  let free = payload.body;
  for (const { offset, length } of chunks.sort((a, b) => a.offset - b.offset)) {
    if (offset < free) throw new MediaFormatError("malformed", "two samples share bytes, or one lies before mdat");
    free = offset + length;
  }
  if (free > payload.end) throw new MediaFormatError("malformed", "a sample reaches beyond the file");
}

/** The first sample is a whole access unit with an IDR picture. */
async function checkFirst(read: ReadAt, { chunks, sizes }: MovieSamples): Promise<void> {
  const sample = await read(chunks[0]?.offset ?? 0, sizes[0] ?? 0);
  const cursor = new Cursor(sample, { start: 0, end: sample.length }, "a video sample");
  let key = false;
  while (cursor.left > 0) key = ((sample[cursor.skip(cursor.u32())] ?? 0) & 31) === nalType.idr || key;
  if (!key) throw new MediaFormatError("malformed", "the first video sample is no keyframe");
}

/**
 * Checks that the file shows what was planned: `moov` before `mdat`, each frame once and at its time, the first one at the start of the edit, the sound beside it, every sample in its place.
 * @throws MediaFormatError (`mismatch` for a sound MP4 that is another one); errors of `read` pass through.
 */
export async function verifyJoined(read: ReadAt, sizeBytes: number, expected: JoinedExpectation): Promise<void> {
  if (sizeBytes !== expected.sizeBytes) throw mismatch("it has another size");
  const { tracks, boxes } = await readMovieFile(read, sizeBytes);
  const [type, moov, mdat, ...others] = boxes;
  if (type?.type !== "ftyp" || moov?.type !== "moov" || mdat?.type !== "mdat" || others.length > 0) throw mismatch("moov must be in front");
  compareVideo(tracks, expected);
  compareSound(tracks.audio, expected);
  checkPlaces(tracks.audio ? [tracks.video, tracks.audio] : [tracks.video], mdat);
  await checkFirst(read, tracks.video);
}
