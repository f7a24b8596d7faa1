/** Reads a clip back with FFmpeg: the frame numbers and flashes of its picture, the clicks of its sound, and every complaint of the decoder. */
import { type Micros, micros } from "@livekit-replay/contract";
import { BARCODE_BLOCKS, BARCODE_HEIGHT, readBarcode } from "../film/barcode.js";
import { run } from "../process/run.js";
import { ClickFinder, PCM_RATE } from "./clicks.js";
import { type ContainerReading, probeClip } from "./probe.js";

/** One decoded frame. `number` is null when its barcode cannot be read. */
export interface FrameReading {
  readonly pts: Micros;
  readonly number: number | null;
  readonly flash: boolean;
}

/** Everything that a clip says. Times are presentation times of the clip. */
export interface ClipReading extends ContainerReading {
  readonly frames: readonly FrameReading[];
  readonly clicks: readonly Micros[];
  /** Where the decoded sound ends; null without sound. */
  readonly soundEndUs: Micros | null;
  /** What `ffmpeg -v error` would print (at most 20 lines). */
  readonly complaints: readonly string[];
}

const KEPT_COMPLAINTS = 20;

/** Frames and stretches of sound as FFmpeg's `showinfo` filters name them, in the order in which their bytes come. */
class DecodeLog {
  readonly framePts: Micros[] = [];
  readonly sound: { pts: Micros; firstSample: number; samples: number }[] = [];
  readonly complaints: string[] = [];
  /** Seconds. */
  #pictureTick = Number.NaN;
  #samples = 0;

  read(line: string): void {
    if (/\[(error|fatal|panic)\]/.test(line)) {
      if (this.complaints.length < KEPT_COMPLAINTS) this.complaints.push(line);
      return;
    }
    const timeBase = /showinfo_\d+ .*config in time_base: (\d+)\/(\d+)/.exec(line);
    if (timeBase) this.#pictureTick = Number(timeBase[1]) / Number(timeBase[2]);
    const named = /_(a?)showinfo_\d+ .*\bn: *\d+ pts: *(-?\d+) /.exec(line);
    if (!named) return;
    // `pts_time` has six digits only: too few after ten minutes.
    if (named[1] !== "a") {
      this.framePts.push(micros(Number(named[2]) * this.#pictureTick * 1e6));
      return;
    }
    const pts = micros((Number(named[2]) * 1e6) / PCM_RATE);
    const samples = Number(/nb_samples:(\d+)/.exec(line)?.[1] ?? 0);
    this.sound.push({ pts, firstSample: this.#samples, samples });
    this.#samples += samples;
  }

  /** Presentation time of a sample. */
  timeOf(sample: number): Micros {
    let low = 0;
    let high = this.sound.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.sound[middle]?.firstSample ?? 0) <= sample) low = middle;
      else high = middle - 1;
    }
    const piece = this.sound[low];
    return micros((piece?.pts ?? 0) + ((sample - (piece?.firstSample ?? 0)) * 1e6) / PCM_RATE);
  }
}

/** Cuts FFmpeg's raw output into strips of one byte a block. */
class StripReader {
  readonly readings: ReturnType<typeof readBarcode>[] = [];
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let offset = 0;
    for (; offset + BARCODE_BLOCKS <= bytes.length; offset += BARCODE_BLOCKS)
      this.readings.push(readBarcode(bytes.subarray(offset, offset + BARCODE_BLOCKS)));
    this.#rest = bytes.subarray(offset);
  }
}

/** The middle half of the strip's height, averaged to one value a block; the same for every picture size. */
const STRIP_FILTER = `crop=iw:ih*${BARCODE_HEIGHT / 2}:0:ih*${BARCODE_HEIGHT / 4}:exact=1,scale=${BARCODE_BLOCKS}:1:flags=area,format=gray,showinfo=checksum=0`;
const SOUND_FILTER = `aformat=sample_fmts=s16:channel_layouts=mono:sample_rates=${PCM_RATE},ashowinfo`;

/**
 * Decodes the whole clip once; holds numbers and times only.
 * @throws Error when FFmpeg ends with an error or its counts do not agree.
 */
export async function readClip(path: string): Promise<ClipReading> {
  const container = await probeClip(path);
  const strips = new StripReader();
  const clicks = new ClickFinder();
  const log = new DecodeLog();
  const sound = container.audioUs === null ? [] : ["-map", "0:a:0", "-af", SOUND_FILTER, "-f", "s16le", "pipe:3"];
  const result = await run({
    command: "ffmpeg",
    args: [
      ...["-nostdin", "-nostats", "-loglevel", "level+info", "-copyts", "-i", path],
      ...["-map", "0:v:0", "-vf", STRIP_FILTER, "-vsync", "passthrough", "-enc_time_base", "-1", "-f", "rawvideo", "pipe:1", ...sound],
    ],
    onStdout: (chunk) => strips.push(chunk),
    onExtra: (chunk) => clicks.push(chunk),
    onStderrLine: (line) => log.read(line),
  });
  if (result.exitCode !== 0) throw new Error(`ffmpeg could not decode ${path}: ${result.stderrTail.join("\n")}`);
  if (strips.readings.length !== log.framePts.length)
    throw new Error(`${strips.readings.length} frames came, ${log.framePts.length} were named`);
  const last = log.sound.at(-1);
  return {
    ...container,
    frames: strips.readings.map((reading, index) => ({
      pts: log.framePts[index] ?? micros(0),
      number: reading?.number ?? null,
      flash: reading?.flash ?? false,
    })),
    clicks: clicks.onsets.map((sample) => log.timeOf(sample)),
    soundEndUs: last ? micros(last.pts + (last.samples * 1e6) / PCM_RATE) : null,
    complaints: log.complaints,
  };
}
