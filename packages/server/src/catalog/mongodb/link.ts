/**
 * The way to a MongoDB: the driver's client, and a watch over it. The driver finds its way back by itself, but for two things that are done here: a connection
 * that ends at the wrong instant (its socket is destroyed, and has not said so yet) makes a command, or the driver's own heartbeat, wait for ever.
 */
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { ReplayError } from "@livekit-replay/contract";
import { type Db, MongoClient, type MongoClientOptions } from "mongodb";
import { isUnsent, translated } from "./errors.js";

/** The database where the address names none. */
const DEFAULT_DATABASE = "livekit-replay";
/** How long a server that is gone is waited for, by whoever asks. */
const PATIENCE_MS = 3000;
/** No command of ours takes so long; one that does waits for nothing. */
const ANSWER_LIMIT_MS = 20_000;
/** A heartbeat is answered or given up within the time of a connection and of an answer. */
const HEARTBEAT_LIMIT_MS = 6000;
const WATCH_EVERY_MS = 1000;
/** How often a command is sent again that could not be sent at all: a connection of before the server's end may be in the pool for each. */
const UNSENT_TRIES = 10;

/**
 * What was answered is on the disk of most members. Whoever asks while no server can be reached hears so within seconds; connecting again is tried
 * for as long as it takes.
 */
const options: MongoClientOptions = {
  appName: "livekit-replay",
  writeConcern: { w: "majority", journal: true, wtimeoutMS: 10_000 },
  readPreference: "primary",
  serverSelectionTimeoutMS: PATIENCE_MS,
  connectTimeoutMS: 3000,
  socketTimeoutMS: 10_000,
  heartbeatFrequencyMS: 1000,
  waitQueueTimeoutMS: 5000,
  maxPoolSize: 50,
};

/** The name of the database in an address; the default where there is none. */
function databaseIn(url: string): string {
  const named = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/u.exec(url)?.[1];
  return named === undefined ? DEFAULT_DATABASE : decodeURIComponent(named);
}

/** The address holds a password: neither it nor an error that quotes it is ever passed on. */
function clientFor(url: string): MongoClient {
  try {
    return new MongoClient(url, options);
  } catch (error) {
    const said = error instanceof Error ? error.message.replaceAll(url, "the address") : "it cannot be read";
    // oxlint-disable-next-line preserve-caught-error
    throw new Error(`DATABASE_URL has a value (not shown) that is no address of MongoDB: ${said}`);
  }
}

/** One for a catalogue. `close` is idempotent. */
export class MongoLink {
  readonly #url: string;
  readonly #name: string;
  readonly #closing = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #client: MongoClient;
  /** Since when no server that takes writes is there; null: one is. */
  #goneAt: number | null = null;
  /** Heartbeats that were sent and not answered, by the address of their server. */
  #beats = new Map<string, number>();
  #renewing: Promise<void> | null = null;

  private constructor(url: string, client: MongoClient) {
    this.#url = url;
    this.#name = databaseIn(url);
    this.#client = client;
    this.#timer = setInterval(() => this.#watch(), WATCH_EVERY_MS);
    this.#timer.unref();
  }

  /** @throws Error when the address is none; ReplayError `database_unavailable` when nobody can be reached there. */
  static async open(url: string): Promise<MongoLink> {
    const client = clientFor(url);
    const link = new MongoLink(url, client);
    link.#follow(client);
    try {
      await client.connect();
      return link;
    } catch (error) {
      await link.close();
      throw translated(error);
    }
  }

  /** The database now: another client may have been put in the place of one that hung. */
  get database(): Db {
    return this.#client.db(this.#name);
  }

  /**
   * Sends a command and waits for its answer, and again when nothing of it could be sent.
   * @throws what the driver throws (`translated` says what it means); ReplayError `database_unavailable` at once while the database is away for longer than anybody waits
   */
  async send<T>(command: (database: Db) => Promise<T>): Promise<T> {
    if (this.#goneAt !== null && performance.now() - this.#goneAt > PATIENCE_MS) {
      // Whoever asks again at once must not keep the driver from hearing that somebody is there.
      await setImmediate();
      throw new ReplayError("database_unavailable");
    }
    for (let n = 1; ; n += 1)
      try {
        return await this.#limited(command(this.database));
      } catch (error) {
        if (!isUnsent(error) || n === UNSENT_TRIES) throw error;
        // The driver hears of the end in the next turns of the loop.
        await setImmediate();
      }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#timer);
    await this.#renewing;
    await this.#client.close();
  }

  async #limited<T>(answer: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new ReplayError("database_unavailable")), ANSWER_LIMIT_MS);
    try {
      return await Promise.race([answer, promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #follow(client: MongoClient): void {
    const beats = new Map<string, number>();
    client.on("topologyDescriptionChanged", ({ newDescription }) => {
      if (client !== this.#client) return;
      const isThere = [...newDescription.servers.values()].some((server) => server.isWritable);
      this.#goneAt = isThere ? null : (this.#goneAt ?? performance.now());
    });
    client.on("serverHeartbeatStarted", ({ connectionId }) => void beats.set(connectionId, performance.now()));
    client.on("serverHeartbeatSucceeded", ({ connectionId }) => void beats.delete(connectionId));
    client.on("serverHeartbeatFailed", ({ connectionId }) => void beats.delete(connectionId));
    client.on("serverClosed", ({ address }) => void beats.delete(address));
    this.#beats = beats;
  }

  #watch(): void {
    const before = performance.now() - HEARTBEAT_LIMIT_MS;
    if (this.#renewing || ![...this.#beats.values()].some((at) => at < before)) return;
    this.#renewing = this.#renew().finally(() => (this.#renewing = null));
  }

  /** Puts a new client in the place of one that hangs, as soon as it is connected. */
  async #renew(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const client = clientFor(this.#url);
      try {
        await client.connect();
        const before = this.#client;
        this.#client = client;
        this.#goneAt = null;
        this.#follow(client);
        await before.close();
        return;
      } catch {
        await client.close();
        await delay(WATCH_EVERY_MS, undefined, { ref: false });
      }
    }
  }
}
