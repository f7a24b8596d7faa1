/**
 * The time of one share: its picture's media time is the share's timeline; sound is put on it by sender reports, or by arrival until they come;
 * wall time is the server's, by arrival of the picture.
 */
import { type Micros, micros, millis, type WallMs, wallMs } from "@livekit-replay/contract";
import { reportClock, type SenderReport } from "../rtp/rtcp.js";
import { Alignment, type ShareTrack } from "./alignment.js";
import { TrackClock } from "./track.js";

/** How long the first reports of both tracks are waited for. */
const reportsMs = 6000;
/** More lateness than this, for as long as below, is no delay of the network. */
const lateMs = 200;
const pictureLateSpanMs = 5000;
const soundLateSpanMs = 1500;

/** Keeps the clocks of both tracks. */
export class ShareClock {
  readonly #tracks: Record<ShareTrack, TrackClock> = { video: new TrackClock(90_000), audio: new TrackClock(48_000) };
  readonly #alignment = new Alignment();
  readonly #since: Record<ShareTrack, WallMs | null> = { video: null, audio: null };
  #jumped = false;
  #waited = false;

  /** Whether sender reports of both tracks align them. */
  get isAligned(): boolean {
    return this.#alignment.isSettled;
  }

  /** Whether it is known where the sound lies: reports of both tracks came once, or were waited for long enough. What comes later corrects it. */
  isSettled(now: WallMs): boolean {
    const since = Math.max(this.#since.video ?? Infinity, this.#since.audio ?? Infinity);
    this.#waited ||= this.#alignment.shift !== null || now - since >= reportsMs;
    return this.#waited;
  }

  /** Whether a clock jumped or drifted too far since the last call. */
  takeJump(): boolean {
    const jumped = this.#jumped;
    this.#jumped = false;
    return jumped;
  }

  /** Media time of a timestamp on its track's own timeline: for the picture, the share's timeline. Calls come in stream order; see `TrackClock.next`. */
  next(track: ShareTrack, timestamp: number, arrival: WallMs, isTimely: boolean): Micros {
    const clock = this.#tracks[track];
    const { time, jumped } = clock.next(timestamp, arrival, isTimely);
    this.#since[track] ??= arrival;
    if (jumped) this.#forget(track, arrival);
    this.#watch(track, arrival);
    return time;
  }

  /** Media time of the share minus media time of the sound, µs; null while a track has no packet. */
  get shift(): Micros | null {
    return this.#alignment.shift ?? this.#arrivalShift();
  }

  /** Wall time of an instant of the share's timeline. */
  wallOf(time: number): WallMs {
    return wallMs(time / 1000 + (this.#tracks.video.offset ?? 0));
  }

  /** Instant of the share's timeline at a wall time. */
  timeOf(wall: WallMs): Micros {
    return micros((wall - (this.#tracks.video.offset ?? 0)) * 1000);
  }

  /** Instant of the picture's timestamp (32 bits), near the last one; null before the first. */
  pictureTime(timestamp: number): Micros | null {
    return this.#tracks.video.at(timestamp);
  }

  /** Takes a sender report of a track. False: the track has no packet yet to relate it to. */
  report(track: ShareTrack, report: SenderReport): boolean {
    const time = this.#tracks[track].at(report.timestamp);
    if (time === null) return false;
    if (this.#alignment.report(track, reportClock(report), time, this.#arrivalShift())) {
      this.#jumped = true;
      const late = this.#tracks.video.lateness(soundLateSpanMs, 10);
      if (late > lateMs) this.#tracks.video.postpone(late);
    }
    return true;
  }

  /** Another stream follows on a track. */
  restart(track: ShareTrack): void {
    this.#tracks[track].restart();
    this.#alignment.forget(track);
    this.#since[track] = null;
  }

  /** The track's timestamps jumped; its timeline did not, but its reports are void. */
  #forget(track: ShareTrack, now: WallMs): void {
    this.#alignment.forget(track);
    this.#since[track] = now;
    this.#jumped = true;
  }

  #arrivalShift(): Micros | null {
    const { video, audio } = this.#tracks;
    return video.offset === null || audio.offset === null ? null : micros((audio.offset - video.offset) * 1000);
  }

  /** A publisher whose timestamps stood still sends everything too late from then on. */
  #watch(track: ShareTrack, now: WallMs): void {
    if (track === "video") {
      const late = this.#tracks.video.lateness(pictureLateSpanMs, 20);
      if (late <= lateMs) return;
      this.#tracks.video.postpone(late);
      this.#alignment.forget("video", -late * 1000);
      this.#since.video = now;
      this.#jumped = true;
      return;
    }
    const late = this.#tracks.audio.lateness(soundLateSpanMs, 20) - this.#tracks.video.lateness(soundLateSpanMs, 1);
    if (late <= lateMs) return;
    this.#tracks.audio.skip(millis(late));
    this.#forget("audio", now);
  }
}
