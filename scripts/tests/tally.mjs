/** How many tests passed and failed, read from what the runners write. A runner that fails without a failed test counts as one. */

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/** Nothing ran. @type {Tally} */
export const NONE = { passed: 0, failed: 0, skipped: 0 };

/** The line that sums up, alone on its line. */
const LINE = /^\s*(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/;

/**
 * Adds tallies.
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  const add = (/** @type {Tally} */ a, /** @type {Tally} */ b) => ({
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  });
  return tallies.reduce(add, NONE);
}

/**
 * The line that says a tally.
 * @param {Tally} tally
 * @returns {string}
 */
export function lineOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * Reads such a line.
 * @param {string} line
 * @returns {Tally | undefined} undefined when the line is another
 */
export function readLine(line) {
  const found = LINE.exec(line);
  return found ? { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0) } : undefined;
}

/**
 * What a runner's exit code adds to its tally.
 * @param {Tally} tally
 * @param {number} code exit code of the runner
 * @returns {Tally}
 */
export function withExitCode(tally, code) {
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/**
 * The tally of Vitest's JSON report. A file that does not load has no tests, and counts as one failed.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {Tally}
 */
export function ofVitest(report) {
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * What failed in Vitest's JSON report, a line each: the end of a long output must say it.
 * @param {{ testResults: { name: string, status: string, assertionResults: { status: string, fullName: string }[] }[] }} report
 * @returns {string[]}
 */
export function failuresOfVitest({ testResults }) {
  return testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed").map((test) => `${name} > ${test.fullName}`);
    return status === "failed" && failed.length === 0 ? [`${name} does not load`] : failed;
  });
}

/**
 * @typedef {object} Suite
 * @property {string} title
 * @property {string} file
 * @property {Suite[]} [suites]
 * @property {{ title: string, ok: boolean }[]} specs
 */

/**
 * What failed in Playwright's JSON report, a line each.
 * @param {{ suites: Suite[] }} report
 * @returns {string[]}
 */
export function failuresOfPlaywright({ suites }) {
  const of = (/** @type {Suite} */ { file, specs, suites: inner = [] }) => [
    ...specs.filter((spec) => !spec.ok).map((spec) => `${file} > ${spec.title}`),
    ...failuresOfPlaywright({ suites: inner }),
  ];
  return suites.flatMap(of);
}

/**
 * The tally of Playwright's JSON report. A test that passed only when repeated has failed.
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors: unknown[] }} report
 * @returns {Tally}
 */
export function ofPlaywright({ stats, errors }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped };
}
