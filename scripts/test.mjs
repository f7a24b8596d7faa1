/**
 * `npm test`: installs what the tests need, builds, runs every test, stops what it started, and ends with one line that sums up.
 * `npm test -- part-of-a-file-name` runs only the tests of packages and scripts whose files match.
 */
import { randomUUID } from "node:crypto";
import { command } from "./process/command.mjs";
import { step } from "./process/say.mjs";
import { build, buildForTests } from "./setup/build.mjs";
import { findNode } from "./setup/node.mjs";
import { installPackages } from "./setup/packages.mjs";
import { insideEnv } from "./setup/place.mjs";
import { ensureTestParts, testEnv } from "./setup/test-parts.mjs";
import { inTurn } from "./setup/turn.mjs";
import { endLeftovers, MARK } from "./tests/leftovers.mjs";
import { hasBrowserTests, hasExactness, runBrowserTests, runExactness, runVitest } from "./tests/stages.mjs";
import { lineOf, NONE, sum } from "./tests/tally.mjs";

const mark = randomUUID();
/** What failed, a line each. @type {string[]} */
const failures = [];
const filters = process.argv.slice(2);

/**
 * Installs and builds what the tests need.
 * @param {import("./process/children.mjs").Children} children
 * @returns {Promise<{ node: string, parts: NodeJS.ProcessEnv }>} path of Node 24, and where the parts of the tests are
 */
async function setUp(children) {
  await installPackages(children);
  const node = await findNode(children);
  const parts = await ensureTestParts(children);
  await build(children, node);
  await buildForTests(children, node);
  return { node, parts };
}

/**
 * Runs the stages.
 * @param {import("./process/children.mjs").Children} children
 * @param {{ node: string, parts: NodeJS.ProcessEnv }} setup
 * @returns {Promise<import("./tests/tally.mjs").Tally>}
 */
async function runStages(children, { node, parts }) {
  const env = { ...insideEnv(node), ...(await testEnv(children, parts)), [MARK]: mark };
  const bench = { children, node, env, failures };
  if (filters.length > 0) return await runVitest(bench, filters);
  const tallies = [await runVitest(bench, [])];
  if (await hasBrowserTests()) tallies.push(await runBrowserTests(bench));
  if (await hasExactness()) tallies.push(await runExactness(bench));
  return sum(tallies);
}

await command(async (children) => {
  const setup = await inTurn(() => setUp(children));
  /** @type {string[]} */
  let left = [];
  let tally = NONE;
  try {
    tally = await runStages(children, setup);
  } finally {
    await children.close();
    left = await endLeftovers(mark);
  }
  failures.forEach((line) => step("failed", line));
  left.forEach((line) => step("left", `still running after the tests: ${line}`));
  if (tally.skipped > 0) step("skipped", "a test that does not run proves nothing, so a skipped one fails the run");
  const all = sum([tally, { ...NONE, failed: left.length }]);
  process.stdout.write(`\n${lineOf(all)}\n`);
  return all.failed + all.skipped > 0 ? 1 : 0;
});
