/** The end of sessions that a server left behind, and what it says of their buffers. A real server, started on a folder that is there. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openCatalog } from "../src/catalog/open.js";
import { sessionRow } from "./catalog-rows.js";
import { testDatabase } from "./databases.js";
import { type Harness, startHarness } from "./harness.js";
import { openWriter, SESSION, writeRun } from "./store-material.js";

let harness: Harness | null = null;
afterEach(() => harness?.close());

test("a buffer that cannot be read at its session's end is kept for the grace; an empty one is over", async () => {
  const root = await mkdtemp(join(tmpdir(), "replay-end-"));
  const { writer, close } = await openWriter(join(root, "data"));
  await writeRun(writer, 2);
  await close();
  // As when its disk answers with errors: nothing of the run can be played.
  await rm(join(writer.folder, "init-0.mp4"));
  const catalog = await openCatalog(testDatabase(root).config);
  const { roomName, userId, sessionId } = SESSION;
  const left = { roomName, state: "active", heartbeatAtMs: 1, endedAtMs: null, graceFromMs: null, recorder: "whip" } as const;
  await catalog.sessions.insert(sessionRow({ id: sessionId, userId, slot: "demo:0", ...left }));
  await catalog.sessions.insert(sessionRow({ id: "session-0000000009", userId: "carol", slot: "demo:1", ...left }));
  await catalog.close();
  const before = Date.now();
  harness = await startHarness({ root });
  const { sessions } = harness.server.core.catalog;
  expect(await sessions.find(sessionId)).toMatchObject({ state: "ended" });
  expect((await sessions.find(sessionId))?.graceFromMs).toBeGreaterThanOrEqual(before);
  expect((await sessions.find("session-0000000009"))?.graceFromMs).toBeLessThan(before);
});
