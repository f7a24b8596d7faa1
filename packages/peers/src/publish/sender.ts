/** Plays a film into two streams in real time, in a loop, with timestamps that go on. */
import { type Micros, micros, type WallMs, wallMs } from "@livekit-replay/contract";
import type { Film } from "../film/model.js";
import { FrameLog } from "./frame-log.js";
import type { OutgoingStream } from "./outgoing.js";
import { payloadsOf } from "./payloads.js";
import { addTicking, EARLY_MS, removeTicking, type Ticking } from "./ticker.js";
import { preciseNow } from "./time.js";

/** Options of a `FilmSender`. */
export interface FilmSenderOptions {
  readonly film: Film;
  readonly video: OutgoingStream;
  /** Null for a publication without a sound track. */
  readonly audio: OutgoingStream | null;
  /** Whether sound is sent from the start; it can be switched later. */
  readonly soundOn: boolean;
  /** A sender report every second, or none at all (as OBS does). */
  readonly senderReports: boolean;
}

/** A packet of picture that waits for its turn: keyframes are spread over a few milliseconds, as browsers do. */
interface PendingPacket {
  readonly payload: Uint8Array;
  readonly marker: boolean;
  readonly media: Micros;
  /** The film's number of the frame that it begins; null for a frame's other packets. */
  readonly begins: number | null;
}

/** Packets of picture in one go; the rest goes a millisecond later. */
const BURST = 14;
const BURST_PAUSE_MS = 1;
const REPORT_EVERY_MS = 1000;
/** A sender that is this far behind drops what it cannot send. */
const MAX_PENDING = 20_000;
/** When a pause began. */
interface Pause {
  readonly sinceMs: number;
}

/**
 * Sends from `start` to `stop`. A pause holds the film, not its clock: after it, the next frame follows with a timestamp that is later by the pause,
 * so that what was sent before still decodes.
 */
export class FilmSender implements Ticking {
  readonly log = new FrameLog();
  readonly #options: FilmSenderOptions;
  readonly #pending: PendingPacket[] = [];
  #film: Film;
  #nextFilm: Film | null = null;
  #frame = 0;
  #packet = 0;
  #startMs = 0;
  #shift: Micros = micros(0);
  #pause: Pause | null = null;
  #soundOn: boolean;
  #nextReportMs = 0;
  #nextBurstMs = 0;
  #dropped = 0;

  constructor(options: FilmSenderOptions) {
    this.#options = options;
    this.#film = options.film;
    this.#soundOn = options.soundOn;
  }

  /** Packets that were never sent because sending fell behind. */
  get dropped(): number {
    return this.#dropped;
  }

  start(): void {
    this.#startMs = performance.now();
    this.#nextReportMs = this.#startMs + 100;
    addTicking(this);
  }

  /** What was begun is sent to its end, so that every frame of the log is whole. */
  stop(): void {
    removeTicking(this);
    this.#sendPicture(Number.POSITIVE_INFINITY);
  }

  pause(): void {
    this.#pause ??= { sinceMs: performance.now() };
    this.#sendPicture(Number.POSITIVE_INFINITY);
  }

  get isPaused(): boolean {
    return this.#pause !== null;
  }

  resume(): void {
    if (!this.#pause) return;
    this.#shift = micros(this.#shift + (performance.now() - this.#pause.sinceMs) * 1000);
    this.#pause = null;
    // The ticker looks at due times when it is armed.
    removeTicking(this);
    addTicking(this);
  }

  /** Sound on or off; the film's sound keeps its place. */
  setSound(on: boolean): void {
    this.#soundOn = on;
  }

  /**
   * Goes on with another film at its next keyframe, at the same frame number: for a change of resolution.
   * Throws `TypeError` when the two films have not the same frames and packets in time.
   */
  changeFilm(film: Film): void {
    const same =
      film.frames.length === this.#film.frames.length &&
      film.durationUs === this.#film.durationUs &&
      film.packets?.length === this.#film.packets?.length;
    if (!same) throw new TypeError("film: must have the same length and frame rate as the one before");
    this.#nextFilm = film;
  }

  get nextDueMs(): number {
    if (this.#pause) return Number.POSITIVE_INFINITY;
    const waiting = this.#pending.length > 0 ? this.#nextBurstMs : Number.POSITIVE_INFINITY;
    const report = this.#options.senderReports ? this.#nextReportMs : Number.POSITIVE_INFINITY;
    return Math.min(waiting, report, this.#dueMs(this.#frameTime()), this.#dueMs(this.#packetTime()));
  }

  tick(nowMs: number): void {
    if (this.#pause) return;
    this.#sendSound(nowMs);
    this.#queueFrames(nowMs);
    if (this.#nextBurstMs <= nowMs + EARLY_MS) {
      this.#sendPicture(BURST);
      this.#nextBurstMs = nowMs + BURST_PAUSE_MS;
    }
    if (this.#options.senderReports && this.#nextReportMs <= nowMs) this.#report();
  }

  #dueMs(media: Micros | null): number {
    return media === null ? Number.POSITIVE_INFINITY : this.#startMs + media / 1000;
  }

  #frameTime(): Micros {
    const { frames, durationUs } = this.#film;
    const loop = Math.floor(this.#frame / frames.length);
    return micros(loop * durationUs + (frames[this.#frame % frames.length]?.pts ?? 0) + this.#shift);
  }

  #packetTime(): Micros | null {
    const { packets, durationUs } = this.#film;
    if (!packets || !this.#options.audio) return null;
    const loop = Math.floor(this.#packet / packets.length);
    return micros(loop * durationUs + (packets[this.#packet % packets.length]?.pts ?? 0) + this.#shift);
  }

  #sendSound(nowMs: number): void {
    for (let media = this.#packetTime(); media !== null && this.#dueMs(media) <= nowMs; media = this.#packetTime()) {
      const packet = this.#film.packets?.[this.#packet % this.#film.packets.length];
      this.#packet += 1;
      if (packet && this.#soundOn) this.#options.audio?.send(packet.data, false, media);
    }
  }

  #queueFrames(nowMs: number): void {
    for (let media = this.#frameTime(); this.#dueMs(media) <= nowMs; media = this.#frameTime()) {
      const number = this.#frame % this.#film.frames.length;
      if (this.#nextFilm?.frames[number]?.key) {
        this.#film = this.#nextFilm;
        this.#nextFilm = null;
      }
      this.#frame += 1;
      const payloads = payloadsOf(this.#film)[number] ?? [];
      if (this.#pending.length + payloads.length > MAX_PENDING) {
        this.#dropped += payloads.length;
        continue;
      }
      payloads.forEach((payload, index) => {
        this.#pending.push({ payload, marker: index === payloads.length - 1, media, begins: index === 0 ? number : null });
      });
    }
  }

  #sendPicture(atMost: number): void {
    for (const { payload, marker, media, begins } of this.#pending.splice(0, atMost)) {
      if (begins !== null) {
        const due = this.#wallOf(media);
        this.log.add({ number: begins, timestamp: this.#options.video.timestampAt(media), due, sent: preciseNow() });
      }
      this.#options.video.send(payload, marker, media);
    }
  }

  #wallOf(media: Micros): WallMs {
    return wallMs(preciseNow() - performance.now() + this.#dueMs(media));
  }

  #report(): void {
    const media = micros((performance.now() - this.#startMs) * 1000);
    const now = preciseNow();
    this.#options.video.sendReport(media, now);
    if (this.#soundOn) this.#options.audio?.sendReport(media, now);
    this.#nextReportMs += REPORT_EVERY_MS;
  }
}
