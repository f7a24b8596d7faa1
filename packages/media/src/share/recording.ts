/** Frames and sound of a share become runs and GOPs: when a run begins and ends, and when a GOP may leave. Times are steady; the caller turns them into wall time. */
import { type Gap, type GapReason, type Micros, micros, type WallMs } from "@livekit-replay/contract";
import type { ShareClock } from "../clock/share.js";
import type { PictureFormat, PictureLoss } from "../rtp/picture.js";
import type { Gop, RunReason } from "../segment/gop.js";
import type { SoundPacket } from "./lane.js";
import type { RunStart } from "./options.js";
import { type Frame, gapOf, type Hole, Run } from "./run.js";
import { SoundRouter } from "./sound.js";

/** Options of a `Recording`. */
export interface RecordingOptions {
  readonly clock: ShareClock;
  readonly firstRun: number;
  readonly firstReason: RunReason;
  readonly sound: SoundRouter;
  /** Wall time of an instant of the share's timeline. */
  readonly wallOf: (time: number) => WallMs;
  readonly onRun: (run: RunStart) => void;
  readonly onGop: (gop: Gop) => void;
  readonly onGap: (gap: Gap) => void;
}

/** A frame with what its receiver knows about it. */
export interface ReceivedFrame extends Frame {
  /** Of a keyframe. */
  readonly parameters: PictureFormat | null;
  readonly loss: PictureLoss | null;
}

/** Counters of a `Recording`. */
export interface RecordingCounters {
  frames: number;
  keyframes: number;
  framesDropped: number;
  gops: number;
  gopsDropped: number;
}

/** A hole beyond this starts a new run; runs closer than this are joined. */
const longestHole = 1_000_000;
/** An interrupted run waits that long for its successor, to reach up to it. */
const joinMs = 1000;
/** A frame's usual duration is learnt from frames that follow each other closely. */
const longestNominal = 100_000;
const maxOpenBytes = 32 * 1024 * 1024;
/** A GOP without a second keyframe for so long is too long to write. */
const maxOpenMs = 30 * 60_000;
/** What waits for reports or sound is let go when it is more than this. */
const maxHeldBytes = 2 * maxOpenBytes;

/** Makes GOPs. */
export class Recording {
  readonly counters: RecordingCounters = { frames: 0, keyframes: 0, framesDropped: 0, gops: 0, gopsDropped: 0 };
  readonly #options: RecordingOptions;
  /** Runs with GOPs that have not left, oldest first; the last may be the current one. */
  #runs: Run[] = [];
  #current: Run | null = null;
  /** Why the next keyframe begins a run; null: it continues the current one. */
  #next: RunReason | null;
  /** The current run was interrupted then; it ends unless a successor comes soon. */
  #interruptedAt: WallMs | null = null;
  #nextNumber: number;
  /** Where the last run ended, until the next begins. */
  #endedAt: Micros | null = null;
  #nominal = 33_333;
  #parameters: PictureFormat | null = null;
  /** The longest time without a packet of the picture since the last frame. */
  #longestPause = 0;

  /** Waits for the first keyframe. */
  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#next = options.firstReason;
    this.#nextNumber = options.firstRun;
  }

  /** Whether only a keyframe can go on. */
  get needsKey(): boolean {
    return this.#current === null || this.#next !== null;
  }

  /** The open GOP's first frame came then; null without an open GOP. */
  get openSince(): WallMs | null {
    return this.#current?.openKey?.arrival ?? null;
  }

  /** Number of the current run; null before the first and between two. */
  get run(): number | null {
    return this.#current?.options.number ?? null;
  }

  /** What the newest keyframe said. */
  get parameters(): PictureFormat | null {
    return this.#parameters;
  }

  /** Frames and packets of sound in memory, and the bytes of both. */
  get held(): { readonly frames: number; readonly soundPackets: number; readonly bytes: number } {
    const held = { frames: 0, soundPackets: this.#options.sound.queued, bytes: 0 };
    for (const run of this.#runs) {
      held.frames += run.heldFrames;
      held.soundPackets += run.sound?.packets ?? 0;
      held.bytes += run.heldBytes;
    }
    return held;
  }

  /** The next keyframe begins a new run; until then the current one goes on. */
  renew(reason: GapReason): void {
    if (this.#current !== null) this.#next ??= reason;
  }

  /** Nothing more comes for the current run; the next keyframe begins a new one. `aliveAt`: until then its picture is known to have stood. */
  interrupt(reason: GapReason, aliveAt: WallMs, now: WallMs): void {
    if (this.#current === null || this.#interruptedAt !== null) return;
    this.#next = reason;
    this.#interruptedAt = now;
    this.#endedAt = this.#naturalEnd(this.#current, aliveAt);
  }

  /** Notes a time without packets of the picture. */
  paused(span: number): void {
    this.#longestPause = Math.max(this.#longestPause, span);
  }

  /** Takes the next frame. */
  frame(frame: ReceivedFrame, now: WallMs): void {
    const run = this.#current;
    if (run !== null && this.#interruptedAt === null && frame.time <= run.last.time) {
      const isMore = run.options.video.kind === "h264" && (frame.parameters?.kind ?? "h264") === "h264";
      if (isMore) run.extendLast(frame.data);
      else this.frame({ ...frame, time: micros(run.last.time + 1) }, now);
      return;
    }
    const hole = run !== null && frame.loss !== null ? this.#hole(run, frame, frame.loss) : null;
    const reason = this.#reason(frame, hole);
    this.#longestPause = 0;
    if (!frame.key && (run === null || this.#interruptedAt !== null)) {
      this.counters.framesDropped += 1;
      return;
    }
    this.counters.frames += 1;
    if (frame.key) this.#noteKey(frame);
    if (frame.parameters !== null && (run === null || reason !== null)) {
      this.#begin(frame, frame.parameters, reason ?? "start", hole);
    } else if (run !== null) {
      this.#continue(run, frame, hole);
    }
    this.advance(now);
  }

  /** Takes the next packet of sound. */
  sound(packet: SoundPacket, now: WallMs): void {
    this.#options.sound.take(packet, this.#runs, now);
    if (this.#current?.isReleased && this.#current.sound === null) this.renew("format");
    this.advance(now);
  }

  /** Lets GOPs leave that may. */
  advance(now: WallMs): void {
    const run = this.#current;
    if (run !== null && this.#interruptedAt !== null && now - this.#interruptedAt > joinMs)
      this.#endCurrent(this.#endedAt ?? this.#naturalEnd(run, now));
    this.#dropTooLarge(now);
    const pressed = this.#runs.length > 0 && this.held.bytes > maxHeldBytes;
    for (const next of [...this.#runs]) {
      if (!next.isReleased && !(pressed || next.end !== null || this.#options.sound.mayRelease(next, now))) return;
      this.#release(next);
      if (!this.#emit(next, pressed, now)) return;
    }
  }

  /** What has not left up to an instant; see `ShareReceiver.tail`. */
  snapshot(end: Micros, now: WallMs): ReturnType<Run["snapshot"]> {
    this.advance(now);
    this.#letGo(
      this.#runs.filter((run) => run.end !== null),
      now,
    );
    const run = this.#current;
    if (run === null) return null;
    this.#release(run);
    this.#emit(run, false, now);
    return run.snapshot(end);
  }

  /** Ends the current run and emits all that is held. `end` is where the picture ends; without it, after the last frame, or when it was last known to stand. */
  finish(reason: GapReason, aliveAt: WallMs, end: Micros | null, now: WallMs): void {
    const run = this.#current;
    if (run !== null) {
      const natural = this.#interruptedAt === null ? this.#naturalEnd(run, aliveAt) : (this.#endedAt ?? this.#naturalEnd(run, aliveAt));
      this.#next ??= reason;
      this.#endCurrent(end === null ? natural : micros(Math.max(end, run.last.time + 1)));
    }
    this.#letGo(this.#runs, now);
  }

  #letGo(runs: readonly Run[], now: WallMs): void {
    for (const run of [...runs]) {
      this.#release(run);
      this.#emit(run, true, now);
    }
  }

  /** The last frame lasts as long as usual, or until the share was last known to be there. */
  #naturalEnd(run: Run, aliveAt: WallMs): Micros {
    return micros(Math.max(run.last.time + this.#nominal, this.#options.clock.timeOf(aliveAt)));
  }

  #reason(frame: ReceivedFrame, hole: Hole | null): RunReason | null {
    if (!frame.key) return null;
    if (this.#next !== null) return this.#next;
    if (hole !== null && frame.time - hole.from > longestHole) return this.#holeReason(frame);
    const known = this.#parameters;
    return frame.parameters !== null && known !== null && frame.parameters.setup !== known.setup ? "format" : null;
  }

  #holeReason(frame: ReceivedFrame): GapReason {
    if (frame.loss?.blank) return "mute";
    return this.#longestPause > 1000 ? "silence" : "loss";
  }

  /** Where frames are missing: each lost packet was at most one frame before the first one that came after it. */
  #hole(run: Run, frame: ReceivedFrame, loss: PictureLoss): Hole {
    const after = this.#options.clock.pictureTime(loss.timestamp) ?? frame.time;
    const from = Math.max(run.last.time + this.#nominal, Math.min(after, frame.time) - loss.packets * this.#nominal);
    return { from: micros(Math.min(from, frame.time)), to: frame.time, reason: this.#holeReason(frame) };
  }

  #noteKey(frame: ReceivedFrame): void {
    this.counters.keyframes += 1;
    this.#parameters = frame.parameters;
  }

  #continue(run: Run, frame: ReceivedFrame, hole: Hole | null): void {
    if (hole !== null) this.#note(run, hole);
    const duration = frame.time - run.last.time;
    if (duration <= longestNominal) this.#nominal += (duration - this.#nominal) / 4;
    run.add(frame);
  }

  /** A hole of less than a frame is none. */
  #note(run: Run, hole: Hole): void {
    if (hole.to - hole.from < this.#nominal / 2) return;
    run.addHole(hole);
    this.#options.onGap(gapOf(hole, this.#options.wallOf));
  }

  #begin(frame: Frame, format: PictureFormat, reason: RunReason, hole: Hole | null): void {
    const old = this.#current;
    if (old !== null) {
      const end = hole?.from ?? (this.#interruptedAt === null ? micros(old.last.time + this.#nominal) : (this.#endedAt ?? frame.time));
      const isJoined = frame.time - end < longestHole;
      if (isJoined && hole !== null) this.#note(old, hole);
      const joined = isJoined ? frame.time : end;
      this.#endCurrent(micros(Math.max(joined, old.last.time + 1)));
    }
    if (this.#endedAt !== null && reason !== "start" && frame.time - this.#endedAt > 1000) {
      this.#options.onGap(gapOf({ from: this.#endedAt, to: frame.time, reason }, this.#options.wallOf));
    }
    this.#endedAt = null;
    this.#next = null;
    const { kind, codec, width, height } = format;
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    this.#current = new Run({ number, reason, video: { kind, codec, width, height }, first: frame, wallOf: this.#options.wallOf });
    this.#runs.push(this.#current);
  }

  /** Sound beyond the end is for the run that follows. */
  #endCurrent(end: Micros): void {
    const run = this.#current;
    if (run === null) return;
    run.end = end;
    this.#endedAt = end;
    this.#current = null;
    this.#interruptedAt = null;
    this.#options.sound.end(run);
  }

  #release(run: Run): void {
    if (run.isReleased) return;
    run.release(this.#options.sound.channels);
    this.#options.sound.drain(this.#runs);
  }

  /** Emits what is ready; true: nothing of the run is left and it has ended. */
  #emit(run: Run, force: boolean, now: WallMs): boolean {
    for (let end = run.closedEnd; end !== null; end = run.closedEnd) {
      if (!this.#options.sound.isReady(run, end, force, now)) return false;
      if (run.nextGop === 0) {
        const { number, reason } = run.options;
        this.#options.onRun({ run: number, reason, format: run.format, startWall: this.#options.wallOf(run.origin) });
      }
      const gop = run.takeGop();
      if (gop === null) return false;
      this.counters.gops += 1;
      this.#options.onGop(gop);
    }
    if (run.end === null) return false;
    this.#runs = this.#runs.filter((other) => other !== run);
    this.#options.sound.settle(this.#runs);
    return true;
  }

  /** The open GOP is dropped up to the next keyframe: memory is bounded. */
  #dropTooLarge(now: WallMs): void {
    const run = this.#current;
    const since = run?.openKey?.arrival;
    if (run === null || since === undefined || (run.openBytes <= maxOpenBytes && now - since <= maxOpenMs)) return;
    this.counters.gopsDropped += 1;
    const isAll = run.closedEnd === null && run.nextGop === 0;
    const from = run.dropOpen();
    if (isAll) {
      this.#runs = this.#runs.filter((other) => other !== run);
      this.#nextNumber = run.options.number;
      this.#next = run.options.reason;
    } else {
      this.#next = "loss";
    }
    this.#endCurrent(from);
    this.#options.sound.settle(this.#runs);
  }
}
