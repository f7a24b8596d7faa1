/** When a keyframe is asked for: seldom, because an SFU answers no NACK between a request and the keyframe, and drops requests that come too soon. */
import { type Millis, millis, type WallMs } from "@livekit-replay/contract";

/** Requests are never closer than this. */
const shortestMs = 1000;
/** After a few without an answer they become rarer: some publishers ignore them. */
const patientAfter = 3;
const neededMs = 2000;
const dueMs = 4000;
/** A keyframe of a publisher's own rhythm is waited for so much longer: a request that crosses it would only keep an SFU from sending lost packets again, until the next one. */
const rhythmGraceMs = 250;
/** Keyframes so far beside the rhythm still follow it. */
const rhythmSlackMs = 60;

/** Why a keyframe is wanted: nothing can go on without one, the open GOP is old enough, or not at all. */
export type KeyframeNeed = "needed" | "due" | "none";

/** Whether a time is a whole number of intervals: keyframes in between were lost. */
function follows(passed: number, rhythm: number): boolean {
  const intervals = Math.round(passed / rhythm);
  return intervals > 0 && Math.abs(passed - intervals * rhythm) <= rhythmSlackMs;
}

/** Paces the requests of one track. */
export class KeyframeRequests {
  readonly #send: () => void;
  #lastAt: WallMs | null = null;
  #unanswered = 0;
  #count = 0;
  #keyAt: WallMs | null = null;
  /** Time between keyframes that came without being asked for; null while they do not. */
  #rhythm: number | null = null;

  /** `send` sends one request. */
  constructor(send: () => void) {
    this.#send = send;
  }

  /** Requests sent. */
  get count(): number {
    return this.#count;
  }

  /** How old the open GOP may become before a keyframe is asked for. */
  patience(segmentMs: Millis): Millis {
    const isRegular = this.#rhythm !== null && this.#rhythm <= segmentMs + rhythmSlackMs;
    return isRegular ? millis(segmentMs + rhythmGraceMs) : segmentMs;
  }

  /** A keyframe came. */
  answered(now: WallMs): void {
    const passed = this.#keyAt === null ? null : now - this.#keyAt;
    this.#keyAt = now;
    if (this.#unanswered === 0) this.#rhythm = passed;
    else if (passed === null || this.#rhythm === null || !follows(passed, this.#rhythm)) this.#rhythm = null;
    this.#unanswered = 0;
  }

  /** Asks when it is time to. */
  tick(need: KeyframeNeed, now: WallMs): void {
    if (need === "none") return;
    const patient = need === "needed" ? neededMs : dueMs;
    const pause = this.#unanswered < patientAfter ? shortestMs : patient;
    if (this.#lastAt !== null && now - this.#lastAt < pause) return;
    this.#lastAt = now;
    this.#unanswered += 1;
    this.#count += 1;
    this.#send();
  }
}
