/** What FFmpeg reads in a file: frames by their barcodes, clicks, durations. An independent reader of what this package writes. */
import { HEIGHT, readFrame, WIDTH } from "./barcode.js";
import { run } from "./run.js";

/** Decodes the picture; fails when FFmpeg says a word. One entry per frame, in the order shown. */
export async function decodeFrames(
  file: string,
  before: readonly string[] = [],
): Promise<readonly { readonly number: number; readonly flash: boolean; readonly time: number }[]> {
  const show = [
    "-map",
    "0:v:0",
    "-vf",
    `scale=${WIDTH}:${HEIGHT},showinfo`,
    "-fps_mode",
    "passthrough",
    "-f",
    "rawvideo",
    "-pix_fmt",
    "gray",
    "-",
  ];
  const { stdout, stderr } = await run("ffmpeg", ["-v", "info", "-nostats", ...before, "-i", file, ...show]);
  const times = [...stderr.matchAll(/pts_time:([\d.-]+)/gu)].map(([, time]) => Number(time));
  const size = WIDTH * HEIGHT;
  return Array.from({ length: stdout.length / size }, (_, i) => ({
    ...readFrame(stdout.subarray(i * size, (i + 1) * size)),
    time: times[i] ?? Number.NaN,
  }));
}

/** Everything FFmpeg complains about while it decodes all streams. Times stay those of the file: rounded to a guessed frame rate, irregular ones would collide. */
export async function complaints(file: string, before: readonly string[] = []): Promise<string> {
  const { stderr } = await run("ffmpeg", ["-v", "error", ...before, "-i", file, "-enc_time_base", "-1", "-f", "null", "-"]);
  return stderr;
}

/** Starts of the clicks, in seconds on the file's timeline. */
export async function findClicks(file: string, before: readonly string[] = []): Promise<readonly number[]> {
  const { stdout } = await run("ffmpeg", [
    "-v",
    "error",
    ...before,
    "-i",
    file,
    "-map",
    "0:a:0",
    "-f",
    "s16le",
    "-ac",
    "1",
    "-ar",
    "48000",
    "-",
  ]);
  const pcm = new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length - (stdout.length % 2)));
  const clicks: number[] = [];
  let quietFrom = 0;
  pcm.forEach((value, i) => {
    if (Math.abs(value) < 3000) return;
    if (i - quietFrom > 4800 || clicks.length === 0) clicks.push(i / 48000);
    quietFrom = i;
  });
  return clicks;
}

/** The parts of ffprobe's answer that tests look at. */
export interface Probe {
  readonly format: { readonly duration: string; readonly start_time: string };
  readonly streams: readonly {
    readonly codec_type: string;
    readonly codec_name: string;
    readonly duration: string;
    readonly start_time: string;
    readonly nb_frames: string;
    readonly width?: number;
    readonly height?: number;
  }[];
}

/** What ffprobe says about the container and its streams. */
export async function probe(file: string): Promise<Probe> {
  const { stdout } = await run("ffprobe", ["-v", "error", "-show_format", "-show_streams", "-of", "json", file]);
  return JSON.parse(stdout.toString()) as Probe;
}
