/** One recorder process from its start to its end: spawned, heard of every second, asked, stopped. It is never started again; its slot makes a new one. */
import { type ChildProcess, spawn } from "node:child_process";
import { env as ownEnvironment } from "node:process";
import { type RecorderMessage, recorderMessageSchema, type RecorderStats, ReplayError } from "@livekit-replay/contract";
import { WebSocket } from "ws";
import { readMessage } from "../message.js";
import { type ProcessSettings, writeEnvironment } from "../process/settings.js";
import type { RecorderLogger, RecorderTimings } from "./options.js";
import { forwardOutput } from "./output.js";
import { type Answer, PendingRequests, type RequestBody } from "./requests.js";
import type { RecorderSocket } from "./socket.js";

/** What a process says by itself. */
export type RecorderNotice = Exclude<RecorderMessage, { type: "hello" | "answer" | "done" | "tail" | "failed" }>;

/** Options of a `RecorderChild`. */
export interface RecorderChildOptions {
  readonly entry: string;
  readonly settings: ProcessSettings;
  readonly socket: RecorderSocket;
  readonly timings: RecorderTimings;
  readonly logger: RecorderLogger;
  readonly onUp: () => void;
  readonly onNotice: (notice: RecorderNotice) => void;
  /** The process has exited. Called once, before its waiting requests fail. */
  readonly onDown: (reason: string) => void;
}

/** Packets lie outside of the heap, so a large nursery would only be memory that nobody gives back: 20 MB less, for the same CPU. */
const smallNursery = "--max-semi-space-size=4";
/** The kernel hands over what a dead process had sent at once; this is only a limit. */
const LAST_WORDS_MS = 1_000;

/** One life. */
export class RecorderChild {
  readonly recorderId: string;
  readonly #options: RecorderChildOptions;
  readonly #process: ChildProcess;
  readonly #requests: PendingRequests;
  readonly #exited = Promise.withResolvers<void>();
  readonly #forgetSecret: () => void;
  #link: WebSocket | null = null;
  #isUp = false;
  #udpPort: number | null = null;
  #heartbeat: RecorderStats | null = null;
  #watchdog: NodeJS.Timeout;
  #invalidMessages = 0;
  #why = "it exited";
  /** Settled once nothing more can come from the connection. */
  #linkClosed: Promise<unknown> = Promise.resolve();

  /** Starts the process. */
  constructor(options: RecorderChildOptions) {
    const { entry, settings, socket, timings, logger } = options;
    this.recorderId = settings.recorderId;
    this.#options = options;
    this.#requests = new PendingRequests(timings.requestMs);
    const { secret, forget } = socket.expect((link) => this.#connected(link));
    this.#forgetSecret = forget;
    const environment = writeEnvironment(settings, secret, ownEnvironment);
    this.#process = spawn(process.execPath, [smallNursery, entry], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
    if (this.#process.stderr) forwardOutput(this.#process.stderr, this.recorderId, logger);
    this.#process.once("exit", (code, signal) => void this.#gone(signal === null ? `exit code ${code}` : `signal ${signal}`));
    this.#process.once("error", (error) => void this.#gone(error.message));
    this.#watchdog = setTimeout(() => this.kill("it did not say hello in time"), timings.helloLimitMs);
  }

  get pid(): number | null {
    return this.#process.pid ?? null;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get udpPort(): number | null {
    return this.#udpPort;
  }

  get heartbeat(): RecorderStats | null {
    return this.#heartbeat;
  }

  get counts(): { timeouts: number; invalidMessages: number } {
    return { timeouts: this.#requests.timeouts, invalidMessages: this.#invalidMessages };
  }

  /** Resolves when the process has exited. */
  get exited(): Promise<void> {
    return this.#exited.promise;
  }

  /** Asks it something. Throws `recorder_unavailable`, or what it answers. */
  ask(body: RequestBody): Promise<Answer> {
    const link = this.#link;
    if (!this.#isUp || link?.readyState !== WebSocket.OPEN) return Promise.reject(new ReplayError("recorder_unavailable"));
    return this.#requests.ask(body, (request) => link.send(JSON.stringify(request)));
  }

  /** Ends it without asking. */
  kill(why: string): void {
    this.#why = why;
    this.#process.kill("SIGKILL");
  }

  /** SIGTERM, then SIGKILL; resolves when it has exited. Idempotent. */
  async stop(): Promise<void> {
    const limit = setTimeout(() => this.kill("it did not stop in time"), this.#options.timings.stopLimitMs);
    this.#why = "it was stopped";
    this.#process.kill("SIGTERM");
    await this.exited;
    clearTimeout(limit);
  }

  #connected(link: WebSocket): void {
    this.#link = link;
    link.on("error", () => link.terminate());
    // Its own answer to a lost connection is to write what it has and exit.
    this.#linkClosed = new Promise((resolve) => void link.once("close", resolve));
    void this.#linkClosed.then(() => this.#guard(this.#options.timings.stopLimitMs, "it lost its connection and did not exit"));
    link.on("message", (data) => {
      const parsed = recorderMessageSchema.safeParse(readMessage(data));
      if (parsed.success) this.#message(parsed.data);
      else this.#invalid(parsed.error);
    });
  }

  #message(message: RecorderMessage): void {
    switch (message.type) {
      case "hello":
        this.#hello(message);
        break;
      case "answer":
      case "done":
      case "tail":
      case "failed":
        this.#requests.settle(message);
        break;
      case "heartbeat":
        this.#heartbeat = message.stats;
        this.#guard(this.#options.timings.heartbeatLimitMs, "no heartbeat came");
        this.#options.onNotice(message);
        break;
      case "segment":
      case "gap":
      case "publication":
      case "share":
      case "health":
        this.#options.onNotice(message);
        break;
    }
  }

  #hello(message: Extract<RecorderMessage, { type: "hello" }>): void {
    if (this.#isUp || message.recorderId !== this.recorderId) {
      this.#invalid(new Error("an unexpected hello"));
      return;
    }
    this.#isUp = true;
    this.#udpPort = message.udpPort;
    this.#guard(this.#options.timings.heartbeatLimitMs, "no heartbeat came");
    this.#options.onUp();
  }

  #invalid(error: unknown): void {
    this.#invalidMessages += 1;
    this.#options.logger.error({ err: error, recorderId: this.recorderId }, "a message of a recorder process does not fit the contract");
  }

  /** Kills it when nothing calls this again in time. */
  #guard(limitMs: number, why: string): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.kill(why), limitMs);
  }

  async #gone(how: string): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null && this.#process.pid !== undefined) return;
    this.#forgetSecret();
    this.#isUp = false;
    // What it said before it died is heard before its death is told.
    const limit = setTimeout(() => this.#link?.terminate(), LAST_WORDS_MS);
    await this.#linkClosed;
    clearTimeout(limit);
    clearTimeout(this.#watchdog);
    this.#options.onDown(`${this.#why} (${how})`);
    this.#requests.failAll();
    this.#exited.resolve();
  }
}
