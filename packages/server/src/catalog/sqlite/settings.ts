/** What communities have set, in SQLite. */
import type { SettingsRow, SettingsRows } from "../port.js";
import type { Database } from "./tables.js";

/** One row per community that has set something. */
export class SqliteSettingsRows implements SettingsRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async find(communityId: string): Promise<SettingsRow | null> {
    const query = this.database.selectFrom("communitySettings").selectAll().where("communityId", "=", communityId);
    const row = await query.executeTakeFirst();
    return row ? { ...row, enabled: row.enabled === 1, autoStart: row.autoStart === 1 } : null;
  }

  async put(row: SettingsRow): Promise<void> {
    const values = { ...row, enabled: row.enabled ? 1 : 0, autoStart: row.autoStart ? 1 : 0 };
    const { communityId: _key, ...rest } = values;
    await this.database
      .insertInto("communitySettings")
      .values(values)
      .onConflict((on) => on.column("communityId").doUpdateSet(rest))
      .execute();
  }

  async autoStarting(): Promise<string[]> {
    const rows = await this.database.selectFrom("communitySettings").select("communityId").where("autoStart", "=", 1).execute();
    return rows.map(({ communityId }) => communityId);
  }
}
