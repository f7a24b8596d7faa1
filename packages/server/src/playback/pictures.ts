/** Small pictures of one size in one row: what strips of sessions and of clips have in common. FFmpeg decodes keyframes and puts the pictures together. */
import { ReplayError, type Strip } from "@livekit-replay/contract";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import { Lock } from "../store/lock.js";

/** One row of pictures, and what they show. */
export interface StripPicture {
  readonly jpeg: Uint8Array;
  readonly strip: Strip;
}

const tileWidth = 160;
const tileHeight = 90;
const size = `${tileWidth}:${tileHeight}`;
const fit = `scale=${size}:force_original_aspect_ratio=decrease,pad=${size}:(ow-iw)/2:(oh-ih)/2,format=yuvj420p`;
const jpegs = ["-q:v", "5", "-c:v", "mjpeg", "-f", "image2pipe", "pipe:1"];
const limitMs = 20_000;
/** Keyframes that one process decodes: few enough to hold in memory. */
export const mostAtOnce = 24;
/** A keyframe alone needs some length of its own. */
export const frameUs = 20_000;
/** Requests for the strip of one session or clip that may wait. */
const mostWaiting = 16;
const endOfImage = Buffer.from([0xff, 0xd9]);

/** Concatenated JPEGs, one by one: the marker of the end stands nowhere else in what FFmpeg writes (ITU-T T.81, B.1.1). */
function splitImages(bytes: Uint8Array): Uint8Array[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const images: Uint8Array[] = [];
  for (let start = 0, end = all.indexOf(endOfImage); end >= 0; end = all.indexOf(endOfImage, start)) {
    images.push(all.subarray(start, end + 2));
    start = end + 2;
  }
  return images;
}

/** At most `count` of them, evenly spread. */
export function spread<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all;
  return Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]).flatMap((found) => found ?? []);
}

/** What FFmpeg decodes: a file's bytes, and what stands before the filters. */
export interface Decoding {
  readonly format: "mp4" | "mpegts";
  readonly input: readonly Uint8Array[];
  /** Only the first frame of the file. */
  readonly one?: boolean;
  /** Nothing that is shown before the file's beginning: decoders of some codecs give out what an edit list hides. */
  readonly shownOnly?: boolean;
}

/** The frames of a file as small pictures, in their order. @throws ReplayError `concatenation_failed` */
export async function decode(ffmpeg: Ffmpeg, { format, input, one = false, shownOnly = false }: Decoding): Promise<Uint8Array[]> {
  const shown = shownOnly ? "select='gte(t,0)'," : "";
  const args = [
    "-f",
    format,
    "-i",
    "pipe:0",
    "-an",
    ...(one ? ["-frames:v", "1"] : []),
    "-vf",
    shown + fit,
    "-vsync",
    "passthrough",
    ...jpegs,
  ];
  return splitImages(await ffmpeg.run({ args, input, limitMs }));
}

/** Pictures side by side, as one. @throws ReplayError `concatenation_failed` */
export async function inRow(
  ffmpeg: Ffmpeg,
  pictures: readonly { readonly jpeg: Uint8Array; readonly atMs: number }[],
): Promise<StripPicture> {
  const input = pictures.map(({ jpeg }) => jpeg);
  const tiles = ["-frames:v", "1", "-vf", `tile=${pictures.length}x1`];
  const jpeg = await ffmpeg.run({ args: ["-f", "image2pipe", "-c:v", "mjpeg", "-i", "pipe:0", ...tiles, ...jpegs], input, limitMs });
  // FFmpeg ends well without a picture where nothing could be decoded.
  if (jpeg.length === 0) throw new ReplayError("concatenation_failed", { detail: "FFmpeg made no picture" });
  return { jpeg, strip: { tileWidth, tileHeight, atMs: pictures.map(({ atMs }) => Math.round(atMs)) } };
}

/** One piece of work at a time for each session or clip. */
export class Turns {
  readonly #locks = new Map<string, { readonly lock: Lock; users: number }>();

  /** Runs work when nothing else of the same id runs. @throws ReplayError when too many wait */
  async alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    const held = this.#locks.get(id) ?? { lock: new Lock(mostWaiting), users: 0 };
    this.#locks.set(id, held);
    held.users += 1;
    try {
      return await held.lock.run(work);
    } finally {
      held.users -= 1;
      if (held.users === 0) this.#locks.delete(id);
    }
  }
}
