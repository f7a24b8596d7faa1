/** Two servers on one database: one that was taken for dead and is not, and one that starts while the others work. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { loadFilm, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { request, startHarness } from "./harness.js";
import { startTwoServers, type TwoServers } from "./two-servers-world.js";

describe("two servers", () => {
  let two: TwoServers;
  beforeAll(async () => {
    two = await startTwoServers("sqlite");
    for (const person of ["dora", "erik"]) await two.member(person);
  }, 60_000);
  afterEach(() => two.leave());
  afterAll(() => two.close());

  /** What a server writes that takes the session's own for dead, or that somebody asked to stop it. */
  async function endedBy(id: string, why: "stop" | "share"): Promise<void> {
    const { sessions } = two.here.server.core.catalog;
    const none = { slot: null, publicationId: null, recorderId: null, heartbeatAtMs: null, serverId: null } as const;
    const now = Date.now();
    const row = await sessions.find(id);
    const change = { state: "ended", endedAtMs: now, graceFromMs: now, endedBy: why, ...none } as const;
    expect(await sessions.update(id, "active", change, row?.serverId ?? null)).toBe(true);
  }

  test("taken for dead, a server gives its session up, and the share goes on in a new run; stopped by another, it is recorded no more", async () => {
    await two.publish("there", "dora");
    const { id } = await two.buffered("here", "dora", 1000);
    const { catalog, store } = two.here.server.core;
    const buffer = await store.buffers.open({ roomName: "lobby", userId: "dora", sessionId: id });
    const run = buffer.segments.at(-1)?.run ?? -1;
    await endedBy(id, "share");
    await vi.waitUntil(
      async () => {
        await buffer.refresh();
        return (buffer.segments.at(-1)?.run ?? -1) > run && (await catalog.sessions.find(id))?.state === "active";
      },
      { timeout: 20_000, interval: 200 },
    );
    await endedBy(id, "stop");
    const recordings = async (): Promise<string> => {
      await buffer.refresh();
      return JSON.stringify(buffer.segments.at(-1)?.endWall);
    };
    let last = "";
    // Nothing more comes once it has noticed: two looks that are a segment apart see the same.
    await vi.waitUntil(
      async () => {
        const before = last;
        last = await recordings();
        return before === last;
      },
      { timeout: 20_000, interval: 4500 },
    );
    expect((await catalog.sessions.find(id))?.state).toBe("ended");
  });

  test("a share that ends where its session was taken from does not end the session", async () => {
    const { catalog } = two.here.server.core;
    const there = (await catalog.servers.all()).find(({ id }) => id !== two.here.server.core.group.servers.id);
    const publisher = await two.publish("here", "erik");
    const { id } = await two.buffered("here", "erik", 500);
    // As when this server was taken for dead, and the person came back at the other one.
    expect(await catalog.sessions.update(id, "active", { serverId: there?.id ?? "", heartbeatAtMs: Date.now() + 60_000 })).toBe(true);
    await publisher.close();
    expect(await catalog.sessions.find(id)).toMatchObject({ state: "active", serverId: there?.id });
    await two.ask("here", "erik", "POST", `/stop/${id}`);
  });

  test("a server that starts beside others leaves alone what they are at", async () => {
    const { ledger, catalog } = two.here.server.core;
    await ledger.reserve("erik", "clip-in-the-making", 1000);
    const folder = join(two.here.root, "data", "replays", "erik");
    const pins = join(folder, "2026-01-01T00-00-00-000Z.pins.tmp");
    await mkdir(pins, { recursive: true });
    await writeFile(join(folder, "2026-01-01T00-00-01-000Z.mp4.tmp"), "half");
    const third = await startHarness({ root: two.here.root, database: "sqlite" });
    expect(await catalog.servers.all()).toHaveLength(3);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toHaveLength(2);
    expect((await ledger.quotaOf("erik")).reservedBytes).toBeGreaterThanOrEqual(1000);
    await third.stop();
    expect(await catalog.servers.all()).toHaveLength(2);
    await ledger.release("erik", "clip-in-the-making");
    await rm(pins, { recursive: true });
    await rm(join(folder, "2026-01-01T00-00-01-000Z.mp4.tmp"));
  });

  test("an address that is written loosely is passed on all the same", async () => {
    await two.publish("there", "dora");
    const { id } = await two.buffered("here", "dora", 500);
    const authorization = `Bearer ${await two.token("dora")}`;
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(two.api.here);
      // `fetch` would write it properly.
      const asking = ask({ hostname, port, method: "POST", path: `/livekit-replay/stop/${id}?why={"bored"}`, headers: { authorization } });
      asking.once("response", (answer) => resolve(answer.resume().statusCode));
      asking.once("error", reject);
      asking.end();
    });
    expect(status).toBe(200);
    expect((await two.here.server.core.metrics.text()).text).toMatch(/^replay_requests_passed_on_total\{outcome="answered"\} [1-9]/m);
    expect((await two.sessionOf("there", "dora"))?.state).toBe("ended");
  });

  test("a publication that nobody records goes with its person, at whichever server it is", async () => {
    await two.member("gina");
    const url = `${two.api.there}/whip/lobby?start=false`;
    const publisher = await WhipPublisher.publish({ film: await loadFilm(SMALL_FILM), url, token: await two.token("gina") });
    const metrics = async (): Promise<string> => (await request(two.api.there.replace("/livekit-replay", "/metrics"), "GET")).text;
    try {
      expect(await metrics()).toMatch(/^replay_recorder_publications\{process="0"\} 1$/m);
      expect((await two.ask("here", "alice", "DELETE", "/admin/users/gina")).status).toBe(204);
      await vi.waitUntil(async () => /^replay_recorder_publications\{process="0"\} 0$/m.test(await metrics()), {
        timeout: 5000,
        interval: 100,
      });
    } finally {
      await publisher.close().catch(() => undefined);
    }
  });

  test("many long events at once are told in messages that are not too long, whatever they are written in", async () => {
    const { bus, metrics } = two.here.server.core;
    const told = async (outcome: string): Promise<number> =>
      Number(new RegExp(`^replay_server_events_total\\{outcome="${outcome}"\\} (\\d+)$`, "m").exec((await metrics.text()).text)?.[1] ?? 0);
    const [before, lost] = [await told("told"), await told("dropped")];
    const post = {
      channelId: "clips",
      clipId: null,
      userId: "dora",
      userName: "Dora",
      text: "\u9332".repeat(4000),
      createdAtMs: Date.now(),
    };
    for (let n = 0; n < 30; n += 1) bus.publish({ type: "post", post: { ...post, id: `post-${n}` } });
    await vi.waitUntil(async () => (await told("told")) + (await told("dropped")) >= before + lost + 30, { timeout: 10_000, interval: 50 });
    expect(await told("dropped")).toBe(lost);
  });

  test("what is at a dead server's address is not that server: a capture that it answers is made here", async () => {
    await two.publish("there", "dora");
    const { id } = await two.buffered("here", "dora", 3000);
    const { port, hostname } = new URL(two.api.there);
    await two.kill();
    const asked: string[] = [];
    const impostor = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(401, { "content-type": "application/problem+json" }).end(JSON.stringify({ code: "unauthenticated" }));
    });
    await new Promise<void>((resolve) => impostor.listen(Number(port), hostname, resolve));
    try {
      const answer = await two.ask("here", "dora", "POST", "/capture", { body: { sessionId: id, durationSeconds: 1 } });
      expect(asked).toContain("POST /livekit-replay/capture");
      expect(answer.status, answer.text).toBe(201);
    } finally {
      impostor.closeAllConnections();
      await new Promise((resolve) => impostor.close(resolve));
    }
  });
});
