/** Rows of the quota ledger in SQLite. */
import { sql } from "kysely";
import type { QuotaEntry, QuotaRows } from "../port.js";
import { uniqueViolation } from "./open.js";
import type { Database } from "./tables.js";

/** One row per change; the primary key (user, sequence number) decides races. */
export class SqliteQuotaRows implements QuotaRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async newest(userId: string): Promise<QuotaEntry | null> {
    return (
      (await this.database
        .selectFrom("quotaEntries")
        .selectAll()
        .where("userId", "=", userId)
        .orderBy("seq", "desc")
        .limit(1)
        .executeTakeFirst()) ?? null
    );
  }

  async ofClip(userId: string, clipId: string): Promise<QuotaEntry | null> {
    const query = this.database.selectFrom("quotaEntries").selectAll().where("userId", "=", userId).where("clipId", "=", clipId);
    return (await query.orderBy("seq", "desc").limit(1).executeTakeFirst()) ?? null;
  }

  /**
   * One statement, so that no transaction is open while this process does something else: another connection of the same process would wait for it in vain.
   * A number below the newest may be free again after `compact`: it must not be taken by somebody who read an old balance.
   */
  async append(entry: QuotaEntry): Promise<boolean> {
    const { userId, seq, kind, clipId, usedBytes, reservedBytes, clipBytes, atMs } = entry;
    try {
      const { numAffectedRows } = await sql`
        insert into "quotaEntries" ("userId", seq, kind, "clipId", "usedBytes", "reservedBytes", "clipBytes", "atMs")
        select ${userId}, ${seq}, ${kind}, ${clipId}, ${usedBytes}, ${reservedBytes}, ${clipBytes}, ${atMs}
        where (select coalesce(max(seq), 0) from "quotaEntries" where "userId" = ${userId}) = ${seq - 1}
      `.execute(this.database);
      return (numAffectedRows ?? 0n) > 0n;
    } catch (error) {
      if (uniqueViolation(error) === null) throw error;
      return false;
    }
  }

  async users(): Promise<string[]> {
    return (await this.database.selectFrom("quotaEntries").select("userId").distinct().orderBy("userId").execute()).map(
      ({ userId }) => userId,
    );
  }

  clipsOf(userId: string): Promise<QuotaEntry[]> {
    const newest = this.database
      .selectFrom("quotaEntries")
      .select((eb) => eb.fn.max("seq").as("seq"))
      .where("userId", "=", userId)
      .groupBy("clipId");
    return this.database
      .selectFrom("quotaEntries")
      .selectAll()
      .where("userId", "=", userId)
      .where("seq", "in", newest)
      .orderBy("seq")
      .execute();
  }

  async compact(userId: string, beforeMs: number): Promise<number> {
    const { numAffectedRows } = await sql`
      delete from "quotaEntries" as old
      where old."userId" = ${userId} and old."atMs" < ${beforeMs}
        and old.seq < (select max(seq) from "quotaEntries" where "userId" = ${userId})
        and (old.kind = 'release' or exists (select 1 from "quotaEntries" as later where later."userId" = ${userId} and later."clipId" = old."clipId" and later.seq > old.seq))
    `.execute(this.database);
    return Number(numAffectedRows ?? 0n);
  }

  async limitOf(userId: string): Promise<number | null> {
    const row = await this.database.selectFrom("quotaLimits").select("limitBytes").where("userId", "=", userId).executeTakeFirst();
    return row?.limitBytes ?? null;
  }

  async setLimit(userId: string, limitBytes: number | null): Promise<void> {
    if (limitBytes === null) await this.database.deleteFrom("quotaLimits").where("userId", "=", userId).execute();
    else
      await this.database
        .insertInto("quotaLimits")
        .values({ userId, limitBytes })
        .onConflict((on) => on.column("userId").doUpdateSet({ limitBytes }))
        .execute();
  }
}
