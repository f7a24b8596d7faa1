/** The embedded server as its host application sees it: opened and closed with the host, below the base path only. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Millis, millis, ReplayError, userIdSchema, wallMs } from "@livekit-replay/contract";
import { type Application, openApplication } from "../app/application.js";
import { Tokens } from "../auth/token.js";
import { readConfig } from "../config/read.js";
import { newId } from "../platform/ids.js";
import { problemOf, problemType } from "../platform/problem.js";
import { within } from "../platform/within.js";
import type { ReplayModuleOptions } from "./options.js";

/** Whom a token is for. */
export interface ReplayTokenOptions {
  readonly userId: string;
  readonly name: string;
  /** Instance admin: may everything. Default: false. */
  readonly admin?: boolean;
  /** Default: an hour. */
  readonly lifetimeSeconds?: number;
}

const defaultLifetimeSeconds = 60 * 60;
/** How long requests may go on when the host stops. */
const endLimit: Millis = millis(3000);

/** Provided by `ReplayModule`, for the host's services to inject. */
export class Replay {
  readonly #options: ReplayModuleOptions;
  readonly #answering = new Set<ServerResponse>();
  #application: Application | null = null;

  constructor(options: ReplayModuleOptions) {
    this.#options = options;
  }

  /** Opens the server. @throws ConfigError, and whatever keeps a part from opening */
  async open(): Promise<void> {
    const { env = {}, folder = process.cwd(), directory, channels, logDestination } = this.#options;
    this.#application = await openApplication({
      config: readConfig({ DEMO: "off", ...env }, folder),
      ...(directory ? { directory } : {}),
      ...(channels ? { channels } : {}),
      ...(logDestination ? { logDestination } : {}),
      belowBase: true,
      more: (fastify) => void fastify.addHook("onClose", () => this.#ended()),
    });
  }

  /** Answers a request of the host's HTTP server. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const application = this.#application;
    if (!application) {
      refuse(response);
      return;
    }
    this.#answering.add(response);
    response.once("close", () => this.#answering.delete(response));
    application.fastify.routing(request, response);
  }

  /** A token of this API for a person who has signed in with the host. @throws TypeError for a user id that cannot be one; Error when tokens come from `JWKS_URL` alone */
  async token({ userId, name, admin = false, lifetimeSeconds = defaultLifetimeSeconds }: ReplayTokenOptions): Promise<string> {
    if (!userIdSchema.safeParse(userId).success) throw new TypeError("userId: must be 1 to 150 bytes without control characters");
    const { nest, core } = this.#opened();
    const expiresAt = wallMs(core.clock.now() + lifetimeSeconds * 1000);
    return nest.get(Tokens).issue({ userId, name, admin, expiresAt });
  }

  /** Ends sessions, streams and requests, then the parts. Idempotent. */
  async close(): Promise<void> {
    await this.#application?.close();
  }

  #opened(): Application {
    if (!this.#application) throw new Error("the server is not open yet: it opens when the host application is initialised");
    return this.#application;
  }

  /** Event streams are over by now; what is still under way may end, but not for ever. */
  async #ended(): Promise<void> {
    const ended = [...this.#answering].map((response) => once(response, "close"));
    await within(endLimit, Promise.all(ended)).catch(() => undefined);
    for (const response of this.#answering) response.destroy();
  }
}

/** Before the host is initialised. */
function refuse(response: ServerResponse): void {
  const error = new ReplayError("recorder_unavailable", { detail: "The server is starting", retryAfterSeconds: 2 });
  const { status, headers, body } = problemOf(error, newId());
  response.writeHead(status, { ...headers, "content-type": problemType }).end(JSON.stringify(body));
}
