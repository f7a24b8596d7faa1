/**
 * The processes that a command starts. Each has its own process group, so that it can be stopped with all it started itself,
 * and nothing else. Used by start, test and check; runs on Node 20 without any package.
 */
import { spawn } from "node:child_process";

/** How long a process may take to stop by itself before it is killed, in ms. */
const STOP_LIMIT_MS = 20_000;

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] the whole environment; the caller's own by default
 * @property {string} [cwd] the caller's own by default
 * @property {number} [limitMs] how long it may take before it is stopped; no limit by default
 * @property {"show" | "keep" | ((line: string) => void)} [output] show it (default), keep it for the result, or hear each line
 */

/**
 * @typedef {object} Result
 * @property {number} code exit code; 1 when a signal ended it
 * @property {string} output what it wrote, when kept
 */

/**
 * Sends a signal to a process group; one that is gone already is no error.
 * @param {number | undefined} group id of the group: the pid of its first process
 * @param {NodeJS.Signals} signal
 */
function signalGroup(group, signal) {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}

/**
 * Hands complete lines of a stream on.
 * @param {NodeJS.ReadableStream} stream
 * @param {(line: string) => void} hear
 */
function lines(stream, hear) {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    parts.forEach(hear);
  });
  stream.on("end", () => {
    if (rest) hear(rest);
  });
}

/** Starts processes, waits for them, and stops all of them. `close()` may be called at any time, more than once. */
export class Children {
  /** @type {Map<import("node:child_process").ChildProcess, Promise<number>>} */
  #running = new Map();
  /** Set once stopping has begun: when all have ended. @type {Promise<void> | undefined} */
  #closed;

  /**
   * Starts a process that goes on while others run.
   * @param {string} command
   * @param {readonly string[]} args
   * @param {import("node:child_process").SpawnOptions} options
   * @returns {{ child: import("node:child_process").ChildProcess, done: Promise<number> }} `done` gives the exit code once its output has ended too
   */
  start(command, args, options) {
    if (this.#closed) throw new Error(`${command} was not started: the command is being stopped.`);
    const child = spawn(command, args, { ...options, detached: true });
    // Whatever a process leaves behind holds its pipes open, so its group goes first, then the streams end.
    child.once("exit", () => signalGroup(child.pid, "SIGKILL"));
    /** @type {Promise<number>} */
    const ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    const done = ended.finally(() => this.#running.delete(child));
    this.#running.set(child, done);
    done.catch(() => undefined);
    return { child, done };
  }

  /**
   * Runs a process to its end.
   * @param {string} command
   * @param {readonly string[]} args
   * @param {RunOptions} [options]
   * @returns {Promise<Result>}
   */
  async run(command, args, options = {}) {
    const { output = "show", limitMs, ...rest } = options;
    const stream = output === "show" ? "inherit" : "pipe";
    const { child, done } = this.start(command, args, { ...rest, stdio: ["ignore", stream, stream] });
    let kept = "";
    const hear = typeof output === "function" ? output : (/** @type {string} */ line) => void (kept += `${line}\n`);
    if (child.stdout) lines(child.stdout, hear);
    if (child.stderr) lines(child.stderr, hear);
    const timer = limitMs === undefined ? undefined : setTimeout(() => void this.#stop(child, done), limitMs);
    const code = await done.finally(() => clearTimeout(timer));
    return { code, output: kept };
  }

  /**
   * Asks every process to stop, waits for it, and kills what is left of its group. No process starts after that.
   * @returns {Promise<void>}
   */
  close() {
    this.#closed ??= Promise.all([...this.#running].map(([child, done]) => this.#stop(child, done))).then(() => undefined);
    return this.#closed;
  }

  /** Kills every process and what it started, now. `close()` tells when they are gone. */
  kill() {
    void this.close();
    for (const child of this.#running.keys()) signalGroup(child.pid, "SIGKILL");
  }

  /**
   * @param {import("node:child_process").ChildProcess} child
   * @param {Promise<number>} done
   */
  async #stop(child, done) {
    child.kill("SIGTERM");
    const timer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), STOP_LIMIT_MS);
    await done.catch(() => undefined);
    clearTimeout(timer);
  }
}
