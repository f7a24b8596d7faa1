/** What `npm test` counts, and what it notices after the tests. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { endLeftovers, MARK, marked } from "./leftovers.mjs";
import { failuresOfPlaywright, failuresOfVitest, lineOf, ofPlaywright, ofVitest, readLine, sum, withExitCode } from "./tally.mjs";

const tally = (passed: number, failed = 0, skipped = 0) => ({ passed, failed, skipped });

describe("tally", () => {
  it("says and reads the line that sums up", () => {
    expect(lineOf(tally(12, 1))).toBe("12 passed, 1 failed");
    expect(lineOf(tally(12, 1, 2))).toBe("12 passed, 1 failed, 2 skipped");
    expect(readLine("12 passed, 1 failed, 2 skipped")).toEqual(tally(12, 1, 2));
    expect(readLine("  12 passed, 0 failed")).toEqual(tally(12));
    expect(readLine("clips: 12 passed, 0 failed")).toBeUndefined();
  });

  it("adds", () => {
    expect(sum([tally(1, 2, 3), tally(4, 5, 6)])).toEqual(tally(5, 7, 9));
    expect(sum([])).toEqual(tally(0));
  });

  it("counts a runner that fails without a failed test", () => {
    expect(withExitCode(tally(5), 1)).toEqual(tally(5, 1));
    expect(withExitCode(tally(5, 2), 1)).toEqual(tally(5, 2));
    expect(withExitCode(tally(5), 0)).toEqual(tally(5));
  });

  it("counts a file that does not load as failed", () => {
    const counts = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 };
    const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((one) => ({ status: one })) });
    const report = { ...counts, testResults: [file("passed", "passed"), file("failed", "passed", "failed"), file("failed")] };
    expect(ofVitest(report)).toEqual(tally(3, 2, 2));
  });

  it("names what failed", () => {
    const test = (fullName: string, status: string) => ({ fullName, status });
    const file = (name: string, ...tests: ReturnType<typeof test>[]) => ({ name, status: "failed", assertionResults: tests });
    const testResults = [file("a.test.ts", test("good", "passed"), test("bad one", "failed")), file("b.test.ts")];
    expect(failuresOfVitest({ testResults })).toEqual(["a.test.ts > bad one", "b.test.ts does not load"]);
    const specs = [
      { title: "good", ok: true },
      { title: "bad", ok: false },
    ];
    const suite = { title: "", file: "a.spec.ts", specs };
    expect(failuresOfPlaywright({ suites: [{ ...suite, suites: [suite] }] })).toEqual(["a.spec.ts > bad", "a.spec.ts > bad"]);
  });

  it("counts a browser test that passed only when repeated as failed", () => {
    expect(ofPlaywright({ stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 1 }, errors: [{}] })).toEqual(tally(4, 3, 1));
  });
});

describe("leftovers", () => {
  it("finds a process of the run where the system tells, ends it, and finds it no more", async () => {
    const mark = randomUUID();
    const env = { ...process.env, [MARK]: mark };
    const child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1000)", "left-behind"], { env, detached: true });
    const exited = once(child, "exit");
    await once(child.stdout, "data");
    const tells = process.platform === "linux";
    expect(await marked(randomUUID())).toEqual([]);
    expect((await marked(mark)).map(({ pid }) => pid)).toEqual(tells ? [child.pid] : []);
    const ended = await endLeftovers(mark, 0);
    expect(ended.map((command) => command.split(" ").at(-1))).toEqual(tells ? ["left-behind"] : []);
    if (!tells) child.kill("SIGKILL");
    expect(await exited).toEqual([null, "SIGKILL"]);
    expect(await marked(mark)).toEqual([]);
  });
});
