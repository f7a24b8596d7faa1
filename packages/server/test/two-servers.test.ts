/** Two servers on one database and one folder, whichever is asked: limits hold between them, the one that has a session does what needs it, and one outlives the other. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Clip, clipSchema, sessionSchema, wallMs } from "@livekit-replay/contract";
import { checkSequence, readClip } from "@livekit-replay/peers";
import { type Answer, request } from "./harness.js";
import { startTwoServers, type TwoServers, type Which } from "./two-servers-world.js";

const frameMs = 1000 / 30;
const filmFrames = 600;

describe.each(["sqlite", "mongodb"] as const)("two servers on %s", (database) => {
  let two: TwoServers;

  beforeAll(async () => {
    two = await startTwoServers(database, { GRACE_MINUTES: "15" });
    for (const person of ["dora", "erik"]) await two.member(person);
  }, 60_000);
  afterEach(() => two.leave());
  afterAll(() => two.close());

  async function captured(which: Which, person: string, body: object, headers: Record<string, string> = {}): Promise<Clip> {
    const answer = await two.ask(which, person, "POST", "/capture", { body, headers });
    expect(answer.status, answer.text).toBe(201);
    return clipSchema.parse(answer.json());
  }

  async function mp4Of(clip: Clip): Promise<string> {
    const { catalog, store } = two.here.server.core;
    await vi.waitUntil(async () => (await catalog.clips.find(clip.id))?.state === "ready", { timeout: 30_000, interval: 100 });
    const row = await catalog.clips.find(clip.id);
    return (await store.media.ofClip({ userId: row?.userId ?? "", key: row?.fileKey ?? "" }, "mp4"))?.path ?? "";
  }

  const stopped = async (person: string): Promise<void> => {
    const session = await two.sessionOf("here", person);
    if (session?.state === "active") await two.ask("here", person, "POST", `/stop/${session.id}`);
  };

  test("a capture at one of a session at the other ends at the press, with every frame", async () => {
    const publisher = await two.publish("there", "dora");
    await two.buffered("here", "dora", 4000);
    const room = await two.listen("here", "carol", "/rooms/lobby/events");
    const me = await two.listen("here", "dora", "/me/events");
    const session = await two.sessionOf("here", "dora");
    // The session's own server tells of each segment: the window moves for who listens here.
    const before = session?.window?.toMs ?? Infinity;
    await room.next("window", ({ sessionId, window }) => sessionId === session?.id && window.toMs > before);
    // Between two segments, so that only its own server has the end of it.
    const pressMs = Date.now();
    const clip = await captured("here", "dora", { sessionId: session?.id, durationSeconds: 3, endAtMs: pressMs });
    expect(clip.links.download.startsWith(two.here.origin)).toBe(true);
    expect(await room.next("captured", ({ clipId }) => clipId === clip.id)).toMatchObject({ by: { userId: "dora" } });
    expect(
      (await me.next("clip", ({ clip: mine }) => mine.id === clip.id && mine.state === "ready")).clip.durationMs,
    ).toBeGreaterThanOrEqual(3000);
    const reading = await readClip(await mp4Of(clip));
    expect(reading.complaints).toEqual([]);
    expect(checkSequence(reading.frames, filmFrames)).toMatchObject({ unreadable: 0, jumps: [] });
    const last = publisher.log.nearest(reading.frames.at(-1)?.number ?? -1, wallMs(clip.endsAtMs), 1000);
    expect(last?.due).toBeGreaterThanOrEqual(pressMs - frameMs / 2);
    await stopped("dora");
  });

  test("who is in the room at one server may capture at the other; who is in none may not", async () => {
    await two.publish("there", "dora");
    const session = await two.buffered("there", "dora", 1000);
    const body = { sessionId: session.id, durationSeconds: 1 };
    expect((await two.ask("there", "erik", "POST", "/capture", { body })).problem().code).toBe("permission_denied");
    await two.listen("here", "erik", "/rooms/lobby/events");
    expect((await captured("there", "erik", body)).owner.userId).toBe("erik");
    expect((await captured("here", "erik", body)).owner.userId).toBe("erik");
    await stopped("dora");
  });

  test("the same key at both servers at once is one clip", async () => {
    await two.publish("there", "dora");
    const session = await two.buffered("there", "dora", 1000);
    const body = { sessionId: session.id, durationSeconds: 1 };
    const headers = { "idempotency-key": "one-press" };
    const clips = await Promise.all((["here", "there", "here", "there"] as const).map((which) => captured(which, "dora", body, headers)));
    expect(new Set(clips.map(({ id }) => id)).size).toBe(1);
    await stopped("dora");
  });

  test("stop, WHIP PATCH and DELETE, start of a publication and a second publication: at the server that does not have it", async () => {
    const publisher = await two.publish("there", "dora");
    const { id } = await two.buffered("here", "dora", 500);
    const answer = await two.ask("here", "dora", "POST", `/stop/${id}`);
    expect(sessionSchema.parse(answer.json())).toMatchObject({ id, state: "ended" });
    const again = await two.ask("here", "dora", "POST", "/start", { body: { roomName: "lobby" } });
    expect(sessionSchema.parse(again.json())).toMatchObject({ id, state: "active" });
    const offer = await readFile(new URL("fixtures/offers/chromium.sdp", import.meta.url), "utf8");
    const second = await two.ask("here", "dora", "POST", "/whip/lobby", { body: offer, headers: { "content-type": "application/sdp" } });
    expect(second.problem().code).toBe("already_active");
    const path = new URL(publisher.resourceUrl).pathname.replace("/livekit-replay", "");
    const fragment = { "content-type": "application/trickle-ice-sdpfrag" };
    expect((await two.ask("here", "dora", "PATCH", path, { body: "a=ice-ufrag:x\r\n", headers: fragment })).problem().status).toBe(428);
    expect((await two.ask("here", "erik", "DELETE", path)).status).toBe(404);
    expect((await two.ask("here", "dora", "DELETE", path)).status).toBe(200);
    expect((await two.sessionOf("there", "dora"))?.state).toBe("ended");
    expect((await two.ask("there", "dora", "DELETE", path)).status).toBe(404);
  });

  test("50 starts at once against a limit of 5: exactly 5, asked at one server or at both", async () => {
    const offer = await readFile(new URL("fixtures/offers/chromium.sdp", import.meta.url), "utf8");
    const { catalog } = two.here.server.core;
    for (const [round, whichOf] of (
      [() => "here", (n: number) => (n % 2 === 0 ? "here" : "there")] as ((n: number) => Which)[]
    ).entries()) {
      const people = Array.from({ length: 50 }, (_, n) => ({ person: `starter-${round}-${n}`, which: whichOf(n) }));
      await Promise.all(people.map(({ person }) => two.member(person)));
      // A publication is there with its offer: it need not connect for its start to be let in or refused.
      const offered = await Promise.all(
        people.map(({ person, which }) =>
          two.ask(which, person, "POST", "/whip/studio?start=false", { body: offer, headers: { "content-type": "application/sdp" } }),
        ),
      );
      expect(offered.map(({ status }) => status)).toEqual(people.map(() => 201));
      const answers = await Promise.all(
        people.map(({ person, which }) => two.ask(which, person, "POST", "/start", { body: { roomName: "studio" } })),
      );
      const codes = answers.map((answer) => (answer.status === 201 ? "started" : answer.problem().code));
      expect(Map.groupBy(codes, (code) => code).get("started")).toHaveLength(5);
      expect(codes.filter((code) => code === "community_limit")).toHaveLength(45);
      const active = (await catalog.sessions.ofCommunity("demo")).filter(({ state }) => state === "active");
      expect(active).toHaveLength(5);
      // Whoever got a place got it from the server that was asked.
      expect(active.every(({ serverId }) => serverId !== null)).toBe(true);
      await Promise.all(active.map(({ id, userId }) => two.ask("here", userId, "POST", `/stop/${id}`)));
      expect(await catalog.sessions.countActive("demo")).toBe(0);
      const resources = offered.map(({ headers }) => (headers.get("location") ?? "").replace("/livekit-replay", ""));
      await Promise.all(people.map(({ person, which }, n) => two.ask(which, person, "DELETE", resources[n] ?? "")));
    }
  });

  test("50 captures at once against a quota for 3: exactly 3, asked at one server or at both", async () => {
    const publisher = await two.publish("there", "dora");
    const { id } = await two.buffered("there", "dora", 3000);
    await publisher.stop();
    const { catalog, ledger, store } = two.here.server.core;
    await vi.waitUntil(async () => (await catalog.sessions.find(id))?.state === "ended", { timeout: 10_000, interval: 50 });
    // Ended, it is captured by whichever server is asked.
    const body = { sessionId: id, durationSeconds: 2 };
    const probe = await captured("here", "dora", body);
    const bound = (await catalog.quotas.ofClip("dora", probe.id))?.clipBytes ?? 0;
    await mp4Of(probe);
    const used = await ledger.quotaOf("dora");
    const base = used.usedBytes + used.reservedBytes;
    const kept = (await catalog.clips.ofUser("dora")).length;
    for (const whichOf of [() => "here", (n: number) => (n % 2 === 0 ? "here" : "there")] as ((n: number) => Which)[]) {
      const before = await ledger.quotaOf("dora");
      const had = before.usedBytes + before.reservedBytes;
      expect(had).toBe(base);
      await catalog.quotas.setLimit("dora", had + 3 * bound);
      const answers: Answer[] = await Promise.all(
        Array.from({ length: 50 }, (_, n) => two.ask(whichOf(n), "dora", "POST", "/capture", { body })),
      );
      const clips = answers.filter(({ status }) => status === 201).map((answer) => clipSchema.parse(answer.json()));
      expect(clips).toHaveLength(3);
      expect(answers.filter(({ status }) => status === 507).map((answer) => answer.problem().code)).toHaveLength(47);
      for (const clip of clips) await mp4Of(clip);
      const rows = await catalog.clips.ofUser("dora");
      expect(rows).toHaveLength(kept + 3);
      const after = await ledger.quotaOf("dora");
      expect(after.reservedBytes).toBe(0);
      expect(after.usedBytes - before.usedBytes).toBe(
        clips.map((clip) => rows.find((row) => row.id === clip.id)?.sizeBytes ?? 0).reduce((a, b) => a + b),
      );
      expect(await store.check()).toEqual([]);
      // Deleted at whichever server: what it held is free again.
      await Promise.all(clips.map((clip, n) => two.ask(n % 2 === 0 ? "here" : "there", "dora", "DELETE", `/clips/${clip.id}`)));
    }
    await catalog.quotas.setLimit("dora", null);
    expect(await store.check()).toEqual([]);
  });

  test("what servers say to each other is for nobody else", async () => {
    const signedOnly = [
      ["GET", "/servers/alive"],
      ["GET", "/servers/presence?roomName=lobby&userId=dora"],
      ["GET", "/servers/publications?userId=dora"],
      ["POST", "/servers/events"],
      ["POST", "/servers/end"],
    ] as const;
    for (const [method, path] of signedOnly) {
      const options = method === "GET" ? {} : { body: "{}", headers: { "content-type": "application/json" } };
      expect((await two.ask("here", "alice", method, path, options)).status, path).toBe(401);
    }
    // Who claims that a server passed the request on must show it.
    const forged = { "livekit-replay-server": `v1.${"A".repeat(40)}.${"A".repeat(43)}` };
    expect((await two.ask("here", "dora", "GET", "/me", { headers: forged })).problem().status).toBe(401);
  });

  test("a person who is removed at one server is recorded no more at the other, and nothing of them stays", async () => {
    await two.member("fred");
    await two.publish("there", "fred");
    await two.buffered("here", "fred", 1000);
    const folder = join(two.here.root, "data", "replay-buffer", "lobby", "fred");
    expect(await readdir(folder)).toHaveLength(1);
    expect((await two.ask("here", "alice", "DELETE", "/admin/users/fred")).status).toBeLessThan(300);
    expect(await two.here.server.core.catalog.sessions.ofUser("fred")).toEqual([]);
    await expect(readdir(folder)).rejects.toThrow("ENOENT");
  });

  const isKeeper = async (which: Which): Promise<boolean> => {
    const { text } = await request(two.api[which].replace("/livekit-replay", "/metrics"), "GET");
    return /^replay_cleanup_keeper 1$/m.test(text);
  };

  test("killed, its session ends, can be captured at the other, and the other cleans up", async () => {
    await vi.waitUntil(async () => (await isKeeper("there")) && !(await isKeeper("here")), { timeout: 15_000, interval: 200 });
    const publisher = await two.publish("there", "dora");
    const { id, window } = await two.buffered("here", "dora", 3000);
    const room = await two.listen("here", "carol", "/rooms/lobby/events");
    await two.kill();
    publisher.vanish();
    // At once: what is closed can be captured before anybody has found out.
    const early = await captured("here", "dora", { sessionId: id, durationSeconds: 1 });
    expect(early.durationMs).toBeGreaterThan(0);
    const { session } = await room.next("session", (event) => event.session.id === id && event.session.state === "ended", 20_000);
    expect(session.window?.toMs).toBeGreaterThanOrEqual(window?.toMs ?? Infinity);
    const clip = await captured("here", "dora", { sessionId: id, durationMinutes: 1 });
    expect(clip.endsAtMs).toBeGreaterThanOrEqual(window?.toMs ?? Infinity);
    for (const made of [early, clip]) expect((await readClip(await mp4Of(made))).complaints).toEqual([]);
    await vi.waitUntil(() => isKeeper("here"), { timeout: 20_000, interval: 200 });
    expect(await two.here.server.core.catalog.servers.all()).toHaveLength(1);
    expect(await two.here.server.core.store.check()).toEqual([]);
    await two.publish("here", "dora");
    await two.buffered("here", "dora", 1000);
  });
});
