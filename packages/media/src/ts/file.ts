/** Finds the `moov` of an MP4 wherever it lies, without reading the payload. */
import type { ReadAt } from "../clip/verify.js";
import { MediaFormatError } from "../segment/error.js";
import { Cursor, typeAt } from "../segment/parse.js";
import { type MovieTracks, readTracks } from "./movie.js";

/** A top-level box of a file. */
export interface FileBox {
  readonly type: string;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

const MAX_MOOV_BYTES = 64 * 1024 * 1024;
const MAX_BOXES = 100;

/** The top-level boxes in their order; they must fill the file. @throws MediaFormatError otherwise; errors of `read` pass through. */
export async function fileBoxes(read: ReadAt, sizeBytes: number): Promise<readonly FileBox[]> {
  const boxes: FileBox[] = [];
  for (let at = 0; at < sizeBytes && boxes.length < MAX_BOXES;) {
    const bytes = await read(at, Math.min(16, sizeBytes - at));
    const cursor = new Cursor(bytes, { start: 0, end: bytes.length }, "a box header");
    const small = cursor.u32();
    cursor.skip(4);
    const size = small === 1 ? cursor.u64() : small;
    if (size < cursor.at || at + size > sizeBytes) throw new MediaFormatError("truncated", "a box of the MP4 reaches beyond the file");
    boxes.push({ type: typeAt(bytes, 0), start: at, body: at + cursor.at, end: at + size });
    at += size;
  }
  return boxes;
}

/**
 * The tracks of an MP4 file.
 * @throws MediaFormatError as `readTracks`; errors of `read` pass through.
 */
export async function readMovieFile(
  read: ReadAt,
  sizeBytes: number,
): Promise<{ readonly tracks: MovieTracks; readonly boxes: readonly FileBox[] }> {
  const boxes = await fileBoxes(read, sizeBytes);
  const moov = boxes.find(({ type }) => type === "moov");
  if (!moov) throw new MediaFormatError("truncated", "the MP4 has no moov box");
  const length = moov.end - moov.start;
  if (length > MAX_MOOV_BYTES) throw new MediaFormatError("limit", "moov is larger than any of ours");
  const bytes = await read(moov.start, length);
  if (bytes.length !== length) throw new MediaFormatError("truncated", "the MP4 ends too early");
  return { tracks: readTracks(bytes), boxes };
}
