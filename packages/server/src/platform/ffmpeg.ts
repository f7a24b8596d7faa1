/**
 * FFmpeg as a separate program: one process per job, niced, bounded in number and time, its standard error kept for the error's detail.
 * Where it is not installed the server runs all the same; what needs it says so.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { env as ownEnvironment } from "node:process";
import { Readable } from "node:stream";
import { type Micros, micros, ReplayError } from "@livekit-replay/contract";
import { plainEnvironment } from "./environment.js";

/** One run of FFmpeg. */
export interface FfmpegJob {
  /** Arguments after the standard ones (`-hide_banner -nostdin -loglevel error`). */
  readonly args: readonly string[];
  /** Bytes for its standard input. */
  readonly input?: readonly Uint8Array[];
  readonly limitMs: number;
  /** The folder that relative file names in `args` start from. Default: the server's. */
  readonly cwd?: string;
  /** Ends the job, waiting or running; it fails with the signal's reason then. */
  readonly signal?: AbortSignal;
  /** Hears how much of the output there is, about twice a second. */
  readonly onProgress?: (written: Micros) => void;
}

/** How FFmpeg is run. Defaults: `ffmpeg` on the path, one job at a time, 100 waiting. */
export interface FfmpegOptions {
  readonly program?: string;
  /** Jobs at the same time. */
  readonly parallel?: number;
  /** Jobs that may wait; one more is refused. */
  readonly waiting?: number;
}

const maxOutputBytes = 64 * 1024 * 1024;
const maxErrorBytes = 8 * 1024;
/** Where FFmpeg writes `-progress` when somebody listens. */
const progressPipe = 3;

/** Reads `-progress` lines (`out_time_us=1234`). */
function readProgress(stream: Readable, hear: (written: Micros) => void): void {
  let rest = "";
  stream.setEncoding("latin1");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(-256);
    for (const line of lines) {
      const written = Number(/^out_time_us=(\d+)$/.exec(line)?.[1] ?? Number.NaN);
      if (Number.isFinite(written)) hear(micros(written));
    }
  });
  stream.on("error", () => undefined);
}

/** Runs FFmpeg jobs, at most `parallel` at once. */
export class Ffmpeg {
  readonly #program: string;
  readonly #parallel: number;
  readonly #limit: number;
  readonly #running = new Set<ChildProcess>();
  readonly #waiting: (() => void)[] = [];
  #active = 0;
  #closed = false;

  constructor({ program = "ffmpeg", parallel = 1, waiting = 100 }: FfmpegOptions = {}) {
    this.#program = program;
    this.#parallel = parallel;
    this.#limit = waiting;
  }

  /** Whether the program can be started. */
  async available(): Promise<boolean> {
    return new Promise((resolve) => {
      const child = spawn(this.#program, ["-version"], { stdio: "ignore" });
      child.once("error", () => resolve(false));
      child.once("exit", (code) => resolve(code === 0));
    });
  }

  /**
   * Runs a job and answers its standard output (at most 64 MiB).
   * @throws ReplayError `concatenation_failed`, its cause holding the end of standard error; Error when too many wait or it was closed; the signal's reason.
   */
  async run(job: FfmpegJob): Promise<Uint8Array> {
    await this.#turn(job.signal);
    try {
      job.signal?.throwIfAborted();
      return await this.#spawn(job);
    } catch (error) {
      // What an aborted job fails with is of no interest.
      job.signal?.throwIfAborted();
      throw error;
    } finally {
      // The next one inherits the place, so that nobody can slip in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#active -= 1;
    }
  }

  /** Ends what runs; waiting jobs fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const ended = [...this.#running].map((child) => new Promise((resolve) => child.once("close", resolve)));
    for (const child of this.#running) child.kill("SIGKILL");
    await Promise.all(ended);
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#active < this.#parallel) {
      this.#active += 1;
      return;
    }
    if (this.#waiting.length >= this.#limit)
      throw new ReplayError("concatenation_failed", { cause: new Error("too many FFmpeg jobs wait") });
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        reject(signal?.reason as Error);
      };
      const begin = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      this.#waiting.push(begin);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  #arguments({ args, input, onProgress }: FfmpegJob): string[] {
    const progress = onProgress ? ["-progress", `pipe:${progressPipe}`] : [];
    return ["-n", "10", this.#program, "-hide_banner", ...(input ? [] : ["-nostdin"]), "-loglevel", "error", ...progress, ...args];
  }

  async #spawn(job: FfmpegJob): Promise<Uint8Array> {
    if (this.#closed) throw new Error("FFmpeg runner is closed");
    const child = spawn("nice", this.#arguments(job), {
      stdio: ["pipe", "pipe", "pipe", job.onProgress ? "pipe" : "ignore"],
      timeout: Math.ceil(job.limitMs),
      cwd: job.cwd,
      // It reads what strangers sent: the server's secrets are none of its business.
      env: plainEnvironment(ownEnvironment),
      killSignal: "SIGKILL",
    });
    this.#running.add(child);
    const kill = (): void => void child.kill("SIGKILL");
    job.signal?.addEventListener("abort", kill, { once: true });
    try {
      return await outcome(child, job);
    } finally {
      job.signal?.removeEventListener("abort", kill);
      this.#running.delete(child);
    }
  }
}

/** Feeds a process and waits for its end: only then nothing is written any more. */
async function outcome(child: ChildProcess, { input = [], onProgress }: FfmpegJob): Promise<Uint8Array> {
  const output: Buffer[] = [];
  let bytes = 0;
  let errors = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxOutputBytes) child.kill("SIGKILL");
    else output.push(chunk);
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString("utf8")).slice(-maxErrorBytes);
  });
  const progress = child.stdio[progressPipe];
  if (onProgress && progress instanceof Readable) readProgress(progress, onProgress);
  // It may end before it has read everything; its exit code tells then.
  child.stdin?.on("error", () => undefined);
  for (const piece of input) child.stdin?.write(piece);
  child.stdin?.end();
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(new ReplayError("concatenation_failed", { cause }));
    child.once("error", fail);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output));
      else fail(new Error(`FFmpeg ended with ${code ?? signal}: ${errors.trim()}`));
    });
  });
}
