/** Builds the recorder's program before tests start it: a child process is what is tested, so it runs what is shipped. */
import { mkdir, rmdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "@livekit-replay/peers";
import { vi } from "vitest";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const lock = join(tmpdir(), `livekit-replay-build-${Buffer.from(repository).toString("hex").slice(-24)}`);
/** What the recorder's program is made of; errors elsewhere in the server do not keep it from being built. */
const ownSources = /^packages\/(contract|media|server\/src\/(recorders|store|platform))\//;
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
  await vi.waitUntil(takeLock, { timeout: 55_000, interval: 100 });
  try {
    const output: Buffer[] = [];
    const args = [join(repository, "node_modules/typescript/bin/tsc"), "-b", join(repository, "packages/server/tsconfig.build.json")];
    const result = await run({ command: process.execPath, args, onStdout: (chunk) => output.push(chunk) });
    const errors = Buffer.concat(output)
      .toString("utf8")
      .split("\n")
      .filter((line) => line.includes("error TS") && ownSources.test(line));
    if (errors.length > 0 || result.exitCode < 0) throw new Error(`The recorder could not be built: ${errors.slice(0, 10).join("\n")}`);
  } finally {
    await rmdir(lock);
  }
  return join(repository, "packages/server/dist/recorders/process/main.js");
}
