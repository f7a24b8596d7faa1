/** Real video and Opus for tests, made by FFmpeg: frames with barcodes at any times, a click in the sound at each flash of the picture; cut into GOPs as the recorder does. */
import { micros, wallMs } from "@livekit-replay/contract";
import type { Gop, RunFormat, RunReason, Sample, VideoFormat } from "../src/segment/gop.js";
import { drawFrame, HEIGHT, WIDTH } from "./barcode.js";
import { encode, throughRtp, type WebKind } from "./encode.js";
import { run } from "./run.js";

/** Opus delays sound by its look-ahead; the clicks are made that much earlier, so that they are heard on time. */
const OPUS_DELAY_TICKS = 120;

/** What a test stream is like. */
export interface StreamOptions {
  /** Times of the frames in µs from 0; they grow. */
  readonly times: readonly number[];
  /** End of the last frame. */
  readonly end: number;
  /** Number in the first frame's barcode. */
  readonly firstNumber?: number;
  /** Frames between keyframes. */
  readonly gop?: number;
  /** Frames between flashes. The first is half as far in: the first packet of an encoder is decoded weaker behind silence, since Opus predicts its energy from what was before. */
  readonly flashEvery?: number;
  /** Picture size in multiples of 320x180. */
  readonly scale?: number;
  /** Default `h264`. Other codecs come as the depacketiser gives them. */
  readonly kind?: "h264" | WebKind;
}

/** Encoded frames and packets with their times. */
export interface TestStream {
  readonly frames: readonly { readonly time: number; readonly key: boolean; readonly data: Uint8Array }[];
  readonly packets: readonly Uint8Array[];
  readonly end: number;
  readonly format: VideoFormat;
}

/** Splits Annex B into access units of one slice each: parameter sets and SEI belong to the slice behind them. */
function splitFrames(stream: Buffer): readonly { readonly key: boolean; readonly data: Uint8Array }[] {
  const frames: { key: boolean; data: Uint8Array }[] = [];
  let start = 0;
  for (let at = stream.indexOf("000001", 0, "hex"); at >= 0;) {
    const next = stream.indexOf("000001", at + 3, "hex");
    const end = next < 0 ? stream.length : stream[next - 1] === 0 ? next - 1 : next;
    const type = (stream[at + 3] ?? 0) & 31;
    if (type === 1 || type === 5) {
      frames.push({ key: type === 5, data: Uint8Array.from(stream.subarray(start, end)) });
      start = end;
    }
    at = next;
  }
  return frames;
}

/** Packets of an Ogg stream (RFC 3533) behind the two header packets. */
function splitOgg(ogg: Buffer): readonly Uint8Array[] {
  const packets: Uint8Array[] = [];
  let open: Buffer[] = [];
  for (let page = 0; page < ogg.length;) {
    const segments = ogg[page + 26] ?? 0;
    let at = page + 27 + segments;
    for (const lacing of ogg.subarray(page + 27, page + 27 + segments)) {
      open.push(ogg.subarray(at, at + lacing));
      at += lacing;
      if (lacing < 255) {
        packets.push(Uint8Array.from(Buffer.concat(open)));
        open = [];
      }
    }
    page = at;
  }
  return packets.slice(2);
}

const draw = ({ times, firstNumber = 0, flashEvery = 60, scale = 1 }: StreamOptions): Buffer =>
  Buffer.concat(times.map((_, i) => drawFrame(firstNumber + i, i % flashEvery === flashEvery / 2, scale)));

/** Frames of a codec that is not H.264, and what the first one says. */
async function encodeWeb(
  kind: WebKind,
  options: StreamOptions,
): Promise<Pick<TestStream, "format"> & { frames: readonly { key: boolean; data: Uint8Array }[] }> {
  const { gop = 120, scale = 1 } = options;
  const units = throughRtp(kind, await encode(kind, { raw: draw(options), width: WIDTH * scale, height: HEIGHT * scale, gop }));
  const [first] = units;
  if (!first?.parameters) throw new Error("the first frame must be a keyframe");
  const { codec, width, height } = first.parameters;
  return { frames: units.map(({ key, data }) => ({ key, data })), format: { kind, codec, width, height } };
}

async function encodeAvc(options: StreamOptions): Promise<Awaited<ReturnType<typeof encodeWeb>>> {
  const { scale = 1 } = options;
  const format: VideoFormat = { kind: "h264", codec: "avc1.42c015", width: WIDTH * scale, height: HEIGHT * scale };
  return { frames: splitFrames(await encodeVideo(options)), format };
}

async function encodeVideo(options: StreamOptions): Promise<Buffer> {
  const { gop = 120, scale = 1 } = options;
  const raw = draw(options);
  const x264 = `keyint=${gop}:min-keyint=${gop}:scenecut=0:repeat-headers=1:slices=1:sliced-threads=0`;
  const input = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", `${WIDTH * scale}x${HEIGHT * scale}`, "-r", "60", "-i", "-"];
  const { stdout } = await run(
    "ffmpeg",
    [
      "-v",
      "error",
      ...input,
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-profile:v",
      "baseline",
      "-bf",
      "0",
      "-crf",
      "30",
      "-x264-params",
      x264,
      "-f",
      "h264",
      "-",
    ],
    raw,
  );
  return stdout;
}

async function encodeAudio({ times, end, flashEvery = 60 }: StreamOptions): Promise<Buffer> {
  const pcm = new Int16Array(Math.ceil((end * 48) / 1000));
  for (let i = flashEvery / 2; i < times.length; i += flashEvery) {
    const start = Math.round(((times[i] ?? 0) * 48) / 1000) - OPUS_DELAY_TICKS;
    for (let n = start; n < start + 480; n += 1) pcm[n] = Math.round(20000 * Math.sin((2 * Math.PI * 1000 * (n - start)) / 48000));
  }
  const { stdout } = await run(
    "ffmpeg",
    [
      "-v",
      "error",
      "-f",
      "s16le",
      "-ar",
      "48000",
      "-ac",
      "1",
      "-i",
      "-",
      "-c:a",
      "libopus",
      "-b:a",
      "64k",
      "-frame_duration",
      "20",
      "-application",
      "lowdelay",
      "-f",
      "ogg",
      "-",
    ],
    new Uint8Array(pcm.buffer),
  );
  return stdout;
}

/** Encodes a stream; takes about a second per thousand frames. */
export async function makeStream(options: StreamOptions): Promise<TestStream> {
  const { kind = "h264" } = options;
  const [video, audio] = await Promise.all([kind === "h264" ? encodeAvc(options) : encodeWeb(kind, options), encodeAudio(options)]);
  const frames = video.frames.map((frame, i) => ({ ...frame, time: options.times[i] ?? 0 }));
  if (frames.length !== options.times.length) throw new Error(`${frames.length} frames came out of ${options.times.length}`);
  return { frames, packets: splitOgg(audio), end: options.end, format: video.format };
}

/** Times of `count` frames at 60 per second, in whole µs. */
export const steadyTimes = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => Math.round((i * 1e6) / 60));

/** Where a stream is put in time. */
export interface RunOptions {
  readonly run: number;
  readonly reason?: RunReason;
  /** Media time of the stream's zero. */
  readonly basePts: number;
  /** Wall time of the stream's zero. */
  readonly startWall: number;
  readonly sound?: boolean;
  /** How much later than the first frame the first packet begins, in µs. The sound's content moves with it. */
  readonly audioDelay?: number;
}

/** The format of a stream's run. */
const formatOf = ({ format }: TestStream, sound = true): RunFormat => ({
  video: format,
  audio: sound ? { kind: "opus", channels: 1, sampleRate: 48000 } : null,
});

/** A stream as the GOPs of one run. */
export function gopsOf(stream: TestStream, options: RunOptions): readonly Gop[] {
  const { run: number, reason = "start", basePts, startWall, sound = true, audioDelay = 0 } = options;
  const starts = stream.frames.flatMap((frame, i) => (frame.key ? [i] : []));
  const sample = (time: number, end: number, key: boolean, data: Uint8Array): Sample => ({
    pts: micros(basePts + time),
    duration: micros(end - time),
    key,
    data,
  });
  const packets = stream.packets.map((data, i) => sample(i * 20_000 + audioDelay, (i + 1) * 20_000 + audioDelay, true, data));
  return starts.map((start, i) => {
    const frames = stream.frames.slice(start, starts[i + 1]);
    const endTime = stream.frames[starts[i + 1] ?? -1]?.time ?? stream.end;
    const startTime = frames[0]?.time ?? 0;
    const startPts = micros(basePts + startTime);
    const endPts = micros(basePts + endTime);
    return {
      run: number,
      number: i,
      runReason: reason,
      format: formatOf(stream, sound),
      startPts,
      endPts,
      startWall: wallMs(startWall + startTime / 1000),
      video: frames.map((frame, n) => sample(frame.time, frames[n + 1]?.time ?? endTime, frame.key, frame.data)),
      audio: sound ? packets.filter(({ pts }) => pts >= startPts && pts < endPts) : [],
      gaps: [],
    };
  });
}
