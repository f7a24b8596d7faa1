/** Shares that could not be recorded by themselves: said once each, and tried again after a pause that grows. */
import { type ErrorCode, type Millis, millis, type ReplayError, type WallMs, wallMs } from "@livekit-replay/contract";

interface Refusal {
  readonly code: ErrorCode;
  readonly pause: Millis;
  readonly notBefore: WallMs;
}

const firstPause: Millis = millis(5_000);
const longestPause: Millis = millis(60_000);
/** Shares that are remembered; the oldest is forgotten first. */
const mostShares = 1000;

/** What was refused, by track id of the picture. */
export class Refusals {
  readonly #shares = new Map<string, Refusal>();

  /** Whether a share is not to be tried yet. */
  isWaiting(trackId: string, now: WallMs): boolean {
    const refusal = this.#shares.get(trackId);
    return refusal !== undefined && now < refusal.notBefore;
  }

  /** Notes a refusal. Answers whether it is news: the first of this share, or for another reason than the one before. */
  note(trackId: string, { code }: ReplayError, now: WallMs): boolean {
    const before = this.#shares.get(trackId);
    const pause = before ? millis(Math.min(longestPause, before.pause * 2)) : firstPause;
    this.#shares.delete(trackId);
    this.#shares.set(trackId, { code, pause, notBefore: wallMs(now + pause) });
    if (this.#shares.size > mostShares) for (const oldest of [...this.#shares.keys()].slice(0, 1)) this.#shares.delete(oldest);
    return before?.code !== code;
  }

  /** It is recorded now. */
  forget(trackId: string): void {
    this.#shares.delete(trackId);
  }
}
