/** One of several processes that open a new catalogue at once and fight for five slots; prints how many it got. */
import { openCatalog } from "../src/catalog/open.js";
import { sessionRow } from "./catalog-rows.js";
import { databaseOf } from "./databases.js";

const [, , url = "", me = ""] = process.argv;
const catalog = await openCatalog(databaseOf(url));
let won = 0;
for (let i = 0; i < 25; i += 1) {
  const inserted = await catalog.sessions.insert(
    sessionRow({ id: `session-00000000${me}-${100 + i}`, userId: `${me}-${i}`, slot: `demo:${i % 5}` }),
  );
  if (inserted.ok) won += 1;
}
await catalog.close();
process.stdout.write(String(won));
