/** One run while it is received: frames that are not emitted yet, its sound, and how they become GOPs. */
import { type Gap, type GapReason, type Micros, micros, type WallMs, wallMs } from "@livekit-replay/contract";
import type { Gop, RunFormat, RunReason, Sample, VideoFormat } from "../segment/gop.js";
import { SoundLane } from "./lane.js";

/** A frame on the share's timeline. */
export interface Frame {
  readonly time: Micros;
  readonly key: boolean;
  readonly data: Uint8Array;
  /** When its first packet came (steady time). */
  readonly arrival: WallMs;
}

/** A stretch of the share's timeline without picture. */
export interface Hole {
  readonly from: Micros;
  readonly to: Micros;
  readonly reason: GapReason;
}

/** What begins a run. */
export interface RunOptions {
  readonly number: number;
  readonly reason: RunReason;
  readonly video: VideoFormat;
  readonly first: Frame;
  /** Wall time of an instant of the share's timeline, as it is known now. */
  readonly wallOf: (time: number) => WallMs;
}

/** Frames cut out of a run, before they have numbers and sound. */
interface Cut {
  readonly frames: readonly Frame[];
  readonly end: Micros;
  readonly audio: readonly Sample[];
}

/** A run. It begins with its first keyframe, at media time 0. */
export class Run {
  readonly options: RunOptions;
  /** The share's time at media time 0. */
  readonly origin: Micros;
  /** The sound; null: none, or not decided yet. */
  sound: SoundLane | null = null;
  /** Whether it was decided whether there is sound, and where it lies: GOPs may leave. */
  isReleased = false;
  /** The end on the share's timeline, once known. */
  end: Micros | null = null;
  #format: RunFormat | null = null;
  #frames: Frame[];
  /** Index of each keyframe in `#frames`; the first is 0. */
  #keys: number[] = [0];
  #holes: Hole[] = [];
  #bytes: number;
  #openBytes: number;
  #nextGop = 0;
  #last: Frame;

  /** Begins with its first keyframe. */
  constructor(options: RunOptions) {
    this.options = options;
    this.origin = options.first.time;
    this.#frames = [options.first];
    this.#bytes = options.first.data.length;
    this.#openBytes = this.#bytes;
    this.#last = options.first;
  }

  /** The newest frame. */
  get last(): Frame {
    return this.#last;
  }

  /** Number of the next GOP to leave; 0: none has left. */
  get nextGop(): number {
    return this.#nextGop;
  }

  /** Frames that have not left. */
  get heldFrames(): number {
    return this.#frames.length;
  }

  /** Bytes that have not left. */
  get heldBytes(): number {
    return this.#bytes + (this.sound?.bytes ?? 0);
  }

  /** Bytes of the open GOP's frames. */
  get openBytes(): number {
    return this.#openBytes;
  }

  /** The keyframe that the open GOP begins with; null when everything has left. */
  get openKey(): Frame | null {
    return this.#frames[this.#keys.at(-1) ?? 0] ?? null;
  }

  /** The keyframe at which the oldest GOP that has not left ends; null while it is open, or when the run's end closes it. */
  get closingKey(): Frame | null {
    return this.#frames[this.#keys[1] ?? this.#frames.length] ?? null;
  }

  /** Media time of an instant of the share's timeline. */
  pts(time: number): Micros {
    return micros(time - this.origin);
  }

  /** Decides about the sound: null for none. */
  release(channels: 1 | 2 | null): void {
    this.isReleased = true;
    this.sound = channels === null ? null : new SoundLane(channels);
    this.#format = { video: this.options.video, audio: channels === null ? null : { kind: "opus", channels, sampleRate: 48_000 } };
  }

  /** What its GOPs say about codecs; only after `release`. */
  get format(): RunFormat {
    return this.#format ?? { video: this.options.video, audio: null };
  }

  /** Adds the next frame. */
  add(frame: Frame): void {
    if (frame.key) {
      this.#keys.push(this.#frames.length);
      this.#openBytes = 0;
    }
    this.#frames.push(frame);
    this.#bytes += frame.data.length;
    this.#openBytes += frame.data.length;
    this.#last = frame;
  }

  /** Adds more of the newest frame: some senders of H.264 set the marker on every packet. */
  extendLast(data: Uint8Array): void {
    const last = this.#frames.pop();
    if (last === undefined) return;
    const joined = new Uint8Array(last.data.length + data.length);
    joined.set(last.data);
    joined.set(data, last.data.length);
    this.#last = { ...last, data: joined };
    this.#frames.push(this.#last);
    this.#bytes += data.length;
    this.#openBytes += data.length;
  }

  /** Notes a stretch without frames behind the newest frame. */
  addHole(hole: Hole): void {
    this.#holes.push(hole);
  }

  /** Takes the open GOP out: it is too large to keep. The run ends where it began. */
  dropOpen(): Micros {
    const from = this.#keys.pop() ?? 0;
    const time = this.#frames[from]?.time ?? this.origin;
    for (const frame of this.#frames.splice(from)) this.#bytes -= frame.data.length;
    this.#openBytes = 0;
    this.end = time;
    return time;
  }

  /** Where the oldest GOP that has not left ends; null while that is not known. */
  get closedEnd(): Micros | null {
    return this.#frames.length === 0 ? null : (this.closingKey?.time ?? this.end);
  }

  /** Takes out the oldest GOP; its end must be known, and its sound be there. */
  takeGop(): Gop | null {
    const end = this.closedEnd;
    if (end === null) return null;
    const count = this.#keys[1] ?? this.#frames.length;
    const frames = this.#frames.splice(0, count);
    this.#keys = this.#keys.length > 1 ? this.#keys.slice(1).map((key) => key - count) : [0];
    for (const frame of frames) this.#bytes -= frame.data.length;
    const gop = this.#gop({ frames, end, audio: this.sound?.take(this.pts(end)) ?? [] });
    this.#holes = this.#holes.filter((hole) => hole.from >= end);
    this.#nextGop += 1;
    return gop;
  }

  /** Everything that has not left, up to `end`, as one GOP, and the numbers that it covers. Nothing changes. Null when there is nothing before `end`. */
  snapshot(end: Micros): { gop: Gop; numbers: number[]; last: Frame } | null {
    const later = this.#frames.findIndex((frame) => frame.time > end);
    const frames = later < 0 ? [...this.#frames] : this.#frames.slice(0, later);
    const last = frames.at(-1);
    if (last === undefined) return null;
    const cutAt = micros(Math.max(end, last.time + 1));
    const numbers = this.#keys.filter((key) => key < frames.length).map((_, index) => this.#nextGop + index);
    return { gop: this.#gop({ frames, end: cutAt, audio: this.sound?.peek(this.pts(cutAt)) ?? [] }), numbers, last };
  }

  #gop({ frames, end, audio }: Cut): Gop {
    const { number, reason, wallOf } = this.options;
    const start = frames[0]?.time ?? this.origin;
    return {
      run: number,
      number: this.#nextGop,
      runReason: reason,
      format: this.format,
      startPts: this.pts(start),
      endPts: this.pts(end),
      startWall: wallOf(start),
      video: frames.map((frame, index) => ({
        pts: this.pts(frame.time),
        duration: micros((frames[index + 1]?.time ?? end) - frame.time),
        key: frame.key,
        data: frame.data,
      })),
      audio,
      gaps: this.#holes.filter((hole) => hole.from < end).map((hole) => gapOf(hole, wallOf)),
    };
  }
}

/** A hole as wall time tells it. */
export const gapOf = (hole: Hole, wallOf: (time: number) => WallMs): Gap => ({
  fromMs: wallMs(wallOf(hole.from)),
  toMs: wallMs(wallOf(hole.to)),
  reason: hole.reason,
});
