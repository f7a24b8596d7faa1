/** Inserts rows until it is killed; says each one with a byte once it was answered. */
import { writeSync } from "node:fs";
import { openCatalog } from "../src/catalog/open.js";
import { sessionRow } from "./catalog-rows.js";
import { databaseOf } from "./databases.js";

const [, , url = ""] = process.argv;
const catalog = await openCatalog(databaseOf(url));
for (let i = 0; ; i += 1) {
  await catalog.sessions.insert(sessionRow({ id: `session-0000000000-${i}`, userId: `u${i}`, slot: null }));
  writeSync(1, ".");
}
