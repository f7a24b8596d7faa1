/**
 * The servers on one database: each has a row with its address and a heartbeat, and watches the rows of the others.
 * A server is dead when its heartbeat has stood still for a while by the watcher's own clock, however far the clocks of two machines are apart.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Catalog, ServerRow } from "../catalog/port.js";
import { newId } from "../platform/ids.js";
import { type Life, type ServerAddress, ServerCalls } from "./calls.js";
import type { ServerSigner } from "./signature.js";

/** The part of a structured logger that is used: fields first, then a fixed sentence. */
export interface ServersLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the servers are known by. */
export interface ServersOptions {
  readonly catalog: Pick<Catalog, "servers" | "leases">;
  readonly signer: ServerSigner;
  readonly logger: ServersLogger;
}

/** Another server, as this one has seen it. */
interface Seen {
  readonly row: ServerRow;
  /** When its heartbeat changed last, by this process's own clock. */
  readonly changedAt: number;
  /** How often it was looked at since, in vain. */
  readonly looks: number;
}

const beatMs = 1000;
/** A heartbeat that stands still for so long, and in so many looks, is that of a dead server. */
const deadAfterMs = 5000;
const deadAfterLooks = 3;
/** What a start waits for a sign of life of a server that does not answer. */
const patienceMs = { alive: 0, refused: 1500, silent: deadAfterMs, starting: 2500 } as const;
/** A heartbeat this old belongs to nobody, where nothing listens at its address either. */
const longGoneMs = 60_000;
const watchEveryMs = 200;

/** `ServerRow.url` of a server that does not answer yet. */
const starting = "";
/** `ServerRow.url` of a server that nobody can reach. */
const unreachable = "none:";

/** This server among the others. */
export class Servers {
  /** New with each start. */
  readonly id = newId();
  readonly calls: ServerCalls;
  readonly #options: ServersOptions;
  readonly #seen = new Map<string, Seen>();
  readonly #listeners = new Set<(id: string) => void>();
  #url = starting;
  #timer: NodeJS.Timeout | null = null;
  #beating: Promise<void> = Promise.resolve();
  #failed = false;
  #wasAlone = true;
  #closed = false;

  private constructor(options: ServersOptions) {
    this.#options = options;
    this.calls = new ServerCalls(this.id, options.signer);
  }

  /** Makes this server known, and finds out which of the others live. @throws errors of the database */
  static async open(options: ServersOptions): Promise<Servers> {
    const servers = new Servers(options);
    await servers.#put();
    servers.#timer = setInterval(() => {
      servers.#beating = servers.#beating.then(() => servers.#beat());
    }, beatMs);
    servers.#timer.unref();
    try {
      const others = (await options.catalog.servers.all()).filter(({ id }) => id !== servers.id);
      await Promise.all(others.map((row) => servers.#settle(row)));
      return servers;
    } catch (error) {
      await servers.close();
      throw error;
    }
  }

  /** The living others. */
  get others(): readonly ServerRow[] {
    return [...this.#seen.values()].map(({ row }) => row);
  }

  /** The living others that can be asked. */
  get reachable(): readonly ServerAddress[] {
    return this.others.filter(({ url }) => isAddress(url));
  }

  /** Whether no other server was ever seen since this one started. */
  get isAlone(): boolean {
    return this.#wasAlone;
  }

  /** Whether others answer requests, and so may have work under way. */
  get haveWork(): boolean {
    return this.others.some(({ url }) => url !== starting);
  }

  /** Where a living server can be asked; null when it is dead, not known, or not reachable. */
  addressOf(id: string): ServerAddress | null {
    return this.reachable.find((server) => server.id === id) ?? null;
  }

  /** Whether a server is alive: this one, one that was seen, or one whose row is new. */
  async isAlive(id: string): Promise<boolean> {
    return id === this.id || this.#seen.has(id) || (await this.#options.catalog.servers.find(id)) !== null;
  }

  /** Hears of servers that are gone. */
  onGone(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** From now on this server answers, at this address; null: nobody can reach it. */
  async serve(url: string | null): Promise<void> {
    this.#url = url ?? unreachable;
    await this.#put();
  }

  /** Gives up everything and takes the row away: the others need not wait. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#beating;
    try {
      await this.#options.catalog.leases.releaseOf(this.id);
      await this.#options.catalog.servers.remove(this.id);
    } catch (error) {
      this.#options.logger.warn({ err: error }, "this server could not be taken off the list: the others will find it dead");
    }
  }

  /** By the machine's clock, whatever clock the rest of the server goes by: it must go on. */
  async #put(): Promise<void> {
    await this.#options.catalog.servers.put({ id: this.id, url: this.#url, heartbeatAtMs: Date.now() });
  }

  /** A database that does not answer says nothing about the others: their time begins anew when it is back. */
  async #beat(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#put();
      const rows = await this.#options.catalog.servers.all();
      if (this.#failed) this.#forgive();
      this.#failed = false;
      await this.#look(rows.filter(({ id }) => id !== this.id));
    } catch (error) {
      if (!this.#failed) this.#options.logger.warn({ err: error }, "the heartbeat of this server could not be written; it is tried again");
      this.#failed = true;
    }
  }

  #forgive(): void {
    for (const [id, seen] of this.#seen) this.#seen.set(id, { ...seen, changedAt: performance.now(), looks: 0 });
  }

  async #look(rows: readonly ServerRow[]): Promise<void> {
    const now = performance.now();
    for (const id of this.#seen.keys()) if (!rows.some((row) => row.id === id)) this.#gone(id);
    for (const row of rows) {
      const before = this.#seen.get(row.id);
      if (before?.row.heartbeatAtMs !== row.heartbeatAtMs || before.row.url !== row.url) {
        this.#see(row, now);
      } else {
        this.#seen.set(row.id, { ...before, looks: before.looks + 1 });
        if (now - before.changedAt > deadAfterMs && before.looks >= deadAfterLooks) await this.#bury(row);
      }
    }
  }

  /** A start cannot wait until a heartbeat has stood still: a server that answers is alive, and one whose address nobody listens at soon counts as dead. */
  async #settle(row: ServerRow): Promise<void> {
    const life: Life | "starting" = isAddress(row.url) ? await this.calls.life(row) : row.url === starting ? "starting" : "silent";
    const isLongGone = life !== "alive" && life !== "silent" && Date.now() - row.heartbeatAtMs > longGoneMs;
    const until = performance.now() + (isLongGone ? 0 : patienceMs[life]);
    let now: ServerRow | null = row;
    while (life !== "alive" && now?.heartbeatAtMs === row.heartbeatAtMs && performance.now() < until) {
      await delay(watchEveryMs);
      now = await this.#options.catalog.servers.find(row.id);
    }
    if (now === null) return;
    if (life !== "alive" && now.heartbeatAtMs === row.heartbeatAtMs) return this.#bury(row);
    if (life === "refused")
      this.#options.logger.warn({ serverId: row.id, url: row.url }, "a server lives and cannot be reached: is its SERVER_URL right?");
    this.#see(now, performance.now());
  }

  #see(row: ServerRow, changedAt: number): void {
    this.#wasAlone = false;
    this.#seen.set(row.id, { row, changedAt, looks: 0 });
  }

  /** What a dead server has is given up before its row goes: whoever sees no row may rely on it. */
  async #bury({ id, url }: ServerRow): Promise<void> {
    const { catalog, logger } = this.#options;
    await catalog.leases.releaseOf(id);
    await catalog.servers.remove(id);
    logger.warn({ serverId: id, url }, "another server is dead: what it had is taken over");
    this.#gone(id);
  }

  #gone(id: string): void {
    this.#seen.delete(id);
    for (const listener of this.#listeners) listener(id);
  }
}

const isAddress = (url: string): boolean => url !== starting && url !== unreachable;
