/** The door to the catalogue: which database it is, is known here and nowhere else. */
import type { DatabaseConfig } from "../config/read.js";
import type { Catalog } from "./port.js";
import { openSqliteCatalog } from "./sqlite/index.js";

/**
 * Opens (or creates) the catalogue and brings its tables to this version. Several processes may have it open.
 * Throws when it cannot be opened or is of a newer version; `database_unavailable` when its server cannot be reached.
 */
export async function openCatalog(database: DatabaseConfig): Promise<Catalog> {
  if (database.kind === "sqlite") return openSqliteCatalog(database.file);
  // MongoDB's driver takes a quarter of a second to load: who does not need it does not wait for it.
  const { openMongoCatalog } = await import("./mongodb/index.js");
  return openMongoCatalog(database.url);
}
