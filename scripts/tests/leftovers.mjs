/** What a test run leaves running. Every process of a run inherits a mark in its environment, which Linux lets us read back. */
import { readdir, readFile } from "node:fs/promises";

/** Name of the environment variable that carries the mark. */
export const MARK = "LIVEKIT_REPLAY_TEST_RUN";

/** How long processes may take to end after the tests, in ms. */
const END_LIMIT_MS = 5_000;

/**
 * Processes whose environment holds the mark.
 * @param {string} mark
 * @returns {Promise<{ pid: number, command: string }[]>} empty where there is no /proc
 */
export async function marked(mark) {
  const entries = await readdir("/proc").catch(() => []);
  const found = entries
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .map(async (entry) => {
      const read = (/** @type {string} */ file) => readFile(`/proc/${entry}/${file}`, "utf8").catch(() => "");
      const environment = await read("environ");
      if (!environment.split("\0").includes(`${MARK}=${mark}`)) return [];
      return [{ pid: Number(entry), command: (await read("cmdline")).replaceAll("\0", " ").trim() }];
    });
  return (await Promise.all(found)).flat();
}

/**
 * Waits until no process of the run is left; kills those that stay, by their ids.
 * @param {string} mark
 * @param {number} [limitMs] how long to wait
 * @returns {Promise<string[]>} the commands of those that had to be killed
 */
export async function endLeftovers(mark, limitMs = END_LIMIT_MS) {
  const limit = Date.now() + limitMs;
  let left = await marked(mark);
  while (left.length > 0 && Date.now() < limit) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    left = await marked(mark);
  }
  for (const { pid } of left) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
    }
  }
  return left.map(({ command }) => command);
}
