/** The server's clock, as something that tests can step. */
import { type WallMs, wallMs } from "@livekit-replay/contract";

/** Tells the time. */
export interface Clock {
  now(): WallMs;
}

/** Unix time by the system clock. */
export const systemClock: Clock = { now: () => wallMs(Date.now()) };
