/** The door to the catalogue: which database it is, is known here and nowhere else. */
import type { Catalog } from "./port.js";
import { openSqliteCatalog } from "./sqlite/index.js";

/**
 * Opens (or creates) the catalogue and brings its tables to this version. Several processes may have it open.
 * Throws when the file is no database, cannot be opened, or is of a newer version.
 * @param file of the SQLite database; its folder is created.
 */
export const openCatalog = (file: string): Promise<Catalog> => openSqliteCatalog(file);
