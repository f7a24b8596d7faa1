/** Barcoded films in other codecs: encoded by FFmpeg as a browser would (no hidden frames, no look-ahead), read from IVF. */
import { type Micros, micros } from "@livekit-replay/contract";
import type { VideoFormat } from "@livekit-replay/media";
import { type Film, type FilmOptions, makeFilm, run } from "@livekit-replay/peers";
import type { RunPicture } from "./convert-material.js";

const encoders = {
  vp8: ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0", "-lag-in-frames", "0"],
  vp9: ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0", "-lag-in-frames", "0"],
} as const;

/** What a run in the codec says of itself. */
const codecs = { vp8: "vp8", vp9: "vp09.00.20.08" } as const;

/** How a film is encoded: another size (`319:179`), bits a second (`1M`). */
export interface EncodeFilmOptions {
  readonly size?: string;
  readonly rate?: string;
}

/** The picture of a film in another codec. */
export async function encodeFilm(
  film: Film,
  options: FilmOptions,
  kind: keyof typeof encoders,
  { size, rate = "1M" }: EncodeFilmOptions = {},
): Promise<RunPicture> {
  const chunks: Buffer[] = [];
  const interval = String(options.keyframeSeconds * options.frameRate);
  const result = await run({
    command: "ffmpeg",
    args: [
      ...["-v", "error", "-i", await makeFilm(options), "-an", ...(size === undefined ? [] : ["-vf", `scale=${size}:flags=neighbor`])],
      ...[...encoders[kind], "-b:v", rate, "-g", interval, "-keyint_min", interval, "-f", "ivf", "pipe:1"],
    ],
    onStdout: (chunk) => chunks.push(chunk),
  });
  if (result.exitCode !== 0) throw new Error(`ffmpeg could not encode the film: ${result.stderrTail.join("\n")}`);
  const [width = film.width, height = film.height] = (size ?? "").split(":").flatMap((side) => (side === "" ? [] : Number(side)));
  const format: VideoFormat = { kind, codec: codecs[kind], width, height };
  return { format, frames: readIvf(Buffer.concat(chunks), kind, film.frameRate) };
}

/** IVF: a header of 32 bytes, then frames with a header of 12 each: size, time. */
function readIvf(file: Buffer, kind: keyof typeof encoders, frameRate: number): { pts: Micros; key: boolean; data: Uint8Array }[] {
  const frames: { pts: Micros; key: boolean; data: Uint8Array }[] = [];
  for (let at = file.readUInt16LE(6); at + 12 <= file.length; at += 12 + file.readUInt32LE(at)) {
    const data = file.subarray(at + 12, at + 12 + file.readUInt32LE(at));
    const first = data[0] ?? 0;
    // VP8: RFC 6386, 9.1. VP9: frame marker, profile 0, then show_existing_frame and frame_type.
    const key = kind === "vp8" ? (first & 1) === 0 : (first & 0b1100) === 0;
    frames.push({ pts: micros((frames.length * 1e6) / frameRate), key, data });
  }
  return frames;
}
