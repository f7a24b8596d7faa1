/** Films as elementary streams, for publishers that are not written in TypeScript: Annex B or IVF for the picture, Ogg for the sound. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { run } from "../process/run.js";
import { type FilmOptions, keep, makeFilm, videoArguments } from "./make.js";

/** What a picture can be coded with. */
export type FilmCodec = "h264" | "vp8" | "vp9" | "av1";

/** A film in files. The number of a frame is its place in the file and its barcode. */
export interface FilmFiles {
  readonly codec: FilmCodec;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** How many frames the film has before it begins again. */
  readonly frames: number;
  /** H.264: Annex B. Others: IVF, one shown frame in each of its frames. */
  readonly picturePath: string;
  /** Ogg with Opus in packets of 20 ms; null for a film without sound. */
  readonly soundPath: string | null;
  /**
   * Encodings of the same picture with keyframes at other places, for a publisher that sends one when it is asked to. The last one has many
   * of them at the same bit rate, so its picture is worse. Empty when it was not made for that.
   */
  readonly otherPaths: readonly string[];
}

/** Options of encoders that look at no frame but the one they code: one in, one out, and keyframes only where they are wanted. */
const REALTIME_VPX = ["-deadline", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-auto-alt-ref", "0"];
const ENCODERS: Readonly<Record<Exclude<FilmCodec, "h264">, readonly string[]>> = {
  vp8: ["-c:v", "libvpx", ...REALTIME_VPX, "-threads", "2"],
  vp9: ["-c:v", "libvpx-vp9", ...REALTIME_VPX, "-row-mt", "1", "-tile-columns", "2", "-threads", "2"],
  av1: ["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-row-mt", "1", "-threads", "2"],
};
const IVF_HEADER_BYTES = 32;
const IVF_FRAME_HEADER_BYTES = 12;

async function ffmpeg(args: readonly string[]): Promise<void> {
  const result = await run({ command: "ffmpeg", args: ["-v", "error", "-y", ...args] });
  if (result.exitCode !== 0) throw new Error(`ffmpeg could not make the film: ${result.stderrTail.join("\n")}`);
}

function encoderArguments(codec: Exclude<FilmCodec, "h264">, options: FilmOptions): string[] {
  const rate = String(options.bitrate);
  const interval = String(options.keyframeSeconds * options.frameRate);
  return [
    ...ENCODERS[codec],
    ...["-pix_fmt", "yuv420p", "-b:v", rate, "-maxrate", rate, "-bufsize", rate],
    ...["-g", interval, "-keyint_min", interval],
  ];
}

/** An encoder that leaves a frame out would shift every number after it. */
async function checkFrames(path: string, wanted: number): Promise<void> {
  const file = await readFile(path);
  let frames = 0;
  for (let offset = IVF_HEADER_BYTES; offset + IVF_FRAME_HEADER_BYTES <= file.length; frames += 1)
    offset += IVF_FRAME_HEADER_BYTES + file.readUInt32LE(offset);
  if (frames !== wanted) throw new Error(`The film has ${frames} frames, not ${wanted}`);
}

/** The barcoded film in files, made when it is not there yet. */
export async function makeFilmFiles(options: FilmOptions, codec: FilmCodec = "h264"): Promise<FilmFiles> {
  const film = await makeFilm(options);
  const name = basename(film, ".mp4");
  const frames = options.seconds * options.frameRate;
  const picturePath =
    codec === "h264"
      ? await keep(`${name}.h264`, (draft) => ffmpeg(["-i", film, "-an", "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264", draft]))
      : await keep(`${name}-${codec}.ivf`, async (draft) => {
          await ffmpeg(["-i", film, "-an", ...encoderArguments(codec, options), "-f", "ivf", draft]);
          await checkFrames(draft, frames);
        });
  const soundPath = options.sound
    ? await keep(`${name}.ogg`, (draft) => ffmpeg(["-i", film, "-vn", "-c", "copy", "-f", "ogg", draft]))
    : null;
  const { width, height, frameRate } = options;
  return { codec, width, height, frameRate, frames, picturePath, soundPath, otherPaths: [] };
}

/** A keyframe that is asked for comes in this time, as from a browser. */
const ANSWER_SECONDS = 0.1;
/** The encoding with so many keyframes is left after at most so many of them. */
const KEYFRAMES_ON_BRIDGE = 5;

/** The film's picture with a keyframe at frame `first` and every `interval` frames from there, and at its beginning. */
const encodeElsewhere = (film: string, options: FilmOptions, first: number, interval: number, draft: string): Promise<void> => {
  const keyframes = ["-force_key_frames", `expr:eq(mod(n,${interval}),${first})`, "-forced-idr", "1"];
  return ffmpeg(["-i", film, "-an", ...videoArguments(options), ...keyframes, "-f", "h264", draft]);
};

/**
 * The barcoded film in files, as H.264 that a publisher can put keyframes into: `onPli: "answer"`. Made when it is not there yet.
 * @throws TypeError when the interval of its keyframes is no whole number of tenths of a second, in whole frames.
 */
export async function makeAnsweringFilm(options: FilmOptions): Promise<FilmFiles> {
  const interval = options.keyframeSeconds * options.frameRate;
  const dense = Math.round(ANSWER_SECONDS * options.frameRate);
  // Else a keyframe of one encoding might follow one of another: two in a row may have the same idr_pic_id, which H.264 forbids (7.4.3).
  if (dense < 2 || interval % dense !== 0) throw new TypeError(`keyframeSeconds: must be a whole number of ${dense} frames`);
  const film = await makeFilm(options);
  const name = basename(film, ".mp4");
  const otherPaths: string[] = [];
  for (let first = dense * KEYFRAMES_ON_BRIDGE; first < interval; first += dense * KEYFRAMES_ON_BRIDGE)
    otherPaths.push(await keep(`${name}-at${first}.h264`, (draft) => encodeElsewhere(film, options, first, interval, draft)));
  otherPaths.push(await keep(`${name}-every${dense}.h264`, (draft) => encodeElsewhere(film, options, 0, dense, draft)));
  return { ...(await makeFilmFiles(options)), otherPaths };
}
