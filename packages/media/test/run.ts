/** Runs a program to its end for a test: what it wrote, or an error with its standard error. */
import { spawn } from "node:child_process";

/** What a program wrote before it ended well. */
export interface Finished {
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** `input` is written to the program's standard input. Fails when the exit code is not 0. */
export function run(program: string, args: readonly string[], input?: Uint8Array): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => {});
    child.on("error", reject);
    child.on("close", (code) => {
      const stderr = Buffer.concat(err).toString();
      if (code === 0) resolve({ stdout: Buffer.concat(out), stderr });
      else reject(new Error(`${program} exited with ${code}: ${stderr.slice(-2000)}`));
    });
    child.stdin.end(input);
  });
}
