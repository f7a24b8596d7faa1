/** Which servers are there, and which of them does what is done once for all, in SQLite. */
import { sql } from "kysely";
import type { LeaseRows, ServerRow, ServerRows } from "../port.js";
import type { Database } from "./tables.js";

/** One row per server process. */
export class SqliteServerRows implements ServerRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async put({ id, ...rest }: ServerRow): Promise<void> {
    await this.database
      .insertInto("servers")
      .values({ id, ...rest })
      .onConflict((on) => on.column("id").doUpdateSet(rest))
      .execute();
  }

  async find(id: string): Promise<ServerRow | null> {
    return (await this.database.selectFrom("servers").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
  }

  all(): Promise<ServerRow[]> {
    return this.database.selectFrom("servers").selectAll().orderBy("id").execute();
  }

  async remove(id: string): Promise<void> {
    await this.database.deleteFrom("servers").where("id", "=", id).execute();
  }
}

/** One row per name that was ever taken. */
export class SqliteLeaseRows implements LeaseRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  /** One statement: whoever comes second sees the row of the first. */
  async take(name: string, holder: string, nowMs: number, untilMs: number): Promise<boolean> {
    const { numAffectedRows } = await sql`
      insert into leases (name, holder, "untilMs") values (${name}, ${holder}, ${untilMs})
      on conflict (name) do update set holder = excluded.holder, "untilMs" = excluded."untilMs"
      where leases.holder = excluded.holder or leases."untilMs" <= ${nowMs}
    `.execute(this.database);
    return (numAffectedRows ?? 0n) > 0n;
  }

  async renew(name: string, holder: string, untilMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.database
      .updateTable("leases")
      .set({ untilMs })
      .where("name", "=", name)
      .where("holder", "=", holder)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async release(name: string, holder: string): Promise<void> {
    await this.database.deleteFrom("leases").where("name", "=", name).where("holder", "=", holder).execute();
  }

  async releaseOf(holder: string): Promise<void> {
    await this.database.deleteFrom("leases").where("holder", "=", holder).execute();
  }
}
