/** Builds the recorder's program before tests start it: a child process is what is tested, so it runs what is shipped. */
import { mkdir, rmdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "@livekit-replay/peers";
import { expect } from "vitest";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const lock = join(tmpdir(), `livekit-replay-build-${Buffer.from(repository).toString("hex").slice(-24)}`);
/** A builder that was killed leaves its lock behind. */
const STALE_MS = 45_000;

async function takeLock(): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch {
    const made = await stat(lock).catch(() => null);
    if (made && Date.now() - made.mtimeMs > STALE_MS) await rmdir(lock).catch(() => {});
    return false;
  }
}

/** The compiled entry of the recorder process, up to date. Test files that ask at the same time build one after the other. */
export async function buildRecorder(): Promise<string> {
  await expect.poll(takeLock, { timeout: 55_000, interval: 100 }).toBe(true);
  try {
    const output: Buffer[] = [];
    const args = [join(repository, "node_modules/typescript/bin/tsc"), "-b", join(repository, "packages/server/tsconfig.build.json")];
    const result = await run({ command: process.execPath, args, onStdout: (chunk) => output.push(chunk) });
    if (result.exitCode !== 0) throw new Error(`The server could not be built: ${Buffer.concat(output).toString("utf8").slice(0, 2_000)}`);
  } finally {
    await rmdir(lock);
  }
  return join(repository, "packages/server/dist/recorders/process/main.js");
}
