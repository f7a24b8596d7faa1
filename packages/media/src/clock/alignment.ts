/**
 * How a share's sound relates to its picture, by the publisher's sender reports (RFC 3550, 6.4.1).
 * Only the difference between the two tracks' reports counts: the publisher's clock itself may be wrong by hours.
 */
import { type Micros, micros } from "@livekit-replay/contract";

/** The two tracks of a share. */
export type ShareTrack = "video" | "audio";

/** Reports whose difference disagrees more than this with what arrivals show are not of one clock. */
const insaneMicros = 2_000_000;
/**
 * A track whose report moved by more, and whose next report agrees, was set anew: the other track's report before that says nothing about it.
 * One report alone may be wrong: a sender that was held up reports its last packet as sent later than it was due.
 */
const stepMicros = 100_000;
/** A change of the alignment beyond this is a jump. */
const jumpMicros = 200_000;
/** How many differences are kept; their median counts. */
const kept = 5;

/** Follows the sender reports of both tracks. */
export class Alignment {
  /** Publisher's clock minus media time of each track's last report, µs. */
  readonly #reports: Record<ShareTrack, number | null> = { video: null, audio: null };
  /** A report that moved, and waits for the next one to agree. */
  readonly #doubtful: Record<ShareTrack, number | null> = { video: null, audio: null };
  #differences: number[] = [];
  #shift: number | null = null;
  /** The shift is of the tracks as they are now, so that a change of it is one of the publisher's clock. */
  #established = false;

  /** Media time of the picture minus media time of the sound at the same instant; null before reports of both. */
  get shift(): Micros | null {
    return this.#shift === null ? null : micros(this.#shift);
  }

  /** Whether the shift is backed by reports of both tracks as they are now. */
  get isSettled(): boolean {
    return this.#differences.length > 0;
  }

  /**
   * Takes a report: at `time` of the track's media time the publisher's clock showed `clockMs`.
   * `arrivalShift` is the shift that arrivals show. True: the alignment jumped.
   */
  report(track: ShareTrack, clockMs: number, time: Micros, arrivalShift: Micros | null): boolean {
    const offset = clockMs * 1000 - time;
    const before = this.#reports[track];
    const doubted = this.#doubtful[track];
    this.#doubtful[track] = null;
    if (before !== null && Math.abs(offset - before) > stepMicros) {
      if (doubted === null || Math.abs(offset - doubted) > stepMicros) {
        this.#doubtful[track] = offset;
        return false;
      }
      this.#reports.video = null;
      this.#reports.audio = null;
      this.#differences = [];
    }
    this.#reports[track] = offset;
    const { video, audio } = this.#reports;
    if (video === null || audio === null) return false;
    const difference = audio - video;
    if (arrivalShift !== null && Math.abs(difference - arrivalShift) > insaneMicros) return false;
    return this.#take(difference);
  }

  /** The track's media time begins anew or was moved by `moved` µs: its reports count no more; until new ones come the shift stays as it was, moved along. */
  forget(track: ShareTrack, moved = 0): void {
    this.#reports[track] = null;
    this.#doubtful[track] = null;
    this.#differences = [];
    this.#established = false;
    if (this.#shift !== null) this.#shift += track === "video" ? moved : -moved;
  }

  #take(difference: number): boolean {
    this.#differences.push(difference);
    if (this.#differences.length > kept) this.#differences.shift();
    const sorted = [...this.#differences].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? difference;
    const jumped = this.#established && this.#shift !== null && Math.abs(median - this.#shift) > jumpMicros;
    this.#shift = median;
    this.#established = true;
    return jumped;
  }
}
