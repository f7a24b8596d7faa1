/** The server's wall clock as time that never goes back: everything inside works with it, and only what leaves is told in wall time. */
import { type Millis, millis, type WallMs, wallMs } from "@livekit-replay/contract";

/** A smaller step back is waited out: time stands still until the clock is there again. */
const toleratedMs = 200;
/** Calls come every few ms; when the clock goes on by more than this, it was set, or the machine slept. */
const longestPauseMs = 10_000;

/** Follows the wall clock; its steps are taken out by `move`. */
export class SteadyTime {
  #last: WallMs | null = null;
  /** Wall time minus steady time. */
  #skew = 0;

  /** By how much the clock was set since the last call of `at`; 0 almost always. */
  stepAt(now: WallMs): Millis {
    if (this.#last === null) return millis(0);
    const elapsed = now - this.#skew - this.#last;
    return millis(elapsed < -toleratedMs || elapsed > longestPauseMs ? elapsed : 0);
  }

  /** Takes a step out: steady time goes on as if there had been none. */
  move(step: Millis): void {
    this.#skew += step;
  }

  /** Steady time at a wall time. */
  at(now: WallMs): WallMs {
    this.#last = wallMs(Math.max(now - this.#skew, this.#last ?? -Infinity));
    return this.#last;
  }

  /** The wall time of a steady time. */
  wall(time: WallMs): WallMs {
    return wallMs(time + this.#skew);
  }

  /** The steady time of a wall time, past or to come. */
  steady(wall: WallMs): WallMs {
    return wallMs(wall - this.#skew);
  }
}
