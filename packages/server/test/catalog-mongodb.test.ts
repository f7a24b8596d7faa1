/** The catalogue in MongoDB: the shared suite, and what is its own: processes that start together, a server that dies, hangs, comes back, or is not there. */
import { MongoServer } from "@livekit-replay/peers";
import { MongoClient } from "mongodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openCatalog } from "../src/catalog/open.js";
import type { Catalog } from "../src/catalog/port.js";
import { clipRow, sessionRow } from "./catalog-rows.js";
import { catalogSuite } from "./catalog-suite.js";
import { testDatabase, type TestPlace } from "./databases.js";
import { runDrivers } from "./processes.js";
import { tempRoot } from "./store-material.js";

catalogSuite("MongoDB", async () => {
  const { root, remove } = await tempRoot();
  const place = testDatabase(root, "mongodb");
  return {
    connect: () => openCatalog(place.config),
    remove: async () => {
      await place.remove();
      await remove();
    },
  };
});

/** Longer than any answer of a database that cannot be reached may take. */
const SECONDS_MS = 8000;

const timed = async (ask: () => Promise<unknown>): Promise<{ ms: number; error: unknown }> => {
  const from = performance.now();
  const error = await ask().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { ms: performance.now() - from, error };
};

describe("a catalogue in MongoDB", () => {
  let place: TestPlace;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const temp = await tempRoot();
    place = testDatabase(temp.root, "mongodb");
    ({ remove } = temp);
  });
  afterEach(async () => {
    await place.remove();
    await remove();
  });

  it("is made once by processes that start together, and limits hold between them", { timeout: 60_000 }, async () => {
    const results = await runDrivers(
      "catalog-driver.ts",
      Array.from({ length: 4 }, (_, i) => [place.url, String(i)]),
    );
    expect(results.reduce((sum, won) => sum + Number(won), 0)).toBe(5);
    const catalog = await openCatalog(place.config);
    expect(await catalog.sessions.countActive("demo")).toBe(5);
    await catalog.close();
  });

  it("lets exactly those reservations through that fit, of a hundred at once in five processes", { timeout: 60_000 }, async () => {
    const results = await runDrivers(
      "quota-rush-driver.ts",
      Array.from({ length: 5 }, (_, i) => [place.url, String(i)]),
    );
    expect(results.reduce((sum, won) => sum + Number(won), 0)).toBe(10);
    const catalog = await openCatalog(place.config);
    expect(await catalog.quotas.newest("carol")).toMatchObject({ seq: 10, reservedBytes: 1000 });
    await catalog.close();
  });

  it("refuses a database of a newer version, and changes nothing in it", async () => {
    await (await openCatalog(place.config)).close();
    const client = new MongoClient(place.url);
    try {
      const schemas = client.db().collection<{ _id: string; version: number }>("schema");
      await schemas.updateOne({ _id: "schema" }, { $set: { version: 999 } });
      await expect(openCatalog(place.config)).rejects.toThrow(/newer version \(999;/u);
      expect(await schemas.findOne()).toEqual({ _id: "schema", version: 999 });
    } finally {
      await client.close();
    }
  });

  it("says nothing of a password when the address is none", async () => {
    const error = await openCatalog({ kind: "mongodb", url: "mongodb://user:hunter2@127.0.0.1:1/x?nonsense=hunter2" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(error)).toMatch(/DATABASE_URL.*nonsense/u);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hunter2");
  });
});

/** Asks again and again until it is answered: the way back is found without anybody's doing. */
const untilAnswered = (ask: () => Promise<unknown>): Promise<unknown> =>
  vi.waitUntil(
    () =>
      ask().then(
        () => true,
        (error: unknown) => {
          if (Object(error).code !== "database_unavailable") throw error;
          return false;
        },
      ),
    { timeout: 20_000, interval: 50 },
  );

describe("a MongoDB that dies", () => {
  let server: MongoServer;
  let catalog: Catalog;

  beforeAll(async () => {
    server = await MongoServer.start();
    catalog = await openCatalog({ kind: "mongodb", url: server.url("replay") });
  });
  afterAll(async () => {
    await catalog.close();
    await server.close();
  });

  it("keeps what it answered; asked meanwhile, everything is refused within seconds; then it works again by itself", async () => {
    let answered = 0;
    const writing = (async () => {
      for (;;) {
        await catalog.sessions.insert(sessionRow({ id: `session-0000000000-${answered}`, userId: `u${answered}`, slot: null }));
        answered += 1;
        if (answered === 20) void server.kill();
      }
    })();
    await expect(writing).rejects.toMatchObject({ code: "database_unavailable" });
    const asks = await Promise.all(
      [
        () => catalog.ping(),
        () => catalog.sessions.insert(sessionRow()),
        () => catalog.sessions.update("session-0000000000-0", "active", { state: "ended" }),
        () => catalog.clips.list({ userId: "bob", page: 1, pageSize: 10, sort: "newest", q: "x" }),
        () => catalog.leases.take("expire", "me", 1, 2),
        () => catalog.directory.putCommunity({ id: "demo", name: "Demo" }),
      ].map(timed),
    );
    for (const { ms, error } of asks) {
      expect(error).toMatchObject({ code: "database_unavailable", status: 503 });
      expect(ms).toBeLessThan(SECONDS_MS);
    }
    await server.restart();
    await untilAnswered(() => catalog.ping());
    expect((await catalog.sessions.all()).length).toBeGreaterThanOrEqual(answered);
    expect(await catalog.sessions.insert(sessionRow({ slot: "demo:0" }))).toEqual({ ok: true });
    expect(await catalog.clips.insert(clipRow())).toBe(true);
    expect(await catalog.clips.insert(clipRow())).toBe(false);
  });

  it("is waited for a few seconds, so that a short restart is seen by nobody", async () => {
    await untilAnswered(() => catalog.ping());
    await server.kill();
    const asked = catalog.clips.find("nobody");
    await server.restart();
    expect(await asked).toBeNull();
  });

  it("cannot be reached at the start: that is said within seconds, without the password", async () => {
    const dead = await MongoServer.start();
    await dead.close();
    const { ms, error } = await timed(() => openCatalog({ kind: "mongodb", url: `mongodb://user:hunter2@127.0.0.1:${dead.port}/replay` }));
    expect(error).toMatchObject({ code: "database_unavailable" });
    expect(ms).toBeLessThan(SECONDS_MS);
    expect(String(Object(error).cause)).not.toContain("hunter2");
  });
});

describe("a MongoDB that hangs", () => {
  it("is given up after a while, and taken up again", { timeout: 60_000 }, async () => {
    const server = await MongoServer.start();
    const catalog = await openCatalog({ kind: "mongodb", url: server.url("replay") });
    try {
      await server.freeze();
      const { ms, error } = await timed(() => catalog.sessions.all());
      expect(error).toMatchObject({ code: "database_unavailable" });
      expect(ms).toBeLessThan(3 * SECONDS_MS);
      await server.restart();
      await untilAnswered(() => catalog.ping());
      expect(await catalog.sessions.all()).toEqual([]);
    } finally {
      await catalog.close();
      await server.close();
    }
  });
});
