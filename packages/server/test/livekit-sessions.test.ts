/** Sessions of LiveKit rooms, with a real livekit-server and real publishers: start, what is refused, stop, coming back. */
import { clipSchema, type Session } from "@livekit-replay/contract";
import { LivekitServer } from "@livekit-replay/peers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Harness, request, startHarness } from "./harness.js";
import { openStandin } from "./livekit-standin.js";
import { isRecorded, openWorld, variablesOf, type World, worldOf } from "./livekit-world.js";

const stateOf = (session: Session | undefined): string => `${session?.state} ${session?.health.state}`;
const flows = (session: Session | undefined): boolean => isRecorded(session) && stateOf(session) === "active ok";
/** It is recorded in a second run. A busy machine may lose packets besides, which is a gap of its own. */
const goesOn = (session: Session | undefined): boolean =>
  flows(session) && session?.window?.gaps.filter(({ reason }) => reason === "reconnect" || reason === "restart").length === 1;

// Polls come every five seconds, and some of these wait for two.
describe("one person", { timeout: 90_000 }, () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => world.close());

  test("is recorded from start to stop, and a press makes a clip; what was stopped stays stopped", async () => {
    const { harness } = world;
    await world.share("bob", "lobby");
    const started = await world.start("bob", "lobby");
    expect(started).toMatchObject({ state: "active", recorder: "passthrough", owner: { userId: "bob", name: "Bob" }, roomName: "lobby" });
    await world.until("lobby", ({ sessions: [session] }) => flows(session));
    expect((await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } })).problem().code).toBe("already_active");
    const kept = await harness.ask("bob", "POST", "/capture", { body: { sessionId: started.id, durationMinutes: 1 } });
    expect(kept.status).toBe(201);
    expect(clipSchema.parse(kept.json())).toMatchObject({ sessionId: started.id, video: { width: 320 } });
    expect((await harness.ask("bob", "POST", `/stop/${started.id}`)).status).toBe(200);
    await world.polls(1);
    const { sessions } = await harness.status("bob", "lobby");
    expect(sessions).toMatchObject([{ id: started.id, state: "ended" }]);
    expect(await harness.server.core.catalog.sessions.find(started.id)).toMatchObject({
      endedBy: "stop",
      identity: "bob",
      recorderId: null,
    });
  });

  test("starts the stopped session again by hand, in a new run", async () => {
    await world.share("bob", "lobby");
    const { id } = await world.start("bob", "lobby");
    await world.until("lobby", ({ sessions: [session] }) => flows(session));
    await world.harness.ask("bob", "POST", `/stop/${id}`);
    expect((await world.start("bob", "lobby")).id).toBe(id);
    await world.until("lobby", ({ sessions: [session] }) => goesOn(session));
  });

  test("shares again within the grace: the same session goes on by itself, without a webhook", async () => {
    const bob = await world.share("bob", "lobby");
    const { id } = await world.start("bob", "lobby");
    await world.until("lobby", ({ sessions: [session] }) => flows(session));
    await bob.leave();
    await world.until("lobby", ({ sessions: [session] }) => session?.state === "ended");
    expect(await world.harness.server.core.catalog.sessions.find(id)).toMatchObject({ endedBy: "share" });
    // From another device: the person counts.
    await world.share("bob#phone", "lobby");
    const { sessions } = await world.until("lobby", ({ sessions: [session] }) => goesOn(session));
    expect(sessions).toMatchObject([{ id, state: "active" }]);
    expect(await world.harness.server.core.catalog.sessions.find(id)).toMatchObject({ endedBy: null, identity: "bob#phone" });
  });

  test("is still recorded in the same session after our server was stopped and started", async () => {
    const { livekit } = world;
    await world.share("bob", "lobby");
    const { id } = await world.start("bob", "lobby");
    await world.until("lobby", ({ sessions: [session] }) => flows(session));
    const before = world.harness;
    await before.stop();
    const harness = await startHarness({ root: before.root, env: variablesOf(livekit) });
    const again = worldOf(livekit, harness);
    try {
      const { sessions } = await again.until("lobby", ({ sessions: [session] }) => goesOn(session));
      expect(sessions.map((session) => session.id)).toEqual([id]);
    } finally {
      await harness.stop();
    }
  });

  test("is muted, and is told so; a LiveKit that is killed and comes back ends nothing", async () => {
    const bob = await world.share("bob", "lobby");
    const { id } = await world.start("bob", "lobby");
    await world.until("lobby", ({ sessions: [session] }) => flows(session));
    await bob.setMuted("video", true);
    const { sessions: muted } = await world.until("lobby", ({ sessions: [session] }) => session?.health.state === "silent");
    expect(muted[0]?.health.reason).toMatch(/muted/);
    await bob.setMuted("video", false);
    await world.until("lobby", ({ sessions: [session] }) => flows(session));
    await world.livekit.kill();
    await world.until("lobby", ({ sessions: [session] }) => stateOf(session) === "active reconnecting");
    await vi.waitUntil(async () => (await (await fetch(`${world.harness.origin}/healthz`)).text()).includes("LiveKit cannot be reached"), {
      timeout: 15_000,
      interval: 500,
    });
    expect((await fetch(`${world.harness.origin}/readyz`)).status).toBe(200);
    await world.livekit.restart();
    const { sessions } = await world.until("lobby", ({ sessions: [session] }) => flows(session));
    expect(sessions.map((session) => session.id)).toEqual([id]);
  });

  test("has one share recorded, whichever way it comes", async () => {
    await world.share("bob", "lobby");
    await world.start("bob", "lobby");
    const refused = await world.harness.publish("bob", "lobby").then(
      () => "published",
      (error: unknown) => String(error),
    );
    expect(refused).toContain("already_active");
    const events = await world.harness.listen("alice", "/rooms/studio/events");
    await world.share("alice", "studio");
    await world.harness.publish("alice", "studio");
    await events.next("window");
    expect((await world.harness.status("alice", "studio")).sessions).toMatchObject([{ recorder: "whip", state: "active" }]);
  });

  test("a room that is deleted ends the session, and its grace begins", async () => {
    await world.share("bob", "lobby");
    await world.start("bob", "lobby");
    await world.until("lobby", ({ sessions: [session] }) => flows(session));
    await world.rooms.deleteRoom("lobby");
    const { sessions } = await world.until("lobby", ({ sessions: [session] }) => session?.state === "ended");
    expect(sessions[0]?.graceEndsAtMs).toBeGreaterThan(Date.now());
  });
});

describe("start is refused", () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());
  afterEach(async () => {
    expect(await world.harness.server.core.catalog.sessions.all()).toEqual([]);
  });
  const codeOf = async (person: string, body: object): Promise<string> =>
    (await world.harness.ask(person, "POST", "/start", { body })).problem().code;

  test("where LiveKit has no such room, and where nobody shares", async () => {
    expect(await codeOf("bob", { roomName: "studio" })).toBe("not_sharing");
    await world.join("bob", "studio");
    expect(await codeOf("bob", { roomName: "studio" })).toBe("not_sharing");
  });

  test("for tracks of somebody else, for cameras, and for what is only like one's own name", async () => {
    await world.share("alice", "lobby");
    await world.share("bobby", "lobby");
    await world.share("bob#cam", "lobby", { camera: true });
    // Who publishes hears of it before the room's list shows it.
    const tracks = await vi.waitFor(async () => {
      const people = await world.rooms.listParticipants("lobby");
      const listed = new Map(people.map(({ identity, tracks: published }) => [identity, published.map(({ sid }) => sid)]));
      expect((listed.get("alice") ?? []).length + (listed.get("bob#cam") ?? []).length).toBeGreaterThan(2);
      return listed;
    }, 5000);
    const tracksOf = (identity: string): string[] => tracks.get(identity) ?? [];
    expect(await codeOf("bob", { roomName: "lobby" })).toBe("not_sharing");
    const begun = performance.now();
    for (const videoTrackId of [...tracksOf("alice"), ...tracksOf("bob#cam")])
      expect(await codeOf("bob", { roomName: "lobby", videoTrackId })).toBe("not_sharing");
    // What will never be a screen of theirs is not waited for.
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await codeOf("bob", { roomName: "lobby", videoTrackId: "TR_nothing" })).toBe("not_sharing");
    expect(await codeOf("alice", { roomName: "lobby", audioTrackId: tracksOf("bob#cam")[0] })).toBe("not_sharing");
  }, 60_000);

  test("when the tracks are encrypted", async () => {
    await world.share("bob", "studio", { encrypted: true });
    await vi.waitFor(async () => expect(await codeOf("bob", { roomName: "studio" })).toBe("encrypted_room"), 5000);
  });

  test("for who may not", async () => {
    await world.share("carol", "studio");
    expect(await codeOf("carol", { roomName: "studio" })).toBe("permission_denied");
  });
});

describe("a LiveKit that is not well", () => {
  const refusal = async (env: Readonly<Record<string, string>>, ask: (harness: Harness) => Promise<void>): Promise<void> => {
    const harness = await startHarness({ env });
    try {
      await ask(harness);
    } finally {
      await harness.close();
    }
  };

  test("nobody at the address: 503 with Retry-After; WHIP goes on", () =>
    refusal(variablesOf({ url: "ws://127.0.0.1:9", apiKey: "key", apiSecret: "secret of a test" }), async (harness) => {
      const answer = await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } });
      expect(answer.problem()).toMatchObject({
        status: 503,
        code: "recorder_unavailable",
        detail: "Recorder is not available: LiveKit cannot be reached",
      });
      expect(answer.headers.get("retry-after")).toBe("2");
      const events = await harness.listen("bob", "/rooms/lobby/events");
      await harness.publish("bob", "lobby");
      await events.next("window");
    }));

  test("the wrong secret: says so, to the person, in the log and in the health", async () => {
    const livekit = await LivekitServer.start();
    try {
      await refusal(variablesOf({ url: livekit.url, apiKey: livekit.apiKey, apiSecret: "not the one that it has" }), async (harness) => {
        const answer = await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } });
        expect(answer.problem().detail).toContain("LiveKit refused the API key");
        expect(harness.log.some((line) => line.includes('"level":50') && line.includes("LiveKit refuses the API key"))).toBe(true);
        expect((await request(`${harness.origin}/healthz`, "GET")).json()).toMatchObject({ parts: { livekit: { status: "degraded" } } });
        expect(harness.log.join("\n")).not.toContain("not the one that it has");
      });
    } finally {
      await livekit.close();
    }
  });

  test("one that does not answer is waited for 5 s, and no row is left", async () => {
    const standin = await openStandin("hang");
    try {
      await refusal(variablesOf({ url: standin.url, apiKey: "key", apiSecret: "secret of a test" }), async (harness) => {
        const from = performance.now();
        expect((await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } })).status).toBe(503);
        expect(performance.now() - from).toBeLessThan(9000);
        expect(await harness.server.core.catalog.sessions.all()).toEqual([]);
      });
    } finally {
      await standin.close();
    }
  });
});
