/** One of several processes that charge the same user in every way, with compaction between; prints what it holds at the end. */
import { ReplayError } from "@livekit-replay/contract";
import { openCatalog } from "../src/catalog/open.js";
import { systemClock } from "../src/platform/clock.js";
import { QuotaLedger } from "../src/quotas/ledger.js";
import { databaseOf } from "./databases.js";

const [, , url = "", me = ""] = process.argv;
const catalog = await openCatalog(databaseOf(url));
const ledger = new QuotaLedger({ rows: catalog.quotas, clock: systemClock, defaultLimitBytes: 1000 });
const held = { reserved: 0, committed: 0, released: 0 };
for (let i = 0; i < 30; i += 1) {
  const clip = `${me}-${i}`;
  try {
    await ledger.reserve("bob", clip, 40);
  } catch (error) {
    if (!(error instanceof ReplayError) || error.code !== "quota_exceeded") throw error;
    continue;
  }
  if (i % 3 === 0) {
    await ledger.commit("bob", clip, 25);
    held.committed += 25;
  } else if (i % 3 === 1) {
    await ledger.release("bob", clip);
    held.released += 1;
  } else {
    held.reserved += 40;
  }
  // As hard as it can be: where a number is asked for and taken in one step, everything that was replaced goes at once, not after a day.
  await catalog.quotas.compact("bob", Date.now() + (databaseOf(url).kind === "sqlite" ? 1000 : -86_400_000));
}
await catalog.close();
process.stdout.write(JSON.stringify(held));
