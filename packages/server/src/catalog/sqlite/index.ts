/** The catalogue in one SQLite file: opened, migrated, ready. */
import path from "node:path";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { ensureFolder } from "../../platform/folder.js";
import type { Catalog } from "../port.js";
import { SqliteAuditRows } from "./audit.js";
import { SqliteClipRows } from "./clips.js";
import { SqliteDirectoryRows } from "./directory.js";
import { sqliteDialect } from "./open.js";
import { migrations } from "./migrations.js";
import { SqlitePostRows } from "./posts.js";
import { SqliteQuotaRows } from "./quotas.js";
import { SqliteLeaseRows, SqliteServerRows } from "./servers.js";
import { SqliteSessionRows } from "./sessions.js";
import { SqliteSettingsRows } from "./settings.js";
import type { Database, Tables } from "./tables.js";

async function migrate(database: Database): Promise<void> {
  const { error } = await new Migrator({ db: database, provider: { getMigrations: async () => ({ ...migrations }) } }).migrateToLatest();
  if (error !== undefined)
    throw new Error("The catalogue's tables cannot be brought to this version (is it of a newer one?)", { cause: error });
}

/** Migrations run in a transaction: two connections of one process would wait for each other in vain. */
let opening: Promise<unknown> = Promise.resolve();

/**
 * Opens (or creates) the database and brings its tables to this version. Several processes may have it open.
 * Throws when the file is no database, cannot be opened, or is of a newer version.
 */
export async function openSqliteCatalog(file: string): Promise<Catalog> {
  await ensureFolder(path.dirname(file));
  const database: Database = new Kysely<Tables>({ dialect: sqliteDialect(file) });
  const migrated = opening.then(() => migrate(database));
  opening = migrated.catch(() => {});
  try {
    await migrated;
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return {
    sessions: new SqliteSessionRows(database),
    clips: new SqliteClipRows(database),
    posts: new SqlitePostRows(database),
    quotas: new SqliteQuotaRows(database),
    directory: new SqliteDirectoryRows(database),
    settings: new SqliteSettingsRows(database),
    audit: new SqliteAuditRows(database),
    servers: new SqliteServerRows(database),
    leases: new SqliteLeaseRows(database),
    ping: async () => {
      await sql`select 1`.execute(database);
    },
    close: () => database.destroy(),
  };
}
