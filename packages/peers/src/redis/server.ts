/** A real Redis on a free port of the loopback address: what livekit-server and egress talk by. */
import { once } from "node:events";
import { connect } from "node:net";
import { BackgroundProcess } from "../process/background.js";
import { freeTcpPort } from "../process/port.js";

/** Options of `RedisServer.start`. */
export interface RedisServerOptions {
  /** Where it keeps its data over a kill. Without one it forgets everything with its end. */
  readonly folder?: string;
}

const READY_LIMIT_MS = 15_000;
const ANSWER_LIMIT_MS = 1_000;

/** Whether something that speaks Redis's protocol answers on a port. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
    await once(socket, "connect", { signal: limit });
    socket.write("PING\r\n");
    const [reply] = (await once(socket, "data", { signal: limit })) as [Buffer];
    return reply.toString("latin1").startsWith("+PONG");
  } finally {
    socket.destroy();
  }
}

/** A running Redis. `kill` and `restart` keep the port. `close` may be called more than once. */
export class RedisServer {
  readonly port: number;
  readonly #options: RedisServerOptions;
  #process: BackgroundProcess | null = null;
  #closed = false;

  private constructor(port: number, options: RedisServerOptions) {
    this.port = port;
    this.#options = options;
  }

  /**
   * Starts one and resolves when it answers. The program is `REDIS_SERVER_PATH`, else `redis-server` on the path.
   * @throws Error with its last lines when it does not start.
   */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await freeTcpPort(), options);
    await server.restart();
    return server;
  }

  /** Host and port, as livekit-server's configuration wants it. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `redis://${this.address}`;
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

  /** Stops it if it runs, starts it again on the same port, and resolves when it answers. */
  async restart(): Promise<void> {
    if (this.#closed) throw new Error("This Redis was closed");
    await this.#process?.close();
    const { folder } = this.#options;
    const kept = folder === undefined ? ["--save", "", "--appendonly", "no"] : ["--appendonly", "yes", "--dir", folder];
    const started = await BackgroundProcess.start({
      command: process.env["REDIS_SERVER_PATH"] ?? "redis-server",
      args: ["--bind", "127.0.0.1", "--port", String(this.port), ...kept],
    });
    this.#process = started;
    try {
      await started.ready(() => answers(this.port), READY_LIMIT_MS);
    } catch (error) {
      await started.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#process?.close();
  }
}
