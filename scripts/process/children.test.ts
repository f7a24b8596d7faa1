/** Processes are really stopped, with what they started themselves. */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Children } from "./children.mjs";

/** Prints its own id and that of a grandchild that would live for ten minutes, and goes on. */
const PARENT = `
  const { spawn } = require("node:child_process");
  const grandchild = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  process.stdout.write(grandchild.pid + "\\n");
`;

/** Whether a process runs. On Linux, one that is dead but not yet collected by its parent, as in some containers, does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Runs a script until it has said the id of its grandchild. */
async function startFamily(children: Children, script: string): Promise<{ grandchild: number; done: Promise<unknown> }> {
  let done: Promise<unknown> = Promise.resolve();
  const grandchild = await new Promise<number>((resolve) => {
    done = children.run(process.execPath, ["-e", script], { output: (line) => resolve(Number(line)) });
  });
  return { grandchild, done };
}

describe("Children", () => {
  const children: Children[] = [];
  const make = (): Children => {
    const made = new Children();
    children.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(children.splice(0).map((one) => one.close()));
  });

  it("gives the exit code and what was written", async () => {
    const script = 'console.log("one"); console.error("two"); process.exitCode = 3';
    const { code, output } = await make().run(process.execPath, ["-e", script], { output: "keep" });
    expect(code).toBe(3);
    expect(output.split("\n").toSorted()).toEqual(["", "one", "two"]);
  });

  it("says when there is no such program", async () => {
    await expect(make().run("no-such-program-here", [], { output: "keep" })).rejects.toThrow(/ENOENT/);
  });

  it("kills what a process leaves behind when it ends by itself", async () => {
    const { grandchild, done } = await startFamily(make(), `${PARENT} process.exit(0)`);
    await done;
    await vi.waitFor(() => expect(isAlive(grandchild)).toBe(false), { timeout: 5_000 });
  });

  it("stops a process with its family on close, more than once", async () => {
    const family = make();
    const { grandchild } = await startFamily(family, `${PARENT} setInterval(() => {}, 1000)`);
    await Promise.all([family.close(), family.close()]);
    await vi.waitFor(() => expect(isAlive(grandchild)).toBe(false), { timeout: 5_000 });
  });

  it("lets a process end in its own way on close", async () => {
    const family = make();
    const lines: string[] = [];
    const script = 'process.on("SIGTERM", () => { console.log("bye"); process.exit(7); }); console.log("up"); setInterval(() => {}, 1000)';
    let done: Promise<{ code: number }> = Promise.resolve({ code: 0 });
    await new Promise<void>((resolve) => {
      done = family.run(process.execPath, ["-e", script], { output: (line) => resolve(void lines.push(line)) });
    });
    await family.close();
    expect((await done).code).toBe(7);
    expect(lines).toEqual(["up", "bye"]);
  });

  it("starts nothing after close", async () => {
    const family = make();
    await family.close();
    await expect(family.run(process.execPath, ["-e", ""], {})).rejects.toThrow(/being stopped/);
  });

  it("stops what takes longer than its limit", async () => {
    const { code } = await make().run(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { output: "keep", limitMs: 300 });
    expect(code).not.toBe(0);
  });
});
