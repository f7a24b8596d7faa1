/**
 * Quota as a ledger: one row per change, unique by (user, sequence number), each with the balance after it (storage.md, invariant 5).
 * Who loses the race for a number reads again; so the sum is exact on any database with a unique index, whatever runs at the same time.
 */
import { type Quota, ReplayError } from "@livekit-replay/contract";
import type { QuotaEntry, QuotaRows } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";

/** What a ledger is made of. */
export interface LedgerOptions {
  readonly rows: QuotaRows;
  readonly clock: Clock;
  /** `DEFAULT_QUOTA_BYTES`: the limit of a user who has none of their own. */
  readonly defaultLimitBytes: number;
}

/** Each lost race means that another one was won, so this is met only when something is broken. */
const MAX_TRIES = 2000;
/** Rows that newer ones replaced are kept this long: far longer than anybody can be between reading a balance and writing the next. */
const COMPACT_AGE_MS = 86_400_000;

/** What a clip holds now, and the balance of its owner. */
interface Standing {
  readonly userId: string;
  readonly clipId: string;
  readonly seq: number;
  readonly usedBytes: number;
  readonly reservedBytes: number;
  readonly clipBytes: number;
  /** Which part of the balance `clipBytes` is in; null when it holds nothing. */
  readonly holds: "used" | "reserved" | null;
}

/** What a clip shall hold, and why; null: nothing has to change. */
type Change = { readonly kind: QuotaEntry["kind"]; readonly clipBytes: number } | null;

/** Throws what refuses the change. */
type Decide = (standing: Standing, limitBytes: number) => Change;

const inPart = (kind: QuotaEntry["kind"]): Standing["holds"] => (kind === "release" ? null : kind === "reserve" ? "reserved" : "used");

/** The row that turns one standing into the next. */
function entryOf(standing: Standing, change: NonNullable<Change>, atMs: number): QuotaEntry {
  const to = inPart(change.kind);
  const without = (part: "used" | "reserved", bytes: number): number => bytes - (standing.holds === part ? standing.clipBytes : 0);
  const after = (part: "used" | "reserved", bytes: number): number => without(part, bytes) + (to === part ? change.clipBytes : 0);
  return {
    userId: standing.userId,
    clipId: standing.clipId,
    seq: standing.seq + 1,
    kind: change.kind,
    usedBytes: after("used", standing.usedBytes),
    reservedBytes: after("reserved", standing.reservedBytes),
    clipBytes: change.clipBytes,
    atMs,
  };
}

const checkBytes = (bytes: number): void => {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new TypeError("bytes: must be a whole number, not negative");
};

/** All methods retry lost races. Bytes are whole and not negative, else TypeError. */
export class QuotaLedger {
  private readonly rows: QuotaRows;
  private readonly clock: Clock;
  /** The limit of who has none of their own. */
  readonly defaultLimitBytes: number;
  /** Changes of one user in this process follow each other: only other processes are raced with. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(options: LedgerOptions) {
    checkBytes(options.defaultLimitBytes);
    this.rows = options.rows;
    this.clock = options.clock;
    this.defaultLimitBytes = options.defaultLimitBytes;
  }

  /**
   * Charges an upper bound for a clip in the making. The same clip and bytes again: idempotent.
   * @throws ReplayError `quota_exceeded`, then nothing is charged; TypeError when the clip holds other bytes already.
   */
  async reserve(userId: string, clipId: string, bytes: number): Promise<Quota> {
    checkBytes(bytes);
    return this.change(userId, clipId, (standing, limitBytes) => {
      if (standing.holds === "reserved" && standing.clipBytes === bytes) return null;
      if (standing.holds !== null) throw new TypeError("clipId: holds bytes already");
      if (standing.usedBytes + standing.reservedBytes + bytes > limitBytes) throw new ReplayError("quota_exceeded");
      return { kind: "reserve", clipBytes: bytes };
    });
  }

  /**
   * The clip exists: its reservation becomes `bytes` used. Idempotent; of a used clip it may lower the bytes. A clip that holds nothing (released) stays so.
   * @throws TypeError for more bytes than the clip holds.
   */
  async commit(userId: string, clipId: string, bytes: number): Promise<Quota> {
    checkBytes(bytes);
    return this.change(userId, clipId, (standing) => {
      if (standing.holds === null) return null;
      if (bytes > standing.clipBytes) throw new TypeError(`bytes: ${bytes} is more than the clip holds (${standing.clipBytes})`);
      return standing.holds === "used" && standing.clipBytes === bytes
        ? null
        : { kind: standing.holds === "used" ? "lower" : "commit", clipBytes: bytes };
    });
  }

  /** A reservation or a used clip becomes smaller. A clip that holds nothing stays so. Throws TypeError for more bytes than it holds. */
  async lower(userId: string, clipId: string, bytes: number): Promise<Quota> {
    checkBytes(bytes);
    return this.change(userId, clipId, (standing) => {
      if (standing.holds === null || standing.clipBytes === bytes) return null;
      if (bytes > standing.clipBytes) throw new TypeError(`bytes: ${bytes} is more than the clip holds (${standing.clipBytes})`);
      return { kind: standing.holds === "used" ? "lower" : "reserve", clipBytes: bytes };
    });
  }

  /** Gives everything back that a clip holds. Idempotent. */
  async release(userId: string, clipId: string): Promise<Quota> {
    return this.change(userId, clipId, (standing) => (standing.holds === null ? null : { kind: "release", clipBytes: 0 }));
  }

  /** The balance of a user. */
  async quotaOf(userId: string): Promise<Quota> {
    const newest = await this.rows.newest(userId);
    return { limitBytes: await this.limitOf(userId), usedBytes: newest?.usedBytes ?? 0, reservedBytes: newest?.reservedBytes ?? 0 };
  }

  /** The limit of a user from now on; null: the default again. What is used or reserved already stays, however much it is. */
  async setLimit(userId: string, limitBytes: number | null): Promise<void> {
    if (limitBytes !== null) checkBytes(limitBytes);
    await this.rows.setLimit(userId, limitBytes);
  }

  /** Drops rows that newer ones have replaced and that are older than a day, so that the ledger does not grow without bound. Answers how many. */
  async compact(): Promise<number> {
    let removed = 0;
    for (const userId of await this.rows.users()) removed += await this.rows.compact(userId, this.clock.now() - COMPACT_AGE_MS);
    return removed;
  }

  private async limitOf(userId: string): Promise<number> {
    return (await this.rows.limitOf(userId)) ?? this.defaultLimitBytes;
  }

  /** One change after the other for a user. */
  private async change(userId: string, clipId: string, decide: Decide): Promise<Quota> {
    const before = this.turns.get(userId) ?? Promise.resolve();
    const mine = before.then(() => this.race(userId, clipId, decide));
    const settled = mine.catch(() => {});
    this.turns.set(userId, settled);
    try {
      return await mine;
    } finally {
      if (this.turns.get(userId) === settled) this.turns.delete(userId);
    }
  }

  private async race(userId: string, clipId: string, decide: Decide): Promise<Quota> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const standing = await this.standingOf(userId, clipId);
      // Behind the balance: a limit that was set before it was read holds for what is appended to it.
      const limitBytes = await this.limitOf(userId);
      const change = decide(standing, limitBytes);
      const entry = change === null ? null : entryOf(standing, change, this.clock.now());
      if (entry !== null && !(await this.rows.append(entry))) continue;
      const { usedBytes, reservedBytes } = entry ?? standing;
      return { limitBytes, usedBytes, reservedBytes };
    }
    throw new ReplayError("internal", { detail: "The quota's ledger gives no turn" });
  }

  /** The balance is read before the clip's own row: whatever comes between the two takes the next number, and the append fails. */
  private async standingOf(userId: string, clipId: string): Promise<Standing> {
    const newest = await this.rows.newest(userId);
    const own = await this.rows.ofClip(userId, clipId);
    return {
      userId,
      clipId,
      seq: newest?.seq ?? 0,
      usedBytes: newest?.usedBytes ?? 0,
      reservedBytes: newest?.reservedBytes ?? 0,
      clipBytes: own?.clipBytes ?? 0,
      holds: own === null ? null : inPart(own.kind),
    };
  }
}
