/** Which run a packet of sound belongs to, and whether a run's sound has come as far as a GOP's end. */
import type { Micros, WallMs } from "@livekit-replay/contract";
import type { ShareClock } from "../clock/share.js";
import type { SoundPacket } from "./lane.js";
import type { Run } from "./run.js";

/** A share that has a sound track is given so long to send something, before a run begins without it. */
const firstSoundMs = 2000;
/** When nothing of the sound came for so long, silence takes its place. */
const absentMs = 500;
/** However late sound is: a GOP waits no longer. */
const longestWaitMs = 3000;
/** Packets that wait for a run: 30 s of the usual 20 ms. */
const maxQueued = 1500;

/** Distributes the sound of a share over its runs. */
export class SoundRouter {
  readonly #clock: ShareClock;
  #track: 1 | 2 | null = null;
  #heard = false;
  #queue: SoundPacket[] = [];
  #lastArrival = -Infinity;
  #dropped = 0;
  /** Sums of lanes that are gone. */
  #pastDropped = 0;
  #pastSilence = 0;
  readonly #lanes = new Set<Run>();

  /** No sound track yet. */
  constructor(clock: ShareClock) {
    this.#clock = clock;
  }

  /** Channels of a run that begins now; null: it has no sound. */
  get channels(): 1 | 2 | null {
    return this.#heard ? this.#track : null;
  }

  /** Packets that wait for a run. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Packets left out: too late, one too many, or nowhere to go. */
  get dropped(): number {
    return [...this.#lanes].reduce((sum, run) => sum + (run.sound?.dropped ?? 0), this.#dropped + this.#pastDropped);
  }

  /** Silence put in so far, µs. */
  get silence(): number {
    return [...this.#lanes].reduce((sum, run) => sum + (run.sound?.silence ?? 0), this.#pastSilence);
  }

  /** Says that there is a sound track with so many channels. */
  expect(channels: 1 | 2): void {
    this.#track = channels;
  }

  /** Whether it is known how the sound of a run that begins now lies. */
  mayRelease(run: Run, now: WallMs): boolean {
    if (this.#track === null) return true;
    if (!this.#heard) return now - run.options.first.arrival >= firstSoundMs;
    return this.#clock.isSettled(now);
  }

  /** Takes a packet for one of the runs, oldest first. */
  take(packet: SoundPacket, runs: readonly Run[], now: WallMs): void {
    this.#heard = true;
    this.#lastArrival = now;
    if (!this.#route(packet, runs)) this.#keep(packet);
  }

  /** Puts what waits into the runs. */
  drain(runs: readonly Run[]): void {
    for (const run of runs) if (run.sound !== null) this.#lanes.add(run);
    const waiting = this.#queue;
    this.#queue = [];
    for (const packet of waiting) if (!this.#route(packet, runs)) this.#queue.push(packet);
  }

  /** A run has ended: what lies beyond its end waits for the next one. */
  end(run: Run): void {
    const beyond = run.sound === null || run.end === null ? [] : run.sound.cut(run.pts(run.end));
    this.#queue = [...beyond, ...this.#queue];
  }

  /** Whether the sound reaches `end`; silence is put in where nothing more can be expected, or with `force`. */
  isReady(run: Run, end: Micros, force: boolean, now: WallMs): boolean {
    const lane = run.sound;
    const pts = run.pts(end);
    if (lane === null || lane.end >= pts) return true;
    const closedAt = run.closingKey?.arrival ?? run.last.arrival;
    const isAbsent = now - Math.max(this.#lastArrival, closedAt) >= absentMs;
    if (!force && !isAbsent && now - closedAt < longestWaitMs) return false;
    lane.fill(pts);
    return true;
  }

  /** Forgets runs that have left. */
  settle(runs: readonly Run[]): void {
    for (const run of this.#lanes) {
      if (runs.includes(run)) continue;
      this.#pastDropped += run.sound?.dropped ?? 0;
      this.#pastSilence += run.sound?.silence ?? 0;
      this.#lanes.delete(run);
    }
  }

  #route(packet: SoundPacket, runs: readonly Run[]): boolean {
    const shift = this.#clock.shift;
    if (shift === null) return false;
    for (const run of runs) {
      if (!run.isReleased) return false;
      if (run.sound === null) continue;
      const target = shift - run.origin;
      const isBeyond = run.end !== null && (packet.time + target >= run.end - run.origin || run.sound.end >= run.end - run.origin);
      if (isBeyond) continue;
      run.sound.place(packet, target);
      return true;
    }
    return false;
  }

  #keep(packet: SoundPacket): void {
    this.#queue.push(packet);
    if (this.#queue.length <= maxQueued) return;
    this.#queue.shift();
    this.#dropped += 1;
  }
}
