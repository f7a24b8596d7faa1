/** When a keyframe is asked for: seldom, because an SFU answers no NACK between a request and the keyframe, and drops requests that come too soon. */
import type { WallMs } from "@livekit-replay/contract";

/** Requests are never closer than this. */
const shortestMs = 1000;
/** After a few without an answer they become rarer: some publishers ignore them. */
const patientAfter = 3;
const neededMs = 2000;
const dueMs = 4000;

/** Why a keyframe is wanted: nothing can go on without one, the open GOP is old enough, or not at all. */
export type KeyframeNeed = "needed" | "due" | "none";

/** Paces the requests of one track. */
export class KeyframeRequests {
  readonly #send: () => void;
  #lastAt: WallMs | null = null;
  #unanswered = 0;
  #count = 0;

  /** `send` sends one request. */
  constructor(send: () => void) {
    this.#send = send;
  }

  /** Requests sent. */
  get count(): number {
    return this.#count;
  }

  /** A keyframe came. */
  answered(): void {
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
