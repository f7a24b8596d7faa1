/** The stages of `npm test`: unit and medium tests, the browser tests, exactness in its short form. Each gives a tally. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { step } from "../process/say.mjs";
import { CACHE, ROOT } from "../setup/place.mjs";
import { failuresOfPlaywright, failuresOfVitest, NONE, ofPlaywright, ofVitest, readLine, sum, withExitCode } from "./tally.mjs";

/** How long a stage may take, in ms: more than on two quiet cores, less than a run that hangs. */
const LIMITS_MS = { vitest: 22 * 60_000, e2e: 14 * 60_000, exactness: 6 * 60_000 };

const REPORTS = join(CACHE, "reports");
const BROWSER_CONFIG = join(ROOT, "e2e", "playwright.config.ts");

/**
 * What a stage needs.
 * @typedef {object} Bench
 * @property {import("../process/children.mjs").Children} children
 * @property {string} node path of Node 24
 * @property {NodeJS.ProcessEnv} env
 * @property {string[]} failures what failed is added here, a line each
 */

/**
 * An empty place for a runner's report.
 * @param {string} name
 * @returns {Promise<string>}
 */
async function reportFile(name) {
  await mkdir(REPORTS, { recursive: true });
  const file = join(REPORTS, name);
  await rm(file, { force: true });
  return file;
}

/**
 * Reads a runner's report; a runner that died early wrote none.
 * @template T
 * @template U
 * @param {string} file
 * @param {{ tally: (report: T) => import("./tally.mjs").Tally, failures: (report: U) => string[] }} reader
 * @param {{ code: number, failures: string[] }} outcome the runner's exit code, and where what failed is added
 */
async function read(file, reader, { code, failures }) {
  if (!existsSync(file)) return withExitCode(NONE, code === 0 ? 1 : code);
  const report = JSON.parse(await readFile(file, "utf8"));
  failures.push(...reader.failures(report));
  return withExitCode(reader.tally(report), code);
}

/**
 * Runs the tests of all packages and scripts.
 * @param {Bench} bench
 * @param {readonly string[]} filters parts of file names; all tests when empty
 */
export async function runVitest({ children, node, env, failures }, filters) {
  step("vitest", filters.length > 0 ? `tests that match ${filters.join(", ")}` : "tests of all packages");
  const file = await reportFile("vitest.json");
  const args = [
    join(ROOT, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ];
  const { code } = await children.run(node, [...args, ...filters], { cwd: ROOT, env, limitMs: LIMITS_MS.vitest });
  return await read(file, { tally: ofVitest, failures: failuresOfVitest }, { code, failures });
}

/**
 * Whether there are browser tests.
 * @returns {Promise<boolean>}
 */
export async function hasBrowserTests() {
  const files = await readdir(join(ROOT, "e2e"), { recursive: true }).catch(() => []);
  return files.some((file) => /\.(spec|test)\.ts$/.test(file));
}

/**
 * Runs the browser tests that fit into half an hour with everything else; `npm run e2e` runs all of them, also those that are tagged `@long`.
 * @param {Bench} bench
 */
export async function runBrowserTests({ children, node, env, failures }) {
  step("e2e", "the page in a real browser");
  const file = await reportFile("e2e.json");
  const args = [join(ROOT, "node_modules", "@playwright", "test", "cli.js"), "test", `--config=${BROWSER_CONFIG}`, "--reporter=list,json"];
  const reporting = { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file, E2E_SHORT: "1" };
  const { code } = await children.run(node, args, { cwd: ROOT, env: reporting, limitMs: LIMITS_MS.e2e });
  return await read(file, { tally: ofPlaywright, failures: failuresOfPlaywright }, { code, failures });
}

/**
 * Whether `npm run exactness` is there.
 * @returns {Promise<boolean>}
 */
export async function hasExactness() {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  return "exactness" in scripts;
}

/**
 * Runs the short form of `npm run exactness`. Lines that sum up are taken into the tally and not printed, so that the last line is the only such one.
 * @param {Bench} bench
 */
export async function runExactness({ children, env }) {
  step("exact", "clips judged frame by frame, short form");
  /** @type {import("./tally.mjs").Tally[]} */
  const tallies = [];
  const hear = (/** @type {string} */ line) => {
    const tally = readLine(line);
    if (tally) tallies.push(tally);
    else process.stdout.write(`${line}\n`);
  };
  const args = ["run", "--silent", "exactness", "--", "--short"];
  const { code } = await children.run("npm", args, { cwd: ROOT, env, output: hear, limitMs: LIMITS_MS.exactness });
  const passed = tallies.length === 0 && code === 0 ? { ...NONE, passed: 1 } : sum(tallies);
  return withExitCode(passed, code);
}
