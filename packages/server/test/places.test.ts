/** The gates before a session, and the race for a community's places, on the real catalogue. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { millis, ReplayError, wallMs } from "@livekit-replay/contract";
import { openCatalog } from "../src/catalog/open.js";
import type { Catalog } from "../src/catalog/port.js";
import { type CommunitySettings, CommunitySettingsSource } from "../src/communities/settings.js";
import type { Caller } from "../src/directory/port.js";
import { newId } from "../src/platform/ids.js";
import { QuotaLedger } from "../src/quotas/ledger.js";
import { Grace } from "../src/sessions/grace.js";
import { type Place, Places } from "../src/sessions/place.js";
import { openStore, type Store } from "../src/store/open.js";
import { testDatabase, type TestPlace } from "./databases.js";

const now = wallMs(1_800_000_000_000);
const clock = { now: () => now };
const graceMs = millis(60_000);
let root: string;
let place: TestPlace;
let catalog: Catalog;
let store: Store;
let ledger: QuotaLedger;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "replay-places-"));
  place = testDatabase(root);
  catalog = await openCatalog(place.config);
  ledger = new QuotaLedger({ rows: catalog.quotas, clock, defaultLimitBytes: 1000 });
  store = await openStore({
    root: join(root, "data"),
    catalog,
    ledger,
    clock,
    logger: pino({ level: "silent" }),
    bufferMs: millis(720_000),
    graceMs,
  });
});
afterEach(async () => {
  await store.close();
  await catalog.close();
  await place.remove();
  await rm(root, { recursive: true, force: true });
});

const places = (settings: Partial<CommunitySettings> = {}, minFreeBytes = 0): Places =>
  new Places({
    catalog,
    store,
    ledger,
    clock,
    minFreeBytes,
    serverId: "server-1",
    grace: new Grace(graceMs, clock),
    settings: new CommunitySettingsSource(catalog.settings, {
      enabled: true,
      maxConcurrent: 3,
      whoMayCapture: "room",
      autoStart: false,
      ...settings,
    }),
  });

const caller = (userId: string): Caller => ({ userId, name: userId, admin: false, tokenExpiresAtMs: now + 60_000 });
const take = (from: Places, userId: string, roomName = "lobby"): Promise<Place> =>
  from.take({ caller: caller(userId), roomName, communityId: "c", sessionId: newId(), recorder: "whip", identity: null });
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "taken",
    (error: unknown) => (error instanceof ReplayError ? error.code : String(error)),
  );

test("of many at once exactly as many get a place as there are", async () => {
  const from = places();
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_unused, n) => codeOf(take(from, `person${n}`))));
  expect(outcomes.filter((outcome) => outcome === "taken")).toHaveLength(3);
  expect(new Set(outcomes)).toEqual(new Set(["taken", "community_limit"]));
  const rows = await catalog.sessions.all();
  expect(rows.map((row) => row.slot ?? "").toSorted()).toEqual(["c:0", "c:1", "c:2"]);
});

test("a place that is given back is free, and nothing of it is left", async () => {
  const from = places({ maxConcurrent: 1 });
  const place = await take(from, "ann");
  expect(await codeOf(take(from, "ben"))).toBe("community_limit");
  await place.giveBack();
  expect(await catalog.sessions.all()).toEqual([]);
  expect(await codeOf(take(from, "ben"))).toBe("taken");
});

test("one person has one place, over all rooms", async () => {
  const from = places();
  await take(from, "ann", "lobby");
  expect(await codeOf(take(from, "ann", "studio"))).toBe("already_active");
});

test("the gates stand in their order", async () => {
  await ledger.reserve("ann", newId(), 1000);
  expect(await codeOf(take(places({ enabled: false, maxConcurrent: 0 }, Infinity), "ann"))).toBe("community_disabled");
  expect(await codeOf(take(places({ maxConcurrent: 0 }, Infinity), "ann"))).toBe("community_limit");
  expect(await codeOf(take(places({}, Infinity), "ann"))).toBe("quota_exceeded");
  expect(await codeOf(take(places({}, Infinity), "ben"))).toBe("disk_full");
  expect(await catalog.sessions.all()).toEqual([]);
});

test("an ended session goes on within its grace, and is ended as before when that is taken back", async () => {
  const from = places();
  const { session } = await take(from, "ann");
  const ended = { state: "ended", endedAtMs: now - 1000, graceFromMs: now - 500, slot: null } as const;
  await catalog.sessions.update(session.id, "active", ended);
  const again = await take(from, "ann");
  expect(again).toMatchObject({ kind: "again", session: { id: session.id, state: "active", endedAtMs: null } });
  await again.giveBack();
  expect(await catalog.sessions.find(session.id)).toMatchObject(ended);
  await catalog.sessions.update(session.id, "ended", { graceFromMs: now - graceMs });
  expect((await take(from, "ann")).session.id).not.toBe(session.id);
});
