/** Two servers beside one real livekit-server: a share is recorded once, who stops it is left alone by both, and one server's death is survived by the other. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { LivekitPublisher, LivekitServer } from "@livekit-replay/peers";
import type { SessionRow } from "../src/catalog/port.js";
import { smallFilm, variablesOf, worldOf } from "./livekit-world.js";
import { startTwoServers, type TwoServers } from "./two-servers-world.js";

let livekit: LivekitServer;
let two: TwoServers;
const people: LivekitPublisher[] = [];

beforeAll(async () => {
  livekit = await LivekitServer.start();
  two = await startTwoServers("sqlite", variablesOf(livekit));
}, 60_000);
afterAll(async () => {
  for (const one of people.splice(0)) await one.close();
  await two.close();
  await livekit.close();
});

async function share(identity: string): Promise<LivekitPublisher> {
  const publisher = await LivekitPublisher.join({ server: livekit, room: "lobby", identity });
  people.push(publisher);
  await publisher.publish({ film: await smallFilm() });
  return publisher;
}

const sessionsOf = (userId: string): Promise<SessionRow[]> => two.here.server.core.catalog.sessions.ofUser(userId);
const activeOf = async (userId: string): Promise<SessionRow | null> => two.here.server.core.catalog.sessions.activeOf(userId);

async function recorded(userId: string): Promise<SessionRow> {
  const { store } = two.here.server.core;
  await vi.waitUntil(
    async () => {
      const row = await activeOf(userId);
      if (!row) return false;
      return (await store.buffers.open({ roomName: row.roomName, userId, sessionId: row.id })).segments.length > 0;
    },
    { timeout: 25_000, interval: 100 },
  );
  const row = await activeOf(userId);
  if (!row) throw new Error("it has ended");
  return row;
}

test(
  "a share that both servers see is recorded by one of them; stopped at either, it is left alone by both",
  { timeout: 90_000 },
  async () => {
    const settings = await two.ask("here", "alice", "PATCH", "/admin/community/demo/config", { body: { autoStart: true } });
    expect(settings.status).toBe(200);
    const world = worldOf(livekit, two.here);
    await share("bob");
    const { id } = await recorded("bob");
    expect((await sessionsOf("bob")).map((row) => [row.id, row.state])).toEqual([[id, "active"]]);
    expect((await two.ask("there", "bob", "POST", `/stop/${id}`)).status).toBe(200);
    expect(await activeOf("bob")).toBeNull();
    // Both look every five seconds.
    await world.polls(1);
    expect(await activeOf("bob")).toBeNull();
    expect(await sessionsOf("bob")).toHaveLength(1);
  },
);

test("a server that is killed: its share goes on at the other, in the same session", { timeout: 90_000 }, async () => {
  await two.ask("here", "alice", "PATCH", "/admin/community/demo/config", { body: { autoStart: false } });
  await share("alice");
  expect((await two.ask("there", "alice", "POST", "/start", { body: { roomName: "lobby" } })).status).toBe(201);
  const before = await recorded("alice");
  expect(before.serverId).not.toBe(two.here.server.core.group.servers.id);
  await two.kill();
  await vi.waitUntil(async () => (await activeOf("alice"))?.serverId === two.here.server.core.group.servers.id, {
    timeout: 30_000,
    interval: 200,
  });
  const after = await recorded("alice");
  expect(after.id).toBe(before.id);
  const { store } = two.here.server.core;
  const buffer = await store.buffers.open({ roomName: "lobby", userId: "alice", sessionId: after.id });
  await vi.waitUntil(() => buffer.segments.some(({ run }) => run > 0), { timeout: 20_000, interval: 100 });
  expect(await store.check()).toEqual([]);
});
