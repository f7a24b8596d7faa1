/** A tail ends at an instant of wall time that may lie ahead: it is waited for here, whoever records the session. */
import { ReplayError, type WallMs, wallMs } from "@livekit-replay/contract";
import { wallNow, wallPassed } from "../clock.js";

/** What was on the screen at the cut is here this long after it, but for what is lost: so a tail and the segment that follows it agree. */
const SETTLE_MS = 20;
/** A tail's instant lies at most so far ahead: who asks waits for it. */
const MAX_AHEAD_MS = 10_000;

/** Resolves once everything up to the instant can be here. Throws `invalid_request` when it lies too far ahead. */
export async function cutPassed(cutAtMs: number): Promise<WallMs> {
  if (cutAtMs - wallNow() > MAX_AHEAD_MS) throw new ReplayError("invalid_request", { detail: "cutAtMs is too far ahead" });
  await wallPassed(wallMs(cutAtMs + SETTLE_MS));
  return wallMs(cutAtMs);
}
