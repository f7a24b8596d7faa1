/**
 * `npm run image`: does the steps of deploy/Dockerfile in a folder, without Docker, starts what comes out, and asks it how it is.
 * With `--keep <folder>` the folder stays; else it is removed.
 */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { assemble } from "./image/assemble.mjs";
import { startImage } from "./image/start.mjs";
import { command } from "./process/command.mjs";
import { step } from "./process/say.mjs";

const { values } = parseArgs({ options: { keep: { type: "string" } } });

await command(async (children) => {
  const folder = values.keep ?? (await mkdtemp(join(tmpdir(), "replay-image-")));
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  try {
    const image = await assemble({ children, folder });
    for (const one of image.undone) step("not done", one);
    const running = await startImage(image, children, { JWT_SECRET: randomBytes(32).toString("hex") });
    const health = await running.health();
    const page = await fetch(running.url, { headers: { accept: "text/html" } });
    step("health", `exit code ${health}; the page answers ${page.status}`);
    const stopped = await running.close();
    step("stop", `exit code ${stopped}`);
    return health === 0 && page.ok && stopped === 0 ? 0 : 1;
  } finally {
    if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
  }
});
