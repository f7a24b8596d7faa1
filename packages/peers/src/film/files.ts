/** Films as elementary streams, for publishers that are not written in TypeScript: Annex B or IVF for the picture, Ogg for the sound. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { run } from "../process/run.js";
import { type FilmOptions, keep, makeFilm } from "./make.js";

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
  return { codec, width, height, frameRate, frames, picturePath, soundPath };
}
