/** What tests need besides Node and the packages: programs of the system, tools built from source, a screen; and how tests find them. */
import { MARK } from "../tests/leftovers.mjs";
import { startDisplay } from "./display.mjs";
import { CHROMIUM, ensurePrograms, FFMPEG, findProgram, REDIS, XVFB } from "./programs.mjs";
import { buildTools, ensureDatabase } from "./tools.mjs";

/** Whether the tests need a screen made for them: macOS has one, Linux in general not. */
const NEEDS_DISPLAY = process.platform !== "darwin";

/**
 * Makes sure that everything the tests need is here.
 * @param {import("../process/children.mjs").Children} children
 * @returns {Promise<NodeJS.ProcessEnv>} where it is: for `testEnv`
 * @throws {SetupError} that names what is missing and the command to type
 */
export async function ensureTestParts(children) {
  await ensurePrograms(children, [FFMPEG, CHROMIUM, REDIS, ...(NEEDS_DISPLAY ? [XVFB] : [])]);
  const tools = { ...(await buildTools(children)), ...(await ensureDatabase(children)) };
  return { ...tools, CHROMIUM_PATH: process.env["CHROMIUM_PATH"] ?? findProgram(CHROMIUM), REDIS_SERVER_PATH: findProgram(REDIS) };
}

/**
 * What tests find in their environment: where the parts are, and `DISPLAY` for a browser with a window. Inside `npm test` all of it is
 * there already.
 * @param {import("../process/children.mjs").Children} children
 * @param {NodeJS.ProcessEnv} parts what `ensureTestParts` gave
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function testEnv(children, parts) {
  if (process.env[MARK]) return {};
  return NEEDS_DISPLAY ? { ...parts, DISPLAY: await startDisplay(children) } : parts;
}
