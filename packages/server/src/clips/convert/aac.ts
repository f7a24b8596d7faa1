/** What FFmpeg does for a download with AAC sound: picture copied, sound converted, and the result held against the MP4 that it was made from. */
import { type Micros, micros, ReplayError } from "@livekit-replay/contract";
import type { Ffmpeg } from "../../platform/ffmpeg.js";

/** Bits a second of the sound: more than anybody hears, for speech and games. */
const bitrate = 160_000;
/** Longest that a conversion may take, for one second of clip, and in any case. */
const limitPerSecondMs = 1000;
const limitMs = 60_000;
/** Sound and picture of an MP4 of ours end together within a packet or two. */
const tolerance = 50_000;

/** An AAC conversion. Both paths are files. */
export interface AacOptions {
  readonly source: string;
  readonly target: string;
  /** What the source plays. */
  readonly duration: Micros;
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/**
 * At most so many bytes has the MP4 with AAC sound: the MP4 (its Opus sound is left away), twice the sound's mean rate (FFmpeg's encoder is near it),
 * and FFmpeg's tables, which have a chunk for every packet.
 */
export function aacBoundBytes(mp4Bytes: number, duration: Micros): number {
  const seconds = Math.ceil(duration / 1e6) + 1;
  const tablesPerSecond = 240 * 40;
  return mp4Bytes + seconds * ((2 * bitrate) / 8 + tablesPerSecond) + 65_536;
}

/**
 * Writes an MP4 with the same picture and AAC sound. Both tracks keep their first instant: FFmpeg carries the edit list of the picture over, and silence
 * fills what a sample of the sound was stretched for at a joint, which would else shift everything behind it.
 * @throws ReplayError `concatenation_failed` also when the file is not what it should be; the signal's reason.
 */
export async function convertToAac(ffmpeg: Ffmpeg, { source, target, duration, signal, onProgress }: AacOptions): Promise<void> {
  const limit = limitMs + (duration / 1e6) * limitPerSecondMs;
  const job = { limitMs: limit, signal };
  const sound = ["-af", "aresample=async=1:min_hard_comp=0.01:first_pts=0", "-c:a", "aac", "-b:a", String(bitrate)];
  await ffmpeg.run({
    ...job,
    args: ["-i", source, "-map", "0:v:0", "-map", "0:a:0", "-c:v", "copy", ...sound, "-movflags", "+faststart", "-f", "mp4", "-y", target],
    onProgress: (written) => onProgress(Math.min(1, written / duration) * 0.9),
  });
  await verify(ffmpeg, source, target, duration, job);
}

/** Every frame of the source with its time and its very bytes; sound that decodes without a word, from the start to the end. */
async function verify(
  ffmpeg: Ffmpeg,
  source: string,
  target: string,
  duration: Micros,
  job: { limitMs: number; signal: AbortSignal },
): Promise<void> {
  const wanted = await ffmpeg.run({ ...job, args: ["-i", source, "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "pipe:1"] });
  const args = ["-xerror", "-i", target, "-map", "0:v:0", "-map", "0:a:0", "-c:v", "copy", "-c:a", "pcm_s16le", "-f", "framecrc", "pipe:1"];
  const made = await ffmpeg.run({ ...job, args });
  const [from, to] = [readPackets(wanted), readPackets(made)];
  if (from.picture.length === 0 || from.picture.length !== to.picture.length) throw wrong("it has another number of frames");
  if (from.picture.some((packet, i) => packet !== to.picture[i])) throw wrong("its picture is another one");
  const { start, end } = to.sound;
  if (!(Math.abs(start) <= tolerance && Math.abs(end - duration) <= tolerance))
    throw wrong(`its sound is from ${start} to ${end} µs, not from 0 to ${duration}`);
}

const wrong = (what: string): ReplayError =>
  new ReplayError("concatenation_failed", { cause: new Error(`the MP4 with AAC sound is not right: ${what}`) });

/** Lines of FFmpeg's `framecrc`: stream, decode time, presentation time, duration, size, checksum. */
function readPackets(text: Uint8Array): {
  readonly picture: readonly string[];
  readonly sound: { readonly start: Micros; readonly end: Micros };
} {
  const picture: string[] = [];
  let tick = Number.NaN;
  let [start, end] = [Number.NaN, Number.NaN];
  for (const line of new TextDecoder().decode(text).split("\n")) {
    const timeBase = /^#tb 1: (\d+)\/(\d+)/.exec(line);
    if (timeBase) tick = (Number(timeBase[1]) / Number(timeBase[2])) * 1e6;
    const [stream, decode, presentation, duration, size, checksum] = line.split(",").map((field) => field.trim());
    if (stream === "0") picture.push([decode, presentation, size, checksum].join());
    if (stream !== "1") continue;
    if (Number.isNaN(start)) start = Number(presentation) * tick;
    end = (Number(presentation) + Number(duration)) * tick;
  }
  return { picture, sound: { start: micros(start), end: micros(end) } };
}
