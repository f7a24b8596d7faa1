/** The database is killed while a share is recorded and captured: the share goes on, requests are refused in words, and when it is back nothing is half there. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clipSchema } from "@livekit-replay/contract";
import { MongoServer } from "@livekit-replay/peers";
import { type Answer, type Harness, request, startHarness, theSession } from "./harness.js";
import { CutWire } from "./cut-wire.js";

const PRESSES = 8;

let root: string;
let database: MongoServer;
let wire: CutWire;
let harness: Harness;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "replay-outage-"));
  database = await MongoServer.start();
  wire = await CutWire.to(database.port);
  const env = { DATABASE_URL: `mongodb://127.0.0.1:${wire.port}/replay` };
  harness = await startHarness({ root, database: "sqlite", env });
});
afterEach(async () => {
  try {
    await harness.close();
  } finally {
    await wire.close();
    await database.close();
    await rm(root, { recursive: true, force: true });
  }
});

/** A share of bob with some seconds behind it. */
async function recorded(): Promise<string> {
  await harness.publish("bob", "lobby");
  await vi.waitUntil(
    async () => {
      const { window, health } = await theSession(harness, "bob", "lobby");
      return health.state === "ok" && window !== null && window.toMs - window.fromMs > 3000;
    },
    { timeout: 20_000, interval: 50 },
  );
  return (await theSession(harness, "bob", "lobby")).id;
}

const press = (sessionId: string, key: string): Promise<Answer> =>
  harness.ask("bob", "POST", "/capture", {
    body: { sessionId, durationSeconds: 2 },
    headers: { "idempotency-key": key, prefer: "wait=0" },
  });

/** Waits for something that the database says, when it says something again. */
const becomes = (look: () => Promise<boolean>): Promise<unknown> =>
  vi.waitUntil(() => look().catch(() => false), { timeout: 20_000, interval: 50 });

/** Everything on disk and in the catalogue agrees, and what is charged is what is kept. */
async function expectWhole(): Promise<void> {
  const { store, catalog, ledger } = harness.server.core;
  await becomes(async () => (await catalog.clips.all()).every(({ state }) => state === "ready"));
  const rows = await catalog.clips.all();
  await becomes(async () => (await ledger.quotaOf("bob")).reservedBytes === 0);
  expect((await ledger.quotaOf("bob")).usedBytes).toBe(rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const files = await readdir(join(root, "data", "replays", "bob")).catch(() => []);
  expect(files.filter((name) => name.endsWith(".pins")).length).toBe(rows.filter(({ pinsGone }) => !pinsGone).length);
  expect(files.filter((name) => name.endsWith(".mp4")).length).toBe(rows.length);
  expect(await store.check()).toEqual([]);
}

test(
  "presses meet the end of the database at any instant: each is a whole clip or nothing, and the share goes on",
  {
    timeout: 120_000,
  },
  async () => {
    const sessionId = await recorded();
    const recordedMs = async (): Promise<number> => (await theSession(harness, "bob", "lobby")).window?.toMs ?? 0;
    expect((await press(sessionId, "first")).status).toBe(201);
    const refused = new Set<number>();
    for (const round of [0, 1]) {
      const before = await recordedMs();
      const presses = Array.from({ length: PRESSES }, (_, n) => press(sessionId, `${round}-${n}`));
      // As soon as one of them is through, the others are at every step of theirs.
      await Promise.race(presses);
      await database.kill();
      const answers = await Promise.all(presses);
      for (const answer of answers.filter(({ status }) => status !== 201)) {
        expect(answer.problem()).toMatchObject({ status: 503, code: "database_unavailable", detail: "The database cannot be reached" });
        expect(answer.headers.get("retry-after")).toBe("2");
        refused.add(round);
      }
      expect((await request(`${harness.origin}/readyz`, "GET")).status).toBe(503);
      await database.restart();
      await vi.waitUntil(async () => (await harness.ask("bob", "GET", "/my-clips")).status === 200, { timeout: 20_000, interval: 50 });
      // The same press again is the same clip: the one that was answered, the one that was born unheard, or a new one.
      const again = await Promise.all(answers.map((_, n) => press(sessionId, `${round}-${n}`)));
      const ids = again.map((answer) => clipSchema.parse(answer.json()).id);
      expect(new Set(ids).size).toBe(PRESSES);
      for (const [n, answer] of answers.entries()) if (answer.status === 201) expect(clipSchema.parse(answer.json()).id).toBe(ids[n]);
      await vi.waitUntil(async () => (await recordedMs()) > before + 2000, { timeout: 20_000, interval: 50 });
      expect(await theSession(harness, "bob", "lobby")).toMatchObject({ id: sessionId, state: "active" });
    }
    await expectWhole();
    expect((await harness.ask("bob", "GET", "/my-clips")).json()).toMatchObject({ total: 1 + 2 * PRESSES });
    expect(refused.size).toBe(2);

    // The share ends while nobody can write that down.
    const publicationId = (await harness.server.core.catalog.sessions.find(sessionId))?.publicationId ?? "";
    await database.kill();
    const { recorder } = harness.server.core;
    const heard = harness.log.length;
    await recorder.unpublish(publicationId);
    const isRefused = (line: string): boolean => line.includes("could not be followed") && line.includes('"event":"publication"');
    await vi.waitUntil(() => harness.log.slice(heard).some(isRefused), { timeout: 20_000, interval: 50 });
    const backAt = Date.now();
    await database.restart();
    await becomes(async () => (await theSession(harness, "bob", "lobby")).state === "ended");
    const row = await harness.server.core.catalog.sessions.find(sessionId);
    expect(row).toMatchObject({ endedBy: "share", slot: null });
    expect(row?.endedAtMs).toBeLessThan(backAt);
  },
);

test("a press whose row was written unheard is a clip; one whose row never came leaves nothing", { timeout: 60_000 }, async () => {
  const sessionId = await recorded();
  const { catalog, ledger } = harness.server.core;
  const room = await harness.listen("bob", "/me/events");
  const refusedAt = async (where: "before" | "after"): Promise<void> => {
    wire.cutAt("insert", "clips", where);
    expect((await press(sessionId, where)).problem()).toMatchObject({ status: 503, code: "database_unavailable" });
    expect(wire.isCut).toBe(true);
    wire.mend();
  };

  await refusedAt("after");
  await becomes(async () => (await ledger.quotaOf("bob")).usedBytes > 0);
  const [born] = await catalog.clips.all();
  await room.next("clip", ({ clip }) => clip.id === born?.id && clip.state === "ready");
  expect(clipSchema.parse((await press(sessionId, "after")).json()).id).toBe(born?.id);

  const before = await ledger.quotaOf("bob");
  await refusedAt("before");
  await becomes(async () => (await ledger.quotaOf("bob")).reservedBytes === 0);
  expect(await catalog.clips.all()).toHaveLength(1);
  expect(await ledger.quotaOf("bob")).toEqual(before);
  await expectWhole();
});
