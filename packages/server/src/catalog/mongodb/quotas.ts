/** Rows of the quota ledger in MongoDB. */
import type { QuotaEntry, QuotaRows } from "../port.js";
import { Documents, type Kept, keyOf, type Shape } from "./documents.js";

/** A user's own limit. */
interface LimitRow {
  readonly userId: string;
  readonly limitBytes: number;
}

const entries: Shape<QuotaEntry> = {
  key: ({ userId, seq }) => keyOf(userId, seq),
  fields: { userId: true, seq: true, kind: true, clipId: true, usedBytes: true, reservedBytes: true, clipBytes: true, atMs: true },
};
const limits: Shape<LimitRow> = { key: ({ userId }) => userId, fields: { userId: true, limitBytes: true } };

/** How many entries one command removes. */
const REMOVED_AT_ONCE = 1000;

/** One document per change; its key (user, sequence number) decides races. */
export class MongoQuotaRows implements QuotaRows {
  private readonly entries: Documents<QuotaEntry>;
  private readonly limits: Documents<LimitRow>;

  constructor(entriesOf: Kept, limitsOf: Kept) {
    this.entries = new Documents(entriesOf, entries);
    this.limits = new Documents(limitsOf, limits);
  }

  newest(userId: string): Promise<QuotaEntry | null> {
    return this.entries.first({ userId }, { seq: -1 });
  }

  ofClip(userId: string, clipId: string): Promise<QuotaEntry | null> {
    return this.entries.first({ userId, clipId }, { seq: -1 });
  }

  /**
   * Looks, then inserts: who takes the number in between makes the insert fail. A number can only become free in between when `compact` removes it,
   * and it removes nothing that is younger than a writer can be.
   */
  async append(entry: QuotaEntry): Promise<boolean> {
    const newest = await this.newest(entry.userId);
    return (newest?.seq ?? 0) + 1 === entry.seq && this.entries.insert(entry);
  }

  users(): Promise<string[]> {
    return this.entries.values("userId");
  }

  async clipsOf(userId: string): Promise<QuotaEntry[]> {
    const all = await this.entries.list({ userId }, { seq: 1 });
    const newest = new Map(all.map((entry) => [entry.clipId, entry]));
    return all.filter((entry) => newest.get(entry.clipId) === entry);
  }

  async compact(userId: string, beforeMs: number): Promise<number> {
    const all = await this.entries.list({ userId }, { seq: 1 });
    const newest = new Map(all.map((entry) => [entry.clipId, entry]));
    const last = all.at(-1);
    const old = all.filter(
      (entry) => entry !== last && entry.atMs < beforeMs && (entry.kind === "release" || newest.get(entry.clipId) !== entry),
    );
    let removed = 0;
    for (let from = 0; from < old.length; from += REMOVED_AT_ONCE) {
      const keys = old.slice(from, from + REMOVED_AT_ONCE).map(entries.key);
      removed += await this.entries.remove({ _id: { $in: keys } });
    }
    return removed;
  }

  async limitOf(userId: string): Promise<number | null> {
    return (await this.limits.find(userId))?.limitBytes ?? null;
  }

  async setLimit(userId: string, limitBytes: number | null): Promise<void> {
    if (limitBytes === null) await this.limits.removeOne(userId);
    else await this.limits.put({ userId, limitBytes });
  }
}
