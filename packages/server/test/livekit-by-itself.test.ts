/** Shares that are recorded without being asked for, who left without a word, and webhooks that say where to look: on a real livekit-server. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { wallMs } from "@livekit-replay/contract";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { SessionRow } from "../src/catalog/port.js";
import { newId } from "../src/platform/ids.js";
import { request } from "./harness.js";
import { isRecorded, openWorld, smallFilm, type World } from "./livekit-world.js";

/** Polls come every five seconds; these wait for several. */
const slow = { timeout: 90_000 };

let world: World;
afterEach(() => world.close());

const autoStart = async (change: object = {}): Promise<void> => {
  const answer = await world.harness.ask("alice", "PATCH", "/admin/community/demo/config", { body: { autoStart: true, ...change } });
  expect(answer.status).toBe(200);
};
const logged = (text: string): string[] => world.harness.log.filter((line) => line.includes(text));

describe("a community that wants every share recorded", slow, () => {
  test("gets it, for each member; who stops is left alone until the next share", async () => {
    world = await openWorld();
    await autoStart();
    const bob = await world.share("bob#tab", "lobby");
    // Carol could not start a session herself; a stranger is nobody's member.
    await world.share("carol", "lobby");
    await world.share("mallory", "lobby");
    const { sessions } = await world.until(
      "lobby",
      (status) => status.sessions.length === 2 && status.sessions.every((session) => session.window !== null),
    );
    expect(new Set(sessions.map(({ owner }) => owner.userId))).toEqual(new Set(["bob", "carol"]));
    const mine = sessions.find(({ owner }) => owner.userId === "bob");
    await world.harness.ask("bob", "POST", `/stop/${mine?.id}`);
    await world.polls(1);
    const stateOfMine = async (): Promise<string | undefined> =>
      (await world.harness.status("bob", "lobby")).sessions.find(({ id }) => id === mine?.id)?.state;
    expect(await stateOfMine()).toBe("ended");
    await bob.unpublish();
    await world.polls(1);
    await bob.publish({ film: await smallFilm() });
    await vi.waitUntil(async () => (await stateOfMine()) === "active", { timeout: 15_000, interval: 200 });
  });

  test("leaves a share alone that its person started and stopped before anybody looked", async () => {
    world = await openWorld();
    await autoStart();
    // The room is known, and five seconds are left until it is looked at again.
    await world.polls(1);
    await world.share("bob", "lobby");
    const { id } = await world.start("bob", "lobby");
    await world.harness.ask("bob", "POST", `/stop/${id}`);
    await world.polls(1);
    const { sessions } = await world.harness.status("alice", "lobby");
    expect(sessions.filter(({ state }) => state === "active")).toEqual([]);
  });

  test("has the same gates as everybody: what is refused is said once, and recorded when there is room", async () => {
    world = await openWorld();
    await autoStart({ maxConcurrent: 1 });
    await world.share("bob", "lobby");
    await world.until("lobby", ({ sessions: [session] }) => isRecorded(session));
    await world.share("alice", "studio");
    const refusal = "a share could not be recorded by itself";
    await vi.waitUntil(() => logged(refusal).length > 0, { timeout: 15_000, interval: 100 });
    await world.polls(1);
    expect(logged(refusal)).toHaveLength(1);
    expect(logged(refusal)[0]).toContain("community_limit");
    await autoStart({ maxConcurrent: 2 });
    await world.until("studio", ({ sessions: [session] }) => isRecorded(session));
  });

  test("does not get shares that cannot be kept, and is told once", async () => {
    world = await openWorld();
    await autoStart();
    await world.share("bob", "lobby", { encrypted: true });
    await vi.waitUntil(() => logged("encrypted_room").length > 0, { timeout: 15_000, interval: 100 });
    await world.polls(2);
    expect(logged("encrypted_room")).toHaveLength(1);
    expect((await world.harness.status("bob", "lobby")).sessions).toEqual([]);
  });
});

test("a real LiveKit's webhook says where to look", slow, async () => {
  // livekit-server must know the address before there is a server at it: what comes is handed on.
  let target = "";
  const relay = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { authorization = "", "content-type": type = "" } = incoming.headers;
      void fetch(target, { method: "POST", headers: { authorization, "content-type": type }, body: Buffer.concat(chunks) }).then(
        (answer) => response.writeHead(answer.status).end(),
        () => response.writeHead(502).end(),
      );
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = relay.address() as AddressInfo;
    world = await openWorld({ livekit: { webhookUrls: [`http://127.0.0.1:${port}/`] } });
    target = `${world.harness.api}/livekit/webhook`;
    await autoStart();
    await world.share("bob", "lobby");
    await world.until("lobby", ({ sessions: [session] }) => isRecorded(session));
    const { text } = await request(`${world.harness.origin}/metrics`, "GET");
    expect(text).toMatch(/^replay_livekit_webhooks_total\{outcome="taken"\} [1-9]/m);
  } finally {
    relay.closeAllConnections();
    relay.close();
  }
});

describe("who left without a word", slow, () => {
  const hour = 60 * 60_000;
  let offset = 0;
  const clock = { now: () => wallMs(Date.now() + offset) };

  /** A session that some server began and lost sight of. */
  const forgotten = (userId: string, identity: string): SessionRow => ({
    id: newId(),
    userId,
    roomName: "lobby",
    communityId: "demo",
    state: "active",
    recorder: "passthrough",
    startedAtMs: clock.now(),
    endedAtMs: null,
    graceFromMs: null,
    recorderId: "of another server",
    heartbeatAtMs: clock.now() + 24 * hour,
    serverId: null,
    publicationId: null,
    identity,
    endedBy: null,
    pausedAtMs: null,
    slot: `demo:${userId}`,
  });

  test("is ended by the hourly job; who is there is not; a LiveKit that cannot be reached ends nothing", async () => {
    offset = 0;
    world = await openWorld({ clock });
    const { sessions } = world.harness.server.core.catalog;
    await world.share("bob", "lobby");
    await world.start("bob", "lobby");
    await world.until("lobby", ({ sessions: [session] }) => isRecorded(session));
    const gone = forgotten("carol", "carol#tab");
    expect(await sessions.insert(gone)).toEqual({ ok: true });
    await world.livekit.kill();
    const runs = (): number => logged('"job":"left_sessions"').length;
    offset = hour + 1000;
    await world.polls(1);
    expect((await sessions.find(gone.id))?.state).toBe("active");
    expect(runs()).toBe(0);
    await world.livekit.restart();
    await vi.waitUntil(async () => (await world.rooms.listParticipants("lobby").catch(() => [])).some(({ tracks }) => tracks.length > 0), {
      timeout: 20_000,
      interval: 200,
    });
    offset = 2 * hour + 2000;
    await vi.waitUntil(async () => (await sessions.find(gone.id))?.state === "ended", { timeout: 15_000, interval: 200 });
    expect(await sessions.find(gone.id)).toMatchObject({ endedBy: "share", slot: null, recorderId: null });
    expect((await sessions.activeOf("bob"))?.state).toBe("active");
  });
});
