/** This server among the others, as the parts of the server need it. */
import { networkInterfaces } from "node:os";
import type { Catalog } from "../catalog/port.js";
import type { Config } from "../config/read.js";
import { Claims } from "../servers/claims.js";
import { Servers, type ServersLogger } from "../servers/servers.js";
import { ServerSigner } from "../servers/signature.js";
import type { StoreSharing } from "../store/sharing.js";

/** What it is opened with. */
export interface OpenServersOptions {
  readonly catalog: Catalog;
  /** The one that all servers on a database share. */
  readonly secret: string;
  readonly logger: ServersLogger;
}

/** The parts, and what others know of them. */
export interface ServerGroup {
  readonly servers: Servers;
  readonly signer: ServerSigner;
  readonly claims: Claims;
  readonly sharing: StoreSharing;
  /** From now on this server answers: at this address, or (null) to nobody but its own host. The next one may start. */
  serve(url: string | null): Promise<void>;
  /** Gives up everything. Idempotent. */
  close(): Promise<void>;
}

/** Servers start one after the other, so that each knows whether another one has work under way while it looks for what a crash left. */
const startClaim = "start";
const startPatienceMs = 30 * 60_000;

/** Makes this server known; comes back when no other one is starting. @throws errors of the database */
export async function openServers({ catalog, secret, logger }: OpenServersOptions): Promise<ServerGroup> {
  const signer = new ServerSigner(secret);
  const servers = await Servers.open({ catalog, signer, logger });
  const claims = new Claims(catalog.leases, servers);
  const started = Promise.withResolvers<void>();
  const turn = Promise.withResolvers<void>();
  const starting = claims.during(
    startClaim,
    () => {
      turn.resolve();
      return started.promise;
    },
    startPatienceMs,
  );
  const close = async (): Promise<void> => {
    started.resolve();
    claims.close();
    await servers.close();
  };
  try {
    await Promise.race([turn.promise, starting]);
  } catch (error) {
    await close();
    throw error;
  }
  const serve = async (url: string | null): Promise<void> => {
    await servers.serve(url);
    started.resolve();
    await starting;
  };
  return { servers, signer, claims, sharing: sharingOf(servers, claims, catalog), serve, close };
}

function sharingOf(servers: Servers, claims: Claims, { sessions }: Catalog): StoreSharing {
  const owner = async (sessionId: string): Promise<string | null> => {
    const row = await sessions.find(sessionId);
    return row?.state === "active" ? row.serverId : null;
  };
  return {
    isAlone: () => servers.isAlone,
    othersWork: () => servers.haveWork,
    // The recorder of a server that died a moment ago may write still.
    isCurrent: async (sessionId) => [servers.id, ...(servers.isAlone ? [null] : [])].includes(await owner(sessionId)),
    isElsewhere: async (sessionId) => ![null, servers.id].includes(await owner(sessionId)),
    claims,
  };
}

const isAny = (host: string): boolean => host === "0.0.0.0" || host === "::";

/** An address of this machine that others can reach; its own where it has no other. */
function machineAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}

/** Where the other servers reach this one: `SERVER_URL`, or what it listens on. */
export function serverUrlOf({ serverUrl, host }: Pick<Config, "serverUrl" | "host">, port: number): string {
  if (serverUrl !== null) return serverUrl;
  const name = isAny(host) ? machineAddress() : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
