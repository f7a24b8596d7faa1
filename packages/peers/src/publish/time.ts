/** The wall clock with fractions of a millisecond: `Date.now()` counts whole ones, the monotonic clock says nothing of the wall. */
import { type WallMs, wallMs } from "@livekit-replay/contract";

let offsetMs = Date.now() - performance.now();

/** Wall time now. Follows `Date.now()`, also when that is stepped, and stays within its millisecond. */
export function preciseNow(): WallMs {
  const whole = Date.now();
  const now = performance.now();
  if (now + offsetMs < whole) offsetMs = whole - now;
  else if (now + offsetMs >= whole + 1) offsetMs = whole + 0.999 - now;
  return wallMs(now + offsetMs);
}
