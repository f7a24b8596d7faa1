/** Ends sessions that other servers have, for what happens here and reaches further than one request: removals above all. */
import type { SessionRow } from "../catalog/port.js";
import type { Servers, ServersLogger } from "./servers.js";

/** Where a server is asked to end a session of its own. */
const endPath = "/servers/end";

/** The end of an egress is waited for a while there. */
const limitMs = 15_000;

/** Asks the others. */
export class OtherServers {
  readonly #servers: Servers;
  readonly #logger: ServersLogger;

  constructor(servers: Servers, logger: ServersLogger) {
    this.#servers = servers;
    this.#logger = logger;
  }

  /** Whether a session is another server's by its row, be that server alive or not. */
  isTheirs({ serverId }: SessionRow): boolean {
    return serverId !== null && serverId !== this.#servers.id;
  }

  /** True when another living server had the session and has ended it, recorder and row. False: that is up to who asks. */
  async end({ id: sessionId, serverId }: SessionRow, why: "stop" | "share"): Promise<boolean> {
    const server = serverId === null ? null : this.#servers.addressOf(serverId);
    if (!server) return false;
    try {
      await this.#servers.calls.post(server, endPath, { sessionId, why }, limitMs);
      return true;
    } catch (error) {
      this.#logger.warn({ err: error, sessionId, serverId }, "the server that has a session did not end it: it is ended without it");
      return false;
    }
  }
}
