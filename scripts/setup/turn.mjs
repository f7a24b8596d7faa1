/** One set-up at a time: a second command waits until the first has installed and built, instead of doing it under its feet. */
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError, step } from "../process/say.mjs";
import { CACHE } from "./place.mjs";

/** How long to wait for another command, in ms: a slow first install. */
const WAIT_LIMIT_MS = 20 * 60_000;

const PAUSE_MS = 500;

/**
 * Whether the process that holds the turn still lives.
 * @param {string} file
 * @returns {Promise<boolean>}
 */
async function isHeld(file) {
  const pid = Number(await readFile(file, "utf8").catch(() => "0"));
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes the turn if nobody has it. The file appears with its content, by a link, so that nobody sees it half written.
 * @param {string} file
 * @returns {Promise<boolean>}
 */
async function take(file) {
  const own = `${file}.${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  } finally {
    await rm(own, { force: true });
  }
  if (!(await isHeld(file))) await rm(file, { force: true });
  return false;
}

/**
 * Does something while no other command of this repository does such a thing.
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [folder] where the turn is kept; the cache folder by default
 * @returns {Promise<T>}
 * @throws {SetupError} when another command holds the turn too long
 */
export async function inTurn(work, folder = CACHE) {
  const file = join(folder, "setup.pid");
  await mkdir(folder, { recursive: true });
  const limit = Date.now() + WAIT_LIMIT_MS;
  for (let waited = false; !(await take(file)); waited = true) {
    if (!waited) step("wait", "another command is setting up");
    if (Date.now() > limit) throw new SetupError(`Another command has been setting up for too long. If there is none, delete ${file}.`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
