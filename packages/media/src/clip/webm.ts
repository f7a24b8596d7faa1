/**
 * A clip as WebM, sample by sample, for codecs that players know in WebM only (VP8). mediabunny writes the container, with cues, so that players can seek;
 * times in it are whole ms. One segment is in memory at a time, and reading waits for what was written before.
 */
import { type Micros, micros } from "@livekit-replay/contract";
import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Output,
  StreamTarget,
  type StreamTargetChunk,
  WebMOutputFormat,
} from "mediabunny";
import { MediaFormatError } from "../segment/error.js";
import type { AudioFormat } from "../segment/gop.js";
import { muxerNames, opusConfig } from "../segment/muxer.js";
import { type AssembledClip, assemble } from "./assembly.js";
import type { FlatPart, FlatStretch } from "./parts.js";
import { type ClipSample, SampleCursor, samplesOf } from "./samples.js";

/** The platform's own (WHATWG Streams, 5.2), as far as it is used here: this package is compiled without the types of any platform. */
declare class WritableStream<W> {
  constructor(sink: { readonly write: (chunk: W) => Promise<void> });
  readonly locked: boolean;
}

/** What to write, from where, and to where. */
export interface WebmOptions<R> {
  readonly stretches: readonly FlatStretch<R>[];
  /** The first frame shown: PTS of a frame of the first segment. */
  readonly startPts: Micros;
  /** Reads a part of a segment's file. */
  readonly read: (ref: R, offset: number, length: number) => Promise<Uint8Array>;
  /** Writes at a position of the file: mostly at its end; sizes, times and places are filled in later. The next call waits for it. */
  readonly write: (bytes: Uint8Array, position: number) => Promise<void>;
}

/** What was written. */
export interface WrittenWebm {
  /** Where the first frame that is to be shown lies in the file: a player starts there. 0 where it is a keyframe: then nothing is in front of it. */
  readonly startOffset: Micros;
  /** What plays from there on. */
  readonly durationUs: Micros;
  readonly sizeBytes: number;
}

/** Writes of this size; the file's ends have smaller ones. */
const CHUNK_BYTES = 1024 * 1024;

/** Sound that begins less than this before the first frame begins with it: it is a step of silence that made a joint fit. */
const LEAD_MICROS = 2500;

/** The tracks of a WebM that is being written. */
class WebmTracks {
  readonly #output: Output;
  readonly #video: EncodedVideoPacketSource;
  readonly #audio: EncodedAudioPacketSource | null;
  readonly #videoConfig: VideoDecoderConfig;
  readonly #audioConfig: AudioDecoderConfig | null;

  constructor(clip: AssembledClip<unknown>, target: StreamTarget) {
    const { kind, codec, width, height } = clip.firstInit.format.video;
    this.#output = new Output({ format: new WebMOutputFormat(), target });
    this.#video = new EncodedVideoPacketSource(webmName(kind));
    this.#output.addVideoTrack(this.#video);
    this.#videoConfig = { codec, codedWidth: width, codedHeight: height };
    const sound = clip.assembly.audio ? soundOf(clip) : null;
    this.#audioConfig = sound && opusConfig(sound);
    this.#audio = sound && new EncodedAudioPacketSource("opus");
    if (this.#audio) this.#output.addAudioTrack(this.#audio);
  }

  start(): Promise<void> {
    return this.#output.start();
  }

  /** Times in µs. */
  async add(
    track: "video" | "audio",
    data: Uint8Array,
    sample: { readonly at: number; readonly lasts: number; readonly key: boolean },
  ): Promise<void> {
    const packet = new EncodedPacket(data, sample.key ? "key" : "delta", sample.at / 1e6, sample.lasts / 1e6);
    if (track === "video") await this.#video.add(packet, { decoderConfig: this.#videoConfig });
    else if (this.#audio && this.#audioConfig) await this.#audio.add(packet, { decoderConfig: this.#audioConfig });
  }

  finish(): Promise<void> {
    return this.#output.finalize();
  }

  cancel(): Promise<void> {
    return this.#output.cancel();
  }
}

function webmName(kind: keyof typeof muxerNames): "vp8" | "vp9" | "av1" {
  const name = muxerNames[kind];
  if (name === "avc") throw new TypeError("stretches must hold VP8, VP9 or AV1: WebM knows no H.264");
  return name;
}

/** Two channels when a run has two: an Opus packet says itself how it is made. */
function soundOf({ inits }: AssembledClip<unknown>): AudioFormat | null {
  const formats = inits.flatMap(({ format }) => format.audio ?? []);
  return formats.find(({ channels }) => channels === 2) ?? formats[0] ?? null;
}

/** Ticks of the sound as µs. */
const soundMicros = (ticks: number): number => (ticks * 1000) / 48;

/** Copies samples in the order of their times, those of each part once its bytes are there. */
class Copying<R> {
  readonly #clip: AssembledClip<R>;
  readonly #tracks: WebmTracks;
  /** Movie time of the file's zero. */
  readonly #zero: number;
  readonly #video: SampleCursor;
  readonly #audio: SampleCursor | null;

  constructor(clip: AssembledClip<R>, tracks: WebmTracks, zero: number) {
    this.#clip = clip;
    this.#tracks = tracks;
    this.#zero = zero;
    this.#video = new SampleCursor(clip.assembly.video);
    this.#audio = clip.assembly.audio ? new SampleCursor(clip.assembly.audio) : null;
  }

  /** Copies what lies in a part: `bytes` is the payload from `start` on. */
  async part(bytes: Uint8Array, start: number): Promise<void> {
    const end = start + bytes.length;
    const within = (sample: ClipSample | undefined): ClipSample | null => (sample && sample.offset < end ? sample : null);
    for (;;) {
      const frame = within(this.#video.next);
      const packet = within(this.#audio?.next);
      const isSound = packet !== null && (frame === null || this.#soundAt(packet) <= frame.time - this.#zero);
      const sample = isSound ? packet : frame;
      if (sample === null) return;
      const data = bytes.subarray(sample.offset - start, sample.offset - start + sample.size);
      if (isSound) await this.#sound(data, sample);
      else await this.#frame(data, sample);
      (isSound ? this.#audio : this.#video)?.step();
    }
  }

  #soundAt(packet: ClipSample): number {
    return soundMicros(this.#clip.assembly.audioOrigin + packet.time) - this.#zero;
  }

  async #frame(data: Uint8Array, { time, ticks, key }: ClipSample): Promise<void> {
    if (time >= this.#zero) await this.#tracks.add("video", data, { at: time - this.#zero, lasts: ticks, key });
  }

  async #sound(data: Uint8Array, packet: ClipSample): Promise<void> {
    const at = this.#soundAt(packet);
    if (at > -LEAD_MICROS) await this.#tracks.add("audio", data, { at: Math.max(0, at), lasts: soundMicros(packet.ticks), key: true });
  }
}

/** Whether the frame at a movie time is a keyframe: then what is before it can be left out. */
function isKeyAt({ assembly }: AssembledClip<unknown>, time: number): boolean {
  for (const sample of samplesOf(assembly.video)) if (sample.time >= time) return sample.time === time && sample.key;
  return false;
}

async function bytesOf<R>(part: FlatPart<R>, read: WebmOptions<R>["read"]): Promise<Uint8Array> {
  if (part.kind === "bytes") return part.bytes;
  const bytes = await read(part.ref, part.offset, part.length);
  if (bytes.length !== part.length) throw new MediaFormatError("truncated", "a segment is shorter than its head says");
  return bytes;
}

/**
 * Writes a clip as WebM (VP8, VP9 or AV1 with Opus), seekable, from the same stretches that `planFlat` takes.
 * @throws as `planFlat` does; TypeError for H.264. Errors of `read` and `write` pass through; what was written then is of no use.
 */
export async function writeWebm<R>({ stretches, startPts, read, write }: WebmOptions<R>): Promise<WrittenWebm> {
  const clip = assemble(stretches, startPts);
  const start = startPts - clip.first.startPts;
  const zero = isKeyAt(clip, start) ? start : 0;
  let sizeBytes = 0;
  const file = new WritableStream<StreamTargetChunk>({
    write: async ({ data, position }) => {
      await write(data, position);
      sizeBytes = Math.max(sizeBytes, position + data.length);
    },
  });
  const tracks = new WebmTracks(clip, new StreamTarget(file, { chunked: true, chunkSize: CHUNK_BYTES }));
  await tracks.start();
  try {
    const copying = new Copying(clip, tracks, zero);
    let at = 0;
    for (const part of clip.assembly.parts) {
      const bytes = await bytesOf(part, read);
      await copying.part(bytes, at);
      at += bytes.length;
    }
    await tracks.finish();
  } catch (error) {
    await tracks.cancel();
    throw error;
  }
  return { startOffset: micros(start - zero), durationUs: micros(clip.assembly.video.end - start), sizeBytes };
}
