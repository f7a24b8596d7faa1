/** The catalogue in one SQLite file (`node:sqlite`): opened, migrated, ready. */
import type { Catalog } from "../port.js";

/**
 * Opens (or creates) the database and brings its tables to this version.
 * Several processes may have it open. Throws when the file is no database, or of a newer version.
 * @param path of the file; its folder is created.
 */
export async function openSqliteCatalog(_path: string): Promise<Catalog> {
  throw new Error("being built");
}
