/** A resume and a start that fail when the recorder has begun already: who hears that nothing is recorded is right. Over real HTTP, with a real share; the database refuses. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { sessionPath } from "../src/store/paths.js";
import { type Harness, startHarness, theSession } from "./harness.js";
import { testDatabase } from "./databases.js";

let harness: Harness;
let database: DatabaseSync;

beforeAll(async () => {
  harness = await startHarness({ database: "sqlite" });
  const { config } = testDatabase(harness.root, "sqlite");
  if (config.kind !== "sqlite") throw new Error("expected a file");
  database = new DatabaseSync(config.file);
});
afterAll(async () => {
  database.close();
  await harness.close();
});

/** While `work` runs, nobody can be written down as recording. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  database.exec(
    `create trigger refuse before update of "recorderId" on sessions when new."recorderId" is not null begin select raise(abort, 'no'); end`,
  );
  try {
    return await work();
  } finally {
    database.exec("drop trigger refuse");
  }
}

/** Sessions that the recorder process itself says it writes. */
async function recorded(): Promise<number | undefined> {
  const heard = (): number | undefined => harness.server.core.recorder.stats().processes[0]?.heartbeat?.sessions;
  const beat = harness.server.core.recorder.stats().processes[0]?.heartbeat;
  // The next heartbeat but one was made after this call.
  for (let n = 0, last = beat; n < 2; n += 1) {
    await vi.waitUntil(() => harness.server.core.recorder.stats().processes[0]?.heartbeat !== last, { timeout: 5000, interval: 20 });
    last = harness.server.core.recorder.stats().processes[0]?.heartbeat;
  }
  return heard();
}

test("a resume that cannot be written down leaves the session paused, and records nothing", async () => {
  await harness.publish("bob", "lobby");
  await vi.waitUntil(async () => ((await theSession(harness, "bob", "lobby")).window?.toMs ?? 0) > 0, { timeout: 20_000, interval: 50 });
  const { id } = await theSession(harness, "bob", "lobby");
  expect((await harness.ask("bob", "POST", `/sessions/${id}/pause`)).status).toBe(200);
  const resumed = await refusing(() => harness.ask("bob", "POST", `/sessions/${id}/resume`));
  expect(resumed.status).toBe(500);
  expect(await recorded()).toBe(0);
  expect((await theSession(harness, "bob", "lobby")).pausedAtMs).not.toBeNull();
  expect((await harness.ask("bob", "POST", `/sessions/${id}/resume`)).status).toBe(200);
  expect(await recorded()).toBe(1);
  await harness.ask("bob", "POST", `/stop/${id}`);
});

test("a start that cannot be written down leaves no session, no files and nothing that is recorded", async () => {
  await harness.publish("alice", "lobby", { start: false });
  const started = await refusing(() => harness.ask("alice", "POST", "/start", { body: { roomName: "lobby" } }));
  expect(started.status).toBe(500);
  expect(await recorded()).toBe(0);
  const { sessions } = await harness.status("alice", "lobby");
  expect(sessions.filter(({ owner }) => owner.userId === "alice")).toEqual([]);
  const folder = join(sessionPath(join(harness.root, "data"), { roomName: "lobby", userId: "alice", sessionId: "x".repeat(22) }), "..");
  expect(await readdir(folder).catch(() => [])).toEqual([]);
});
