/** The audit log in SQLite. */
import type { AuditQuery, AuditRow, AuditRows } from "../port.js";
import { offsetOf } from "../pages.js";
import type { Database } from "./tables.js";

/** Rows are only ever added. */
export class SqliteAuditRows implements AuditRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async append(row: AuditRow): Promise<void> {
    const values = { ...row, from: JSON.stringify(row.from ?? null), to: JSON.stringify(row.to ?? null) };
    await this.database.insertInto("audit").values(values).execute();
  }

  async list({ communityId, kind, actorId, fromMs, toMs, page, pageSize }: AuditQuery): Promise<{ rows: AuditRow[]; total: number }> {
    let query = this.database.selectFrom("audit");
    if (communityId !== undefined) query = query.where("communityId", "=", communityId);
    // Every action of a kind, and no other: "/" is the character after ".".
    if (kind !== undefined) query = query.where("action", ">=", `${kind}.`).where("action", "<", `${kind}/`);
    if (actorId !== undefined) query = query.where("actorId", "=", actorId);
    if (fromMs !== undefined) query = query.where("atMs", ">=", fromMs);
    if (toMs !== undefined) query = query.where("atMs", "<", toMs);
    const ordered = query.selectAll().orderBy("atMs", "desc").orderBy("id", "desc");
    const rows = await ordered.limit(pageSize).offset(offsetOf(page, pageSize)).execute();
    const { total } = await query.select((eb) => eb.fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
    return { rows: rows.map((row) => ({ ...row, from: JSON.parse(row.from), to: JSON.parse(row.to) })), total };
  }
}
