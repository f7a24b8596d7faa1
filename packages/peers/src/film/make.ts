/** Makes barcoded films with FFmpeg and keeps them in `.cache/films`, so that a test pays for one only once. */
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { run } from "../process/run.js";
import { BARCODE_BLOCKS, BARCODE_HEIGHT, BARCODE_NUMBERS, drawBarcode } from "./barcode.js";
import type { Film } from "./model.js";
import { readFilm } from "./read.js";

/** What a barcoded film is like. `seconds` must be a whole number of keyframe intervals, so that a loop keeps its rhythm. */
export interface FilmOptions {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** Of the picture, in bits a second. */
  readonly bitrate: number;
  readonly keyframeSeconds: number;
  readonly seconds: number;
  /** Opus 128 kbit/s with a click on every second, or no sound at all. */
  readonly sound: boolean;
}

/** 1080p60 at 6 Mbit/s with a keyframe every 2 s: what a browser is asked for. */
export const FULL_FILM: FilmOptions = {
  width: 1920,
  height: 1080,
  frameRate: 60,
  bitrate: 6_000_000,
  keyframeSeconds: 2,
  seconds: 20,
  sound: true,
};
/** A small film for tests that judge no load. */
export const SMALL_FILM: FilmOptions = {
  width: 320,
  height: 180,
  frameRate: 30,
  bitrate: 300_000,
  keyframeSeconds: 1,
  seconds: 20,
  sound: true,
};

/** The flash of the picture lasts this part of a second. */
const FLASH_SECONDS = 0.1;
/** Flash and click come in the middle of every second: at the seam of the loop, where a decoder starts anew, a click would be softened. */
const FLASH_AT_SECONDS = 0.5;
const cacheFolder = fileURLToPath(new URL("../../../../.cache/films/", import.meta.url));

function check(options: FilmOptions): void {
  const whole = (value: number): boolean => Number.isInteger(value) && value > 0;
  if (!whole(options.frameRate)) throw new TypeError("frameRate: must be a positive integer");
  if (!whole(options.seconds) || options.seconds % options.keyframeSeconds !== 0)
    throw new TypeError("seconds: must be a whole number of keyframe intervals");
  if (options.seconds * options.frameRate > BARCODE_NUMBERS) throw new TypeError("seconds: more frames than the barcode can number");
}

function* strips(options: FilmOptions): Generator<Uint8Array> {
  const from = Math.round(FLASH_AT_SECONDS * options.frameRate);
  const to = from + Math.round(FLASH_SECONDS * options.frameRate);
  for (let number = 0; number < options.seconds * options.frameRate; number += 1) {
    const place = number % options.frameRate;
    yield drawBarcode(number, place >= from && place < to);
  }
}

/** The moving picture below the strip: a test card with a noisy window (so that the rate is really used) and a box that flashes. */
function pictureFilter({ width, height, frameRate }: FilmOptions): string {
  const strip = Math.round(height * BARCODE_HEIGHT);
  const noise = `nullsrc=size=${Math.floor(width / 6) * 2}x${Math.floor(height / 6) * 2}:rate=${frameRate},format=yuv420p,noise=alls=60:allf=t`;
  const from = Math.round(FLASH_AT_SECONDS * frameRate);
  const to = from + Math.round(FLASH_SECONDS * frameRate) - 1;
  const flash = `drawbox=x=iw*0.7:y=ih*0.6:w=iw*0.2:h=ih*0.25:color=white:t=fill:enable='between(mod(n,${frameRate}),${from},${to})'`;
  return [
    `[0:v]scale=${width}:${strip}:flags=neighbor,format=yuv420p[strip]`,
    `testsrc2=size=${width}x${height}:rate=${frameRate},${flash}[card]`,
    `${noise}[noise]`,
    `[card][noise]overlay=${Math.floor(width / 4)}:${Math.floor(height / 3)}[picture]`,
    `[picture][strip]overlay=0:0:shortest=1[out]`,
  ].join(";");
}

/** The encoder stays below the rate that it is given on a film this short. */
const RATE_CORRECTION = 1.09;

/** How FFmpeg encodes the picture of a film. */
export function videoArguments(options: FilmOptions): string[] {
  const rate = Math.round(options.bitrate * RATE_CORRECTION);
  const interval = String(options.keyframeSeconds * options.frameRate);
  return [
    ...["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-pix_fmt", "yuv420p", "-bf", "0"],
    ...["-g", interval, "-keyint_min", interval, "-sc_threshold", "0"],
    ...["-b:v", String(rate), "-maxrate", String(rate), "-bufsize", String(Math.round(rate / 4))],
  ];
}

async function encode(options: FilmOptions, path: string): Promise<void> {
  const { frameRate, seconds, sound } = options;
  const click = `aevalsrc='if(between(mod(n,48000),${FLASH_AT_SECONDS * 48_000},${FLASH_AT_SECONDS * 48_000 + 479}),0.8*sin(2*PI*1000*n/48000),0)':s=48000:d=${seconds}`;
  const result = await run({
    command: "ffmpeg",
    args: [
      ...["-v", "error", "-y"],
      ...["-f", "rawvideo", "-pix_fmt", "gray", "-video_size", `${BARCODE_BLOCKS}x1`, "-framerate", String(frameRate), "-i", "pipe:0"],
      ...(sound ? ["-f", "lavfi", "-i", click] : []),
      ...["-filter_complex", pictureFilter(options), "-map", "[out]"],
      ...(sound ? ["-map", "1:a", "-c:a", "libopus", "-ac", "2", "-b:a", "128k", "-vbr", "off", "-frame_duration", "20"] : []),
      ...videoArguments(options),
      ...["-movflags", "+faststart", "-f", "mp4", path],
    ],
    stdin: strips(options),
  });
  if (result.exitCode !== 0) throw new Error(`ffmpeg could not make the film: ${result.stderrTail.join("\n")}`);
}

/**
 * The path of a file in the cache folder, written by `make` when it is not there yet. Two processes may ask at once: the file appears whole.
 * @throws what `make` throws.
 */
export async function keep(name: string, make: (draft: string) => Promise<void>): Promise<string> {
  const path = `${cacheFolder}${name}`;
  if (await stat(path).catch(() => null)) return path;
  await mkdir(cacheFolder, { recursive: true });
  const draft = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  try {
    await make(draft);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  return path;
}

/** The path of the barcoded film, made when it is not there yet. */
export async function makeFilm(options: FilmOptions): Promise<string> {
  check(options);
  const { width, height, frameRate, bitrate, keyframeSeconds, seconds, sound } = options;
  const name = `barcode3-${width}x${height}-${frameRate}fps-${Math.round(bitrate / 1000)}k-key${keyframeSeconds}-${seconds}s${sound ? "" : "-mute"}.mp4`;
  return keep(name, (draft) => encode(options, draft));
}

/** The barcoded film in memory, made when needed. */
export async function loadFilm(options: FilmOptions): Promise<Film> {
  return readFilm(await makeFilm(options));
}
