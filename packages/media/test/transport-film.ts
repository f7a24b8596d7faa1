/** Transport segments as egress writes them (x264 with B-frames, AAC, one timeline from an hour on), made by FFmpeg from barcoded frames with clicks at the flashes. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { micros } from "@livekit-replay/contract";
import { describeTransport, planJoined, readMovieFile, type RemuxedStretch, verifyJoined } from "../src/index.js";
import { drawFrame, HEIGHT, WIDTH } from "./barcode.js";
import { run } from "./run.js";

export const FRAME_RATE = 30;
const RATE = 44_100;

/** What a film is like. */
export interface TransportFilmOptions {
  readonly segments: number;
  /** Seconds of each. */
  readonly seconds: number;
  /** Where its timeline begins, in seconds. Default 3600, as GStreamer's muxer does. */
  readonly from?: number;
  readonly sound?: boolean;
}

/** Files of a film. */
export interface TransportFilm {
  readonly folder: string;
  readonly files: readonly string[];
  remove(): Promise<void>;
}

/** A flash in the second half of every second. */
const isFlash = (frame: number): boolean => frame % FRAME_RATE >= 15 && frame % FRAME_RATE < 18;

function picture(frames: number): Uint8Array {
  const size = (WIDTH * HEIGHT * 3) / 2;
  const bytes = new Uint8Array(frames * size);
  for (let frame = 0; frame < frames; frame += 1) bytes.set(drawFrame(frame, isFlash(frame)), frame * size);
  return bytes;
}

/** Makes a film. */
export async function makeTransportFilm({ segments, seconds, from = 3600, sound = true }: TransportFilmOptions): Promise<TransportFilm> {
  const folder = await mkdtemp(path.join(tmpdir(), "replay-transport-"));
  const click = `aevalsrc='if(between(mod(t,1),0.5,0.52),0.8*sin(2*PI*1000*t),0)':s=${RATE}:d=${segments * seconds}`;
  await run(
    "ffmpeg",
    [
      ...[
        "-v",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "yuv420p",
        "-video_size",
        `${WIDTH}x${HEIGHT}`,
        "-framerate",
        String(FRAME_RATE),
        "-i",
        "-",
      ],
      ...(sound ? ["-f", "lavfi", "-i", click, "-c:a", "aac", "-ac", "2", "-b:a", "96k"] : []),
      ...["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-bf", "3", "-sc_threshold", "0"],
      ...["-force_key_frames", `expr:gte(t,n_forced*${seconds})`, "-shortest", "-output_ts_offset", String(from)],
      ...["-f", "segment", "-segment_format", "mpegts", "-segment_time", String(seconds), path.join(folder, "segment_%05d.ts")],
    ],
    picture(segments * seconds * FRAME_RATE),
  );
  const files = Array.from({ length: segments }, (_, i) => path.join(folder, `segment_${String(i).padStart(5, "0")}.ts`));
  return { folder, files, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Reads from bytes in memory, as from a file. */
export const readerOf =
  (bytes: Uint8Array) =>
  (offset: number, length: number): Promise<Uint8Array> =>
    Promise.resolve(bytes.subarray(offset, offset + length));

/** What FFmpeg makes of files by stream copy. `ref` is the bytes. */
export async function remux(files: readonly string[], target: string): Promise<RemuxedStretch<Uint8Array>> {
  const copy = ["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-bsf:a", "aac_adtstoasc", "-video_track_timescale", "90000"];
  await run("ffmpeg", ["-v", "error", "-y", "-f", "mpegts", "-i", `concat:${files.join("|")}`, ...copy, "-f", "mp4", target]);
  const bytes = await readFile(target);
  const { tracks, boxes } = await readMovieFile(readerOf(bytes), bytes.length);
  const mdat = boxes.find(({ type }) => type === "mdat");
  const segments = await Promise.all(files.map(async (file) => describeTransport(await readFile(file))));
  return { ref: bytes, movie: tracks, payload: { start: mdat?.body ?? 0, end: mdat?.end ?? 0 }, segments, hold: micros(0) };
}

/** The MP4 of stretches, verified. */
export async function join(
  stretches: readonly RemuxedStretch<Uint8Array>[],
  startPts: number,
): Promise<{ readonly bytes: Uint8Array; readonly exact: boolean }> {
  const plan = planJoined(stretches, micros(startPts));
  const parts = plan.parts.map((part) => (part.kind === "bytes" ? part.bytes : part.ref.subarray(part.offset, part.offset + part.length)));
  const bytes = Buffer.concat([plan.head, ...parts]);
  await verifyJoined(readerOf(bytes), bytes.length, plan.expected);
  return { bytes, exact: plan.exact };
}
