/** One of several processes that each ask for twenty reservations at once; prints how many it got. */
import { openCatalog } from "../src/catalog/open.js";
import { systemClock } from "../src/platform/clock.js";
import { QuotaLedger } from "../src/quotas/ledger.js";
import { databaseOf } from "./databases.js";

const [, , url = "", me = ""] = process.argv;
const catalog = await openCatalog(databaseOf(url));
const ledger = new QuotaLedger({ rows: catalog.quotas, clock: systemClock, defaultLimitBytes: 1000 });
const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => ledger.reserve("carol", `${me}-${i}`, 100)));
await catalog.close();
process.stdout.write(String(results.filter(({ status }) => status === "fulfilled").length));
