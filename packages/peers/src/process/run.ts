/** Runs a program (FFmpeg, ffprobe) with its pipes streamed, so that a judge never holds a decoded clip in memory. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** How to run a program. Sinks are called as bytes and lines come; none may throw. */
export interface RunOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Written to standard input, with back-pressure. */
  readonly stdin?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly onStdout?: (chunk: Buffer) => void;
  /** What the program writes to file descriptor 3. */
  readonly onExtra?: (chunk: Buffer) => void;
  readonly onStderrLine?: (line: string) => void;
}

/** A program that ended: its exit code and the last lines of its standard error (at most 40). */
export interface RunResult {
  readonly exitCode: number;
  readonly stderrTail: readonly string[];
}

const KEPT_LINES = 40;

/** Splits a stream into lines and hands each over. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}

/**
 * Runs a program to its end.
 * @throws Error when it cannot be started (it is not installed). A bad exit code is the caller's to judge.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const child = spawn(options.command, [...options.args], {
    stdio: [options.stdin ? "pipe" : "ignore", "pipe", "pipe", options.onExtra ? "pipe" : "ignore"],
  });
  const ended = once(child, "close");
  const stderrTail: string[] = [];
  const [, stdout, stderr, extra] = child.stdio;
  if (stdout) stdout.on("data", options.onStdout ?? (() => {}));
  if (extra) (extra as Readable).on("data", options.onExtra ?? (() => {}));
  if (stderr) {
    readLines(stderr, (line) => {
      stderrTail.push(line);
      if (stderrTail.length > KEPT_LINES) stderrTail.shift();
      options.onStderrLine?.(line);
    });
  }
  if (options.stdin && child.stdin) {
    // A program that stops early closes its input: its exit code tells, not the broken pipe.
    child.stdin.on("error", () => {});
    for await (const chunk of options.stdin) {
      if (!child.stdin.writable) break;
      if (!child.stdin.write(chunk)) await Promise.race([once(child.stdin, "drain"), ended]);
    }
    child.stdin.end();
  }
  const [exitCode] = (await ended) as [number | null];
  return { exitCode: exitCode ?? -1, stderrTail };
}

/**
 * Runs a program and gives its standard output as text.
 * @throws Error with the end of its standard error when the exit code is not 0.
 */
export async function runForText(command: string, args: readonly string[]): Promise<string> {
  const chunks: Buffer[] = [];
  const result = await run({ command, args, onStdout: (chunk) => chunks.push(chunk) });
  if (result.exitCode !== 0) throw new Error(`${command} ended with ${result.exitCode}: ${result.stderrTail.join("\n")}`);
  return Buffer.concat(chunks).toString("utf8");
}
