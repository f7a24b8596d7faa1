/** The end of a share and what its person does at the same moment: on the real catalogue, with a recorder that says what the test wants. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { millis } from "@livekit-replay/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EventBus } from "../src/events/bus.js";
import { systemClock } from "../src/platform/clock.js";
import { Metrics } from "../src/platform/metrics.js";
import { Serial } from "../src/platform/serial.js";
import type { RecorderEvent, WhipRecorderPort } from "../src/recorders/port.js";
import { Ending } from "../src/sessions/end.js";
import { Following } from "../src/sessions/follow.js";
import { Grace } from "../src/sessions/grace.js";
import { LiveSessions } from "../src/sessions/live.js";
import { Publications } from "../src/sessions/publications.js";
import { sessionRow } from "./catalog-rows.js";
import { openWorld, type World } from "./store-world.js";

const session = sessionRow({ recorder: "passthrough", identity: "alice" });
let root: string;
let world: World;
let tell: (event: RecorderEvent) => void;
let live: LiveSessions;
let serial: Serial;
let ending: Ending;
let following: Following;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "replay-share-"));
  world = await openWorld(root);
  live = new LiveSessions();
  serial = new Serial();
  const nothing = (): Promise<never> => Promise.reject(new Error("not asked for"));
  const recorder: WhipRecorderPort = {
    stop: () => Promise.resolve(),
    tail: () => Promise.resolve(null),
    on: (listener) => {
      tell = listener;
      return () => undefined;
    },
    close: () => Promise.resolve(),
    offer: nothing,
    candidates: nothing,
    unpublish: nothing,
    start: nothing,
  };
  const { catalog, store, logger } = world;
  const bus = new EventBus(() => undefined);
  const publications = new Publications();
  const parts = { catalog, store, logger, bus, publications, live, serial, whip: recorder, recorders: recorder, clock: systemClock };
  ending = new Ending(parts, new Grace(millis(60_000), systemClock));
  following = new Following(parts, ending, new Metrics());
  await catalog.sessions.insert(session);
  live.begin(session.id, 0);
});
afterEach(async () => {
  await following.close();
  await world.close();
  await rm(root, { recursive: true, force: true });
});

const ended: RecorderEvent = { type: "share", sessionId: session.id, state: "ended", reason: "The share has ended" };
const row = (): Promise<Record<string, unknown> | null> => world.catalog.sessions.find(session.id).then((found) => found && { ...found });

test("a share that ends ends its session", async () => {
  tell(ended);
  await following.close();
  expect(await row()).toMatchObject({ state: "ended", endedBy: "share" });
  expect(live.has(session.id)).toBe(false);
});

test("a session that has ended by itself and is stopped then does not go on by itself any more", async () => {
  tell(ended);
  await following.close();
  await ending.end(session.id, { stopRecorder: false, why: "share" });
  expect(await row()).toMatchObject({ state: "ended", endedBy: "share" });
  const { endedAtMs, graceFromMs } = (await row()) ?? {};
  await ending.end(session.id, { stopRecorder: true, why: "stop" });
  expect(await row()).toMatchObject({ state: "ended", endedBy: "stop", endedAtMs, graceFromMs });
});

test("a share that ended while its session was stopped and begun anew ends nothing", async () => {
  const { promise: busy, resolve: go } = Promise.withResolvers<void>();
  void serial.run(session.userId, () => busy);
  const anew = serial.run(session.userId, async () => {
    await ending.end(session.id, { stopRecorder: true, why: "stop" });
    await world.catalog.sessions.update(session.id, "ended", { state: "active", endedAtMs: null, endedBy: null, slot: "demo:0" });
    live.begin(session.id, 1);
  });
  // It waits behind both.
  tell(ended);
  go();
  await anew;
  await following.close();
  expect(await row()).toMatchObject({ state: "active", endedBy: null });
  expect(live.has(session.id)).toBe(true);
});
