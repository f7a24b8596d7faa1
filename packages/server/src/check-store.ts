/** `npm run check-store [-- --repair]`: looks through disk and catalogue of this configuration, beside a running server or without one. */
import { ReplayError } from "@livekit-replay/contract";
import { openCatalog } from "./catalog/open.js";
import { environmentConfig } from "./config/environment.js";
import { type Config, ConfigError } from "./config/read.js";
import { systemClock } from "./platform/clock.js";
import { isFile } from "./platform/folder.js";
import { createLogger } from "./platform/log.js";
import { QuotaLedger } from "./quotas/ledger.js";
import { checkCommand } from "./store/check-command.js";
import { inspectStore } from "./store/open.js";

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

async function check({ database, storageRoot, quotaBytes, buffer }: Config, repair: boolean): Promise<0 | 1> {
  if (database.kind === "sqlite" && !(await isFile(database.file))) {
    complain(`There is no catalogue at ${database.file}: is DATABASE_URL right?`);
    return 1;
  }
  const catalog = await openCatalog(database);
  try {
    const ledger = new QuotaLedger({ rows: catalog.quotas, clock: systemClock, defaultLimitBytes: quotaBytes });
    // What was mended is printed; the log would say it twice.
    const logger = createLogger("silent");
    const store = inspectStore({
      root: storageRoot,
      catalog,
      ledger,
      clock: systemClock,
      logger,
      bufferMs: buffer.window,
      graceMs: buffer.grace,
    });
    return await checkCommand({ store, repair, print });
  } finally {
    await catalog.close();
  }
}

async function main(words: readonly string[]): Promise<0 | 1> {
  const unknown = words.filter((word) => word !== "--repair");
  if (unknown.length > 0) {
    complain(`Unknown: ${unknown.join(" ")}. Only --repair is known.`);
    return 1;
  }
  try {
    return await check(environmentConfig(), words.includes("--repair"));
  } catch (error) {
    if (error instanceof ConfigError) complain(`The configuration is wrong:\n${error.message}`);
    else if (error instanceof ReplayError) complain(error.message);
    else throw error;
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
