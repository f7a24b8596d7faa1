/** The grace: how long an ended session's buffer can still be captured, and when its row is forgotten. */
import { type Millis, millis, type WallMs, wallMs } from "@livekit-replay/contract";
import type { SessionRow } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";

/** The row outlives the buffer for a day, so that a late press is told that there are no segments, not that there was no session. */
const rowOutlives: Millis = millis(24 * 60 * 60_000);

/** Answers for one grace time by one clock. */
export class Grace {
  readonly #length: Millis;
  readonly #clock: Clock;

  constructor(length: Millis, clock: Clock) {
    this.#length = length;
    this.#clock = clock;
  }

  /** When an ended session's buffer is deleted; null while it is active. */
  endsAt(row: SessionRow): WallMs | null {
    const from = row.graceFromMs ?? row.endedAtMs;
    return row.state === "active" || from === null ? null : wallMs(from + this.#length);
  }

  /** From when the grace must have counted to be over at an instant: for a session that left nothing to capture. */
  overAt(instant: WallMs): WallMs {
    return wallMs(instant - this.#length);
  }

  /** Whether the buffer may go. */
  isOver(row: SessionRow): boolean {
    const endsAt = this.endsAt(row);
    return endsAt !== null && endsAt <= this.#clock.now();
  }

  /** Whether the row may go too. */
  isForgotten(row: SessionRow): boolean {
    const endsAt = this.endsAt(row);
    return endsAt !== null && endsAt + rowOutlives <= this.#clock.now();
  }
}
