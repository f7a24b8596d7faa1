/** A real server of MongoDB's protocol on a free port of the loopback address: `mongod` where it is installed, else FerretDB with SQLite behind it. */
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackgroundProcess } from "../process/background.js";
import { builtTool } from "../process/built.js";
import { freeTcpPort } from "../process/port.js";
import { runForText } from "../process/run.js";

/** Options of `MongoServer.start`. */
export interface MongoServerOptions {
  /** Where it keeps its data; it must exist, and stays. Default: a temporary folder that is removed with it. */
  readonly folder?: string;
}

const READY_LIMIT_MS = 30_000;
const ANSWER_LIMIT_MS = 1_000;

/** Both listen only when they can answer. */
async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    return true;
  } finally {
    socket.destroy();
  }
}

/** Linux says it in a file; other systems have `ps`. */
async function standsStill(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (stat !== null) return /\) T /.test(stat);
  return (await runForText("ps", ["-o", "state=", "-p", String(pid)])).trim().startsWith("T");
}

/** `MONGOD_PATH` is set by `npm test` where there is one. */
function commandFor(port: number, folder: string): { command: string; args: string[] } {
  const mongod = process.env["MONGOD_PATH"] ?? "";
  if (mongod === "")
    return {
      command: process.env["FERRETDB_PATH"] ?? builtTool("ferretdb"),
      args: ["-address", `127.0.0.1:${port}`, "-folder", folder, "-until-input-ends"],
    };
  const place = ["--bind_ip", "127.0.0.1", "--port", String(port), "--dbpath", folder];
  return { command: mongod, args: [...place, "--nounixsocket", "--quiet"] };
}

/** A running server. `kill` and `restart` keep the port and the data. `close` may be called more than once. */
export class MongoServer {
  readonly port: number;
  readonly folder: string;
  readonly #temporary: boolean;
  #process: BackgroundProcess | null = null;
  #closed = false;

  private constructor(port: number, folder: string, temporary: boolean) {
    this.port = port;
    this.folder = folder;
    this.#temporary = temporary;
  }

  /**
   * Starts one and resolves when it answers.
   * @throws Error with its last lines when it does not start.
   */
  static async start(options: MongoServerOptions = {}): Promise<MongoServer> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "replay-mongo-")));
    const server = new MongoServer(await freeTcpPort(), folder, options.folder === undefined);
    try {
      await server.restart();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** Address of a database on it. */
  url(database: string): string {
    return `mongodb://127.0.0.1:${this.port}/${database}`;
  }

  /** 0 while it is not running. */
  get pid(): number {
    return this.#process?.end === null ? this.#process.pid : 0;
  }

  /** What it wrote last. */
  get lines(): readonly string[] {
    return this.#process?.lines ?? [];
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** SIGSTOP: it keeps its connections and answers nothing, as behind a network that swallows everything. Resolves when it stands still; `restart` ends it. */
  async freeze(): Promise<void> {
    const frozen = this.#process;
    frozen?.signal("SIGSTOP");
    await frozen?.ready(() => standsStill(frozen.pid), ANSWER_LIMIT_MS);
  }

  /** Stops it if it runs, starts it again on the same port and data, and resolves when it answers. */
  async restart(): Promise<void> {
    if (this.#closed) throw new Error("This database server was closed");
    await this.#process?.kill();
    const started = await BackgroundProcess.start(commandFor(this.port, this.folder));
    this.#process = started;
    try {
      await started.ready(() => listens(this.port), READY_LIMIT_MS);
    } catch (error) {
      await started.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#process?.close();
    if (this.#temporary) await rm(this.folder, { recursive: true, force: true });
  }
}
