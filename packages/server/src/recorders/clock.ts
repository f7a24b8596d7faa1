/** Times of a recorder process: wall time with fractions of a millisecond, and time that never steps. */
import { type WallMs, wallMs } from "@livekit-replay/contract";

/** Backward corrections up to this much are waited out instead of shown. */
const SMALL_STEP_MS = 50;

let offset = Date.now() - performance.now();
let last = 0;

/** Wall time, as `Date.now()` tells it, but finer. It goes back only when the system's clock is set back by more than 50 ms. */
export function wallNow(): WallMs {
  const whole = Date.now();
  const steady = performance.now();
  if (steady + offset < whole) offset = whole - steady;
  else if (steady + offset >= whole + 1) offset = whole + 0.999 - steady;
  const now = steady + offset;
  if (now >= last || last - now > SMALL_STEP_MS) last = now;
  return wallMs(last);
}

/** Time for measuring spans: it starts near the wall time and runs on whatever the system's clock does. */
export const steadyNow = (): WallMs => wallMs(performance.timeOrigin + performance.now());

/** Resolves once the wall clock is past an instant; timers may fire a little early, or the clock may be set back. */
export async function wallPassed(instant: WallMs): Promise<void> {
  for (let leftMs = instant - wallNow(); leftMs > 0; leftMs = instant - wallNow()) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.ceil(leftMs), 1_000)));
  }
}
