/**
 * What FFmpeg made of each stretch of transport segments becomes one flat MP4: `moov` in front with an edit list of ours, the samples copied as they are.
 * FFmpeg alone cannot do it: its own seek in a transport stream is wrong by a third of a second between picture and sound, and across runs times begin anew.
 */
import { type Micros, micros } from "@livekit-replay/contract";
import { ftyp, type FlatPlan, mdatHeader } from "../clip/flat.js";
import { Uint32List } from "../clip/list.js";
import { type MovieTrack, writeMovie } from "../clip/movie.js";
import type { FlatPart } from "../clip/parts.js";
import { TrackTables } from "../clip/tables.js";
import { concat } from "../segment/box.js";
import { MediaFormatError } from "../segment/error.js";
import { AUDIO_TRACK, VIDEO_TRACK } from "../segment/layout.js";
import { AAC_SAMPLES } from "./adts.js";
import type { MovieSamples } from "./movie.js";
import { type Landmark, type RemuxedStretch, type StretchTimes, timesOf } from "./remuxed.js";
import { silentFrame } from "./silence.js";

/** What the finished file must show; `verifyJoined` compares. Times in µs from the clip's first frame. */
export interface JoinedExpectation {
  readonly sizeBytes: number;
  /** Of all frames in the order in which they are shown; negative ones are hidden. */
  readonly shown: Float64Array;
  readonly keyframes: number;
  /** Packets of sound, silence included; null without sound. */
  readonly audioSamples: number | null;
  readonly landmarks: readonly Landmark[];
  readonly videoDuration: Micros;
  readonly duration: Micros;
}

/** How to write the file. */
export interface JoinedPlan<R> extends Pick<FlatPlan<R>, "head" | "parts" | "sizeBytes"> {
  readonly expected: JoinedExpectation;
  /** False: FFmpeg's times are not those of the segments, so the clip begins with its first segment instead of the frame that was asked for. */
  readonly exact: boolean;
}

const second = 1_000_000;

/** Collects stretches in their order. Movie time counts from the first frame of the first stretch. */
class Joiner<R> {
  readonly video = new TrackTables();
  readonly composition = new Uint32List();
  readonly audio: TrackTables | null;
  readonly parts: FlatPart<R>[] = [];
  readonly shown: number[] = [];
  readonly landmarks: Landmark[] = [];
  readonly #videoScale: number;
  readonly #audioScale: number;
  readonly #silence: Uint8Array;
  payloadBytes = 0;
  exact = true;
  /** Ticks from decoding to showing of the first frame: what the edit list must skip at least. */
  lag = 0;
  /** Movie time of the sound track's zero, in its ticks. */
  audioOrigin = 0;
  /** Movie time in ticks of the picture at which what was added ends. */
  #end = 0;

  constructor(first: MovieSamples, sound: { readonly track: MovieSamples; readonly channels: number } | null) {
    this.#videoScale = first.timescale;
    this.#audioScale = sound?.track.timescale ?? 1;
    this.#silence = silentFrame(sound?.channels ?? 2);
    this.audio = sound ? new TrackTables() : null;
  }

  /** Movie time at which what was added ends, in ticks of the picture. */
  get end(): number {
    return this.#end;
  }

  add(stretch: RemuxedStretch<R>, times: StretchTimes): void {
    const { video, audio } = stretch.movie;
    if (video.timescale !== this.#videoScale || (audio && audio.timescale !== this.#audioScale))
      throw new MediaFormatError("mismatch", "the parts of the clip count time in different ways");
    const isFirst = this.video.ticks.length === 0;
    const lag = video.composition.reduce((least, time) => Math.min(least, time), Infinity) - (video.decode[0] ?? 0);
    if (isFirst) this.lag = lag;
    const at = this.#join(times.soundAt, lag);
    if (!isFirst) this.video.moveEnd(this.lag + at - lag);
    this.#addSamples(this.video, video, stretch.payload.start);
    video.composition.forEach((time, i) => this.composition.push(time - (video.decode[i] ?? 0)));
    const atMicros = (at * second) / this.#videoScale;
    for (const time of times.shown) this.shown.push(atMicros + time);
    if (audio && this.audio) {
      const before = this.audio.ticks.length;
      this.landmarks.push(...times.landmarks.map((landmark) => ({ sample: before + landmark.sample, at: atMicros + landmark.at })));
      this.#addSamples(this.audio, audio, stretch.payload.start);
    }
    const length = stretch.payload.end - stretch.payload.start;
    this.parts.push({ kind: "copy", ref: stretch.ref, offset: stretch.payload.start, length });
    this.payloadBytes += length;
    this.exact &&= times.exact;
    this.#end = at + this.#videoTicks(times.end + stretch.hold);
  }

  /** The last frame reaches the end, and the sound as near to it as whole frames allow. */
  finish(): void {
    this.video.moveEnd(this.lag + this.#end);
    if (this.audio)
      this.#fill(Math.floor((this.#soundTicks((this.#end * second) / this.#videoScale) - this.audioOrigin - this.audio.end) / AAC_SAMPLES));
  }

  /** Movie time of the next stretch's first frame: as early as what is there allows, and such that the hole in the sound is a whole number of silent frames. */
  #join(soundAt: number | null, lag: number): number {
    const isFirst = this.video.ticks.length === 0;
    const lastDecode = this.video.end - this.video.ticks.last;
    const least = isFirst ? 0 : Math.max(this.#end, lastDecode + 1 + lag - this.lag);
    if (!this.audio || soundAt === null) return least;
    const lead = this.#soundTicks(soundAt);
    if (isFirst) {
      const frames = Math.max(0, Math.ceil(lead / AAC_SAMPLES));
      this.audioOrigin = lead - frames * AAC_SAMPLES;
      this.#fill(frames);
      return 0;
    }
    const audioEnd = this.audioOrigin + this.audio.end;
    const leastTicks = this.#soundTicks((least * second) / this.#videoScale);
    const frames = Math.max(0, Math.ceil((leastTicks + lead - audioEnd) / AAC_SAMPLES));
    this.#fill(frames);
    return Math.max(least, Math.round(((audioEnd + frames * AAC_SAMPLES - lead) * this.#videoScale) / this.#audioScale));
  }

  /** Chunk by chunk, as they lie in the file. */
  #addSamples(tables: TrackTables, track: MovieSamples, payloadStart: number): void {
    for (const { offset, first, count } of track.chunks) {
      if (count === 0) continue;
      const key = track.kind === "video" ? track.keys.subarray(first, first + count) : new Uint8Array(0);
      tables.addSamples(
        {
          count,
          pts: new Float64Array(0),
          ticks: track.ticks.subarray(first, first + count),
          size: track.sizes.subarray(first, first + count),
          offset: new Uint32Array(1),
          key,
        },
        this.payloadBytes + offset - payloadStart,
      );
    }
  }

  #fill(frames: number): void {
    if (!this.audio || frames < 1) return;
    const packets = Array.from({ length: frames }, () => ({ ticks: AAC_SAMPLES, data: this.#silence }));
    const bytes = concat(packets.map(({ data }) => data));
    this.audio.addPackets(packets, this.payloadBytes);
    this.parts.push({ kind: "bytes", bytes });
    this.payloadBytes += bytes.length;
  }

  #videoTicks(time: number): number {
    return Math.round((time * this.#videoScale) / second);
  }

  #soundTicks(time: number): number {
    return Math.round((time * this.#audioScale) / second);
  }
}

/** The first stretch with sound gives the sample entry: all runs are encoded by the same settings. */
function soundOf<R>(stretches: readonly RemuxedStretch<R>[]): { readonly track: MovieSamples; readonly channels: number } | null {
  for (const { movie, segments } of stretches) {
    const channels = segments.find(({ format }) => format.audio)?.format.audio?.channels ?? 2;
    if (movie.audio && movie.audio.sizes.length > 0) return { track: movie.audio, channels };
  }
  return null;
}

/** Where the movie begins, from the first frame of the first segment: a frame's time, or 0 where times cannot be trusted. */
function startOf(joiner: Joiner<unknown>, first: RemuxedStretch<unknown>, startPts: Micros): number {
  const zero = first.segments[0]?.startPts ?? startPts;
  if (!joiner.exact) return 0;
  const start = startPts - zero;
  if (!joiner.shown.includes(start)) throw new TypeError("startPts must be a frame of the first segment");
  return start;
}

/**
 * Plans the MP4 of a clip of transport segments: exact from `startPts` on by an edit list in both tracks, to the end of the last segment.
 * @param startPts PTS of a frame of the first segment
 * @throws MediaFormatError `mismatch` when FFmpeg lost a frame; TypeError when there are no stretches.
 */
export function planJoined<R>(stretches: readonly RemuxedStretch<R>[], startPts: Micros): JoinedPlan<R> {
  const [first] = stretches;
  if (!first) throw new TypeError("stretches must hold segments");
  const sound = soundOf(stretches);
  const joiner = new Joiner<R>(first.movie.video, sound);
  for (const stretch of stretches) joiner.add(stretch, timesOf(stretch));
  joiner.finish();
  const start = startOf(joiner, first, startPts);
  const tracks = [videoTrack(joiner, first, start), ...(sound ? [audioTrack(joiner, sound.track, start)] : [])];
  const type = ftyp();
  const payloadAt = type.length + writeMovie(tracks, 0).length + 16;
  const head = concat([type, writeMovie(tracks, payloadAt), mdatHeader(joiner.payloadBytes)]);
  const sizeBytes = head.length + joiner.payloadBytes;
  const expected: JoinedExpectation = {
    sizeBytes,
    shown: Float64Array.from(joiner.shown, (time) => time - start),
    keyframes: joiner.video.keys.length,
    audioSamples: joiner.audio ? joiner.audio.ticks.length : null,
    landmarks: joiner.landmarks.map(({ sample, at }) => ({ sample, at: at - start })),
    videoDuration: micros(tracks[0]?.duration ?? 0),
    duration: micros(tracks.reduce((longest, { duration }) => Math.max(longest, duration), 0)),
  };
  return { head, parts: joiner.parts, sizeBytes, expected, exact: joiner.exact };
}

function videoTrack<R>(joiner: Joiner<R>, { movie: { video }, segments }: RemuxedStretch<R>, start: number): MovieTrack {
  const { width = 0, height = 0 } = segments[0]?.format.video ?? {};
  const mediaTime = joiner.lag + Math.round((start * video.timescale) / second);
  const duration = Math.round(((joiner.end + joiner.lag - mediaTime) * second) / video.timescale);
  return {
    id: VIDEO_TRACK,
    kind: "video",
    timescale: video.timescale,
    entry: video.entry,
    width,
    height,
    tables: joiner.video,
    composition: joiner.composition.values,
    mediaTime,
    duration,
  };
}

function audioTrack<R>(joiner: Joiner<R>, { timescale, entry }: MovieSamples, start: number): MovieTrack {
  const tables = joiner.audio ?? new TrackTables();
  const mediaTime = Math.max(0, Math.round((start * timescale) / second) - joiner.audioOrigin);
  const duration = Math.round((Math.max(0, tables.end - mediaTime) * second) / timescale);
  return { id: AUDIO_TRACK, kind: "audio", timescale, entry, width: 0, height: 0, tables, mediaTime, duration };
}
