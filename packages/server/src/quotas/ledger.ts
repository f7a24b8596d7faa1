/**
 * Quota as a ledger: one row per change, unique by (user, sequence number), each with the balance after it (storage.md, invariant 5).
 * Who loses the race for a number reads again; so the sum is exact on any database with a unique index, whatever runs at the same time.
 */
import type { Quota } from "@livekit-replay/contract";
import type { QuotaRows } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";

export interface LedgerOptions {
  readonly rows: QuotaRows;
  readonly clock: Clock;
  /** `DEFAULT_QUOTA_BYTES`: the limit of a user who has none of their own. */
  readonly defaultLimitBytes: number;
}

/** All methods retry lost races. Bytes are whole and not negative, else TypeError. */
export class QuotaLedger {
  constructor(_options: LedgerOptions) {
    throw new Error("being built");
  }

  /** Charges an upper bound for a clip in the making. Throws `ReplayError("quota_exceeded")`; then nothing is charged. The same clip again: idempotent when the bytes are the same, else TypeError. */
  async reserve(_userId: string, _clipId: string, _bytes: number): Promise<Quota> {
    throw new Error("being built");
  }

  /** The clip exists: its reservation becomes `bytes` used (at most what was reserved, else TypeError). Idempotent. A clip that holds nothing (released) stays so. */
  async commit(_userId: string, _clipId: string, _bytes: number): Promise<Quota> {
    throw new Error("being built");
  }

  /** A reservation or a used clip becomes smaller. More than it holds: TypeError. */
  async lower(_userId: string, _clipId: string, _bytes: number): Promise<Quota> {
    throw new Error("being built");
  }

  /** Gives everything back that a clip holds. Idempotent. */
  async release(_userId: string, _clipId: string): Promise<Quota> {
    throw new Error("being built");
  }

  /** The balance of a user. */
  async quotaOf(_userId: string): Promise<Quota> {
    throw new Error("being built");
  }

  /** Drops rows that newer ones have replaced and that are older than a day, so that the ledger does not grow without bound. Returns how many. */
  async compact(): Promise<number> {
    throw new Error("being built");
  }
}
