/** Sessions over real WHIP: start, stop, going on within the grace, take-over, the limits, the second device. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Session, sessionSchema } from "@livekit-replay/contract";
import { WhipRefusal } from "@livekit-replay/peers";
import { type Harness, type HarnessOptions, startHarness, theSession } from "./harness.js";

let harness: Harness;

const start = async (options: HarnessOptions = {}): Promise<void> => {
  harness = await startHarness(options);
};
afterEach(() => harness.close());

/** Refused with a code; nothing is left on disk or in the status beside what was there before. */
async function refusedWith(work: Promise<unknown>): Promise<{ status: number; code: string }> {
  const error = await work.then(
    () => new Error("it was accepted"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WhipRefusal)) throw error;
  return { status: error.answer.status, code: (JSON.parse(error.answer.body) as { code: string }).code };
}

async function recorded(person: string, roomName: string, run = 0): Promise<Session> {
  await vi.waitUntil(async () => (await theSession(harness, person, roomName)).window !== null && runsOnDisk(await files()).has(run), {
    timeout: 20_000,
    interval: 50,
  });
  return theSession(harness, person, roomName);
}

async function files(): Promise<string[]> {
  const entries = await readdir(join(harness.root, "data", "replay-buffer"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

const runsOnDisk = (names: readonly string[]): Set<number> =>
  new Set(names.flatMap((name) => /^segment-(\d+)-/.exec(name)?.[1] ?? []).map(Number));

describe("one person", () => {
  beforeEach(() => start());

  test("publishes, is recorded, stops, and the buffer stays for the grace", async () => {
    const publisher = await harness.publish("bob", "lobby");
    const session = await recorded("carol", "lobby");
    expect(session).toMatchObject({
      owner: { userId: "bob", name: "Bob" },
      roomName: "lobby",
      communityId: "demo",
      state: "active",
      recorder: "whip",
      endedAtMs: null,
      graceEndsAtMs: null,
    });
    expect(session.health).toEqual({ state: "ok", reason: null });
    expect(session.can).toEqual({ capture: false, stop: false, pause: false, forget: false });
    expect(session.links.live).toBeNull();
    expect((await theSession(harness, "bob", "lobby")).can).toEqual({ capture: true, stop: true, pause: true, forget: true });
    const stopped = sessionSchema.parse((await harness.ask("bob", "POST", `/stop/${session.id}`)).json());
    expect(stopped).toMatchObject({ id: session.id, state: "ended" });
    expect((stopped.graceEndsAtMs ?? 0) - (stopped.endedAtMs ?? 0)).toBe(15 * 60_000);
    const again = await harness.ask("bob", "POST", `/stop/${session.id}`);
    expect(again.status).toBe(200);
    expect(sessionSchema.parse(again.json())).toMatchObject({ state: "ended", endedAtMs: stopped.endedAtMs });
    expect((await publisher.stop())?.status).toBe(200);
    expect((await theSession(harness, "bob", "lobby")).window).not.toBeNull();
  });

  test("goes on in the same session and a new run when they share again within the grace", async () => {
    await (await afterFirstSegment()).stop();
    const ended = await theSession(harness, "bob", "lobby");
    expect(ended.state).toBe("ended");
    await harness.publish("bob", "lobby");
    const session = await recorded("bob", "lobby", 1);
    expect(session).toMatchObject({ id: ended.id, state: "active", endedAtMs: null, graceEndsAtMs: null });
    expect(runsOnDisk(await files())).toEqual(new Set([0, 1]));
    await vi.waitUntil(async () => (await theSession(harness, "bob", "lobby")).window?.gaps[0]?.reason === "reconnect", {
      timeout: 5000,
      interval: 50,
    });
  });

  test("publishes without a session, starts it, and starts only once", async () => {
    await harness.publish("bob", "lobby", { start: false });
    expect((await harness.status("bob", "lobby")).sessions).toEqual([]);
    expect((await harness.ask("bob", "POST", "/start", { body: { roomName: "studio" } })).problem()).toMatchObject({
      status: 409,
      code: "not_sharing",
    });
    const started = await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } });
    expect(started.status).toBe(201);
    const session = sessionSchema.parse(started.json());
    expect(session).toMatchObject({ state: "active", window: null, health: { state: "waiting" } });
    const second = (await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } })).problem();
    expect(second).toMatchObject({ status: 409, code: "already_active", detail: "User already has an active replay buffer" });
    await recorded("bob", "lobby");
    await harness.ask("bob", "POST", `/stop/${session.id}`);
    const restarted = sessionSchema.parse((await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } })).json());
    expect(restarted).toMatchObject({ id: session.id, state: "active" });
    await recorded("bob", "lobby", 1);
  });

  test("cannot share twice, here or elsewhere, while the first share flows", async () => {
    await afterFirstSegment();
    expect(await refusedWith(harness.publish("bob", "lobby"))).toEqual({ status: 409, code: "already_active" });
    expect(await refusedWith(harness.publish("bob", "studio"))).toEqual({ status: 409, code: "already_active" });
    expect((await harness.status("bob", "studio")).sessions).toEqual([]);
    expect((await harness.ask("bob", "POST", "/start", { body: { roomName: "studio" } })).problem().code).toBe("already_active");
  });

  test("takes their own session over once the old share has been silent for two seconds", async () => {
    const events = await harness.listen("carol", "/rooms/lobby/events");
    const first = await afterFirstSegment();
    const { id } = await theSession(harness, "bob", "lobby");
    first.pause();
    expect(await refusedWith(harness.publish("bob", "lobby"))).toEqual({ status: 409, code: "already_active" });
    await events.next("session", ({ session }) => session.health.state === "silent");
    await harness.publish("bob", "lobby");
    const session = await recorded("bob", "lobby", 1);
    expect(session).toMatchObject({ id, state: "active" });
    const { window } = await events.next("window", (event) => event.window.gaps.length > 0);
    expect(window.gaps.map((gap) => gap.reason)).toEqual(["reconnect"]);
  });

  test("two offers at once make one session", async () => {
    const both = await Promise.allSettled([harness.publish("bob", "lobby"), harness.publish("bob", "lobby")]);
    expect(both.map((one) => one.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await recorded("bob", "lobby");
  });

  const afterFirstSegment = async () => {
    const publisher = await harness.publish("bob", "lobby");
    await recorded("bob", "lobby");
    return publisher;
  };
});

describe("limits", () => {
  test("a community has so many sessions and no more, and a place that is free again can be taken", async () => {
    await start({ env: { DEFAULT_MAX_CONCURRENT: "1" } });
    const first = await harness.publish("alice", "lobby");
    expect(await refusedWith(harness.publish("bob", "studio"))).toEqual({ status: 429, code: "community_limit" });
    expect((await harness.status("bob", "studio")).sessions).toEqual([]);
    await first.stop();
    await harness.publish("bob", "studio");
    expect((await theSession(harness, "bob", "studio")).state).toBe("active");
  });

  test("no place at all, a full quota, a full disk: refused before anything is recorded", async () => {
    await start({ env: { DEFAULT_MAX_CONCURRENT: "0" } });
    expect(await refusedWith(harness.publish("bob", "lobby"))).toEqual({ status: 429, code: "community_limit" });
    await harness.close();
    await start({ env: { DEFAULT_QUOTA_BYTES: "0" } });
    expect(await refusedWith(harness.publish("bob", "lobby"))).toEqual({ status: 507, code: "quota_exceeded" });
    await harness.close();
    await start({ env: { MIN_FREE_BYTES: "1000 TB" } });
    expect(await refusedWith(harness.publish("bob", "lobby"))).toEqual({ status: 507, code: "disk_full" });
    expect((await harness.status("bob", "lobby")).sessions).toEqual([]);
    expect(await files()).toEqual([]);
  });
});
