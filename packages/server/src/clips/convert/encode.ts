/**
 * Runs whose codec cannot go into the clip's MP4 become H.264, segment by segment: each is a small job of its own, so that others get their turn, and what was
 * made before a restart need not be made again. Only the picture changes: times, sound, gaps and joints stay, so the MP4 is planned and verified as every other.
 */
import { type Micros, micros, ReplayError } from "@livekit-replay/contract";
import {
  describeInit,
  describeSegment,
  muxInit,
  muxSegment,
  nalUnits,
  type RunFormat,
  type Sample,
  type SampleTable,
  type SegmentInfo,
} from "@livekit-replay/media";
import type { Ffmpeg } from "../../platform/ffmpeg.js";
import { encodedInitName, encodedName } from "../../store/names.js";
import type { PinAddress, Pins } from "../../store/pin.js";
import type { ClipMaterial, Piece } from "../mp4.js";
import { encodeFrames } from "./frames.js";
import { encodedBoundBytes } from "./need.js";

/** What an encoding works with. */
export interface EncodeOptions {
  readonly ffmpeg: Ffmpeg;
  readonly pins: Pins;
  readonly clip: PinAddress;
  readonly material: ClipMaterial;
  /** Runs to encode. */
  readonly runs: ReadonlySet<number>;
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** One of x264's quality factors after the other, until a segment is within its bound. */
const qualities = [23, 30, 37, 44, 51];

/**
 * The same clip with the pictures of some runs in H.264; the new pieces lie among the pins.
 * @throws ReplayError `concatenation_failed`, `disk_full`, `clip_not_found`; MediaFormatError when the pins are not whole; the signal's reason.
 */
export async function encodeRuns(options: EncodeOptions): Promise<ClipMaterial> {
  const { material, runs, onProgress } = options;
  const runOf = (segments: readonly Piece[]): number => segments[0]?.info.run ?? -1;
  const profile = material.stretches.every(({ segments }) => runs.has(runOf(segments))) ? "high" : "baseline";
  const total = material.stretches.flatMap(({ segments }) => segments).filter(({ info }) => runs.has(info.run)).length;
  let done = 0;
  const stretches: ClipMaterial["stretches"][number][] = [];
  for (const stretch of material.stretches) {
    if (!runs.has(runOf(stretch.segments))) {
      stretches.push(stretch);
      continue;
    }
    const run = new RunEncoder(options, stretch.init, profile);
    const segments: Piece[] = [];
    for (const piece of stretch.segments) {
      segments.push(await run.encode(piece));
      done += 1;
      onProgress(done / total);
    }
    stretches.push({ ...stretch, init: await options.pins.readFile(options.clip, encodedInitName(runOf(stretch.segments))), segments });
  }
  return { ...material, stretches };
}

/** The segments of one stretch. */
class RunEncoder {
  readonly #options: EncodeOptions;
  readonly #init: Uint8Array;
  readonly #source: RunFormat;
  readonly #profile: "baseline" | "high";
  /** The init file is written with the first segment, unless both are there already. */
  #begun = false;

  constructor(options: EncodeOptions, init: Uint8Array, profile: "baseline" | "high") {
    this.#options = options;
    this.#init = init;
    this.#source = describeInit(init).format;
    this.#profile = profile;
  }

  async encode(piece: Piece): Promise<Piece> {
    const { pins, clip } = this.#options;
    const { run, number } = piece.info;
    const ref = encodedName(run, number);
    const before = await this.#made(piece, ref);
    if (before) return before;
    const { format, bytes, keyframe } = await this.#anew(piece);
    if (!this.#begun) await pins.addEncoded(clip, encodedInitName(run), await muxInit(format, keyframe));
    this.#begun = true;
    await pins.addEncoded(clip, ref, bytes);
    return { ref, head: bytes, sizeBytes: bytes.length, info: describeSegment(bytes).info };
  }

  /** What an earlier try made of the same piece. */
  async #made(piece: Piece, ref: string): Promise<Piece | null> {
    const { pins, clip } = this.#options;
    try {
      const { head, sizeBytes } = await pins.readHead(clip, ref);
      const { info } = describeSegment(head, sizeBytes);
      if (!this.#begun) describeInit(await pins.readFile(clip, encodedInitName(info.run)));
      const same = info.startPts === piece.info.startPts && info.endPts === piece.info.endPts && info.frames === piece.info.frames;
      if (same) this.#begun = true;
      return same ? { ref, head, sizeBytes, info } : null;
    } catch (error) {
      if (error instanceof ReplayError && error.code === "clip_not_found") return null;
      throw error;
    }
  }

  async #anew(piece: Piece): Promise<{ format: RunFormat; bytes: Uint8Array; keyframe: Uint8Array }> {
    const { ffmpeg, pins, clip, signal } = this.#options;
    const segment = piece.bytes ?? (await pins.readFile(clip, piece.ref));
    const { info, video, audio } = describeSegment(segment);
    const job = { input: [this.#init, segment], frames: info.frames, seconds: (info.endPts - info.startPts) / 1e6 } as const;
    for (const quality of qualities) {
      const frames = await encodeFrames(ffmpeg, { ...job, quality, profile: this.#profile, signal });
      const [keyframe] = frames;
      if (!keyframe) break;
      const format = this.#formatOf(keyframe);
      const pictures = frames.map((data, i) => sample(video, i, info, data));
      const bytes = muxSegment({ ...info, format, runReason: info.runReason, video: pictures, audio: soundOf(audio, info, segment) });
      if (bytes.length <= encodedBoundBytes(info.sizeBytes)) return { format, bytes, keyframe };
    }
    throw new ReplayError("concatenation_failed", { cause: new Error(`${piece.ref} does not become small enough`) });
  }

  /** The codec is in the first parameter set (RFC 6381, 3.3). */
  #formatOf(keyframe: Uint8Array): RunFormat {
    const set = nalUnits(keyframe)[0]?.subarray(1, 4) ?? new Uint8Array();
    const { width, height } = this.#source.video;
    const codec = `avc1.${[...set].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    return { ...this.#source, video: { kind: "h264", codec, width: width - (width % 2), height: height - (height % 2) } };
  }
}

function sample({ pts, key }: SampleTable, i: number, { endPts }: SegmentInfo, data: Uint8Array): Sample {
  const at = micros(pts[i] ?? 0);
  return { pts: at, duration: micros((pts[i + 1] ?? endPts) - at), key: i === 0 && key[i] === 1, data };
}

/** The packets as they are. Their times are ticks of 1/48000 s, of which the first may round to before the segment. */
function soundOf(audio: SampleTable | null, { startPts }: SegmentInfo, segment: Uint8Array): Sample[] {
  if (!audio) return [];
  return [...audio.pts].map((pts, i) => {
    const offset = audio.offset[i] ?? 0;
    return {
      pts: micros(Math.max(startPts, pts)),
      duration: durationOf(audio, i),
      key: true,
      data: segment.subarray(offset, offset + (audio.size[i] ?? 0)),
    };
  });
}

const durationOf = ({ ticks }: SampleTable, i: number): Micros => micros(((ticks[i] ?? 0) * 1000) / 48);
