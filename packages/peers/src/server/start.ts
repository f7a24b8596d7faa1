/** Starts the built server as a process of its own, in a folder of its own, for programs that judge and measure it from outside. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Options of `ServerProcess.start`. */
export interface ServerOptions {
  /** Where segments, clips and catalogue go. */
  readonly folder: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Added to the environment; wins over what is set here. */
  readonly env?: Readonly<Record<string, string>>;
}

const MAIN = fileURLToPath(new URL("../../../server/dist/main.js", import.meta.url));
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;
const KEPT_LINES = 60;

/** Programs that judge and measure ask more often than people do. */
const unlimited = Object.fromEntries(["START", "CAPTURE", "SHARE", "WRITE", "SIGN_IN"].map((kind) => [`RATE_${kind}_PER_MINUTE`, "off"]));

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** A running server. `close` asks it to stop and waits; it may be called twice. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #log: string[] = [];
  readonly #exited: Promise<unknown>;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    this.#exited = once(child, "exit");
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8");
      stream?.on("data", (text: string) => {
        this.#log.push(...text.split("\n").filter((line) => line !== ""));
        this.#log.splice(0, this.#log.length - KEPT_LINES);
      });
    }
  }

  /**
   * Starts it on the loopback address and waits until it says that it is ready.
   * @throws Error with the end of its log when it does not become ready.
   */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const port = options.port ?? (await freePort());
    const child = spawn(process.execPath, [MAIN], {
      cwd: options.folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PORT: String(port),
        HOST: "127.0.0.1",
        FILE_UPLOAD_DEST: options.folder,
        DATABASE_URL: `sqlite:${options.folder}/catalog.db`,
        DEMO: "on",
        LOG_LEVEL: "warn",
        ...unlimited,
        ...options.env,
      },
    });
    const server = new ServerProcess(child, `http://127.0.0.1:${port}`);
    try {
      await server.#ready();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The last lines that it wrote. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** Processes that it started itself: its recorders (and whatever runs at this moment). Linux only. */
  async childPids(): Promise<number[]> {
    const text = await readFile(`/proc/${this.pid}/task/${this.pid}/children`, "utf8");
    return text.trim().split(/\s+/).filter(Boolean).map(Number);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    const limit = setTimeout(() => this.#child.kill("SIGKILL"), STOP_LIMIT_MS);
    await this.#exited;
    clearTimeout(limit);
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + START_LIMIT_MS;
    for (;;) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      if (this.#child.exitCode !== null || performance.now() > deadline)
        throw new Error(`The server is not ready:\n${this.#log.join("\n")}`);
      await delay(100);
    }
  }
}
