/** A program that runs beside a test: started, watched until it is ready, killed or stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** How to start a program. */
export interface BackgroundOptions {
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether its standard output is kept among its words. Default true; without, `stdout` is the caller's to read. */
  readonly keepStdout?: boolean;
}

/** Why a program that ended did so: an exit code, or a signal. */
export interface BackgroundEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

const KEPT_LINES = 200;
const KEPT_LINE_LENGTH = 2_000;
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 50;

/** A running program. Its last 200 lines are kept for the messages of failures. `close` may be called at any time, more than once. */
export class BackgroundProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #lines: string[] = [];
  readonly #ended: Promise<BackgroundEnd>;
  #end: BackgroundEnd | null = null;

  private constructor(child: ChildProcess, options: BackgroundOptions) {
    this.#child = child;
    this.#name = options.command.split("/").at(-1) ?? options.command;
    this.#ended = new Promise((resolve) => {
      const settle = (end: BackgroundEnd): void => {
        this.#end ??= end;
        resolve(this.#end);
      };
      child.once("exit", (exitCode, signal) => settle({ exitCode, signal }));
      child.once("error", () => settle({ exitCode: 1, signal: null }));
    });
    this.#keep(child.stderr);
    if (options.keepStdout ?? true) this.#keep(child.stdout);
  }

  /**
   * Starts a program.
   * @throws Error when it is not there.
   */
  static async start(options: BackgroundOptions): Promise<BackgroundProcess> {
    const child = spawn(options.command, [...(options.args ?? [])], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const background = new BackgroundProcess(child, options);
    // A program that ends closes its input: its end tells, not the broken pipe.
    child.stdin?.on("error", () => {});
    await once(child, "spawn").catch((error: unknown) => {
      throw new Error(`${options.command} cannot be started; npm test installs what the tests need`, { cause: error });
    });
    return background;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it wrote last, for messages. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get stdout(): Readable {
    if (!this.#child.stdout) throw new Error(`${this.#name} has no standard output`);
    return this.#child.stdout;
  }

  /** Null while it runs. */
  get end(): BackgroundEnd | null {
    return this.#end;
  }

  /** Resolves when it has ended, however. */
  get ended(): Promise<BackgroundEnd> {
    return this.#ended;
  }

  /** Writes to its standard input. */
  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /**
   * Asks again and again until the program answers.
   * @throws Error with its last lines when it ends before, or takes longer than `limitMs`.
   */
  async ready(answers: () => Promise<boolean>, limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await answers().catch(() => false))) {
      if (this.#end || performance.now() > deadline)
        throw new Error(`${this.#name} is not ready${this.#end ? ` (it ended)` : ""}:\n${this.#lines.join("\n")}`);
      await Promise.race([delay(POLL_MS), this.#ended]);
    }
  }

  /** Sends a signal; nothing happens when it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#end) this.#child.kill(signal);
  }

  /** Kills it without a word, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#ended;
  }

  /** Asks it to stop (by SIGTERM, or by the end of its input), kills it when it does not within 10 s, and resolves when it is gone. */
  async close(by: "signal" | "input" = "signal"): Promise<void> {
    if (by === "input") this.#child.stdin?.end();
    else this.signal("SIGTERM");
    const limit = setTimeout(() => this.signal("SIGKILL"), STOP_LIMIT_MS);
    await this.#ended;
    clearTimeout(limit);
  }

  #keep(stream: Readable | null): void {
    let rest = "";
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = (lines.pop() ?? "").slice(0, KEPT_LINE_LENGTH);
      for (const line of lines) if (line !== "") this.#lines.push(line.slice(0, KEPT_LINE_LENGTH));
      this.#lines.splice(0, this.#lines.length - KEPT_LINES);
    });
  }
}
