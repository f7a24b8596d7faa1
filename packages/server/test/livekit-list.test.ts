/**
 * LiveKit's list of a room that stayed behind: LiveKit writes a participant to its store from several places at once, and an older state may be
 * written last. Here the older state is put back by hand.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { type LivekitPublisher, RedisServer } from "@livekit-replay/peers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openEgressWorld } from "./egress-world.js";
import { isRecorded, openWorld, smallFilm, type World } from "./livekit-world.js";

/** Where LiveKit keeps the participants of the room. */
const list = "room_participants:lobby";
const older = "older";

let redis: RedisServer;
let world: World;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function openPassthrough(): Promise<void> {
  redis = await RedisServer.start();
  closing.push(() => redis.close());
  world = await openWorld({ livekit: { redisAddress: redis.address } });
  closing.push(() => world.close());
}

/** Copies a key, in place of what is there. @throws Error when there is no such key. */
async function copy(from: string, to: string): Promise<void> {
  const socket = connect(redis.port, "127.0.0.1");
  try {
    socket.write(`COPY ${from} ${to} REPLACE\r\n`);
    const [reply] = (await once(socket, "data")) as [Buffer];
    if (reply.toString("latin1") !== ":1\r\n") throw new Error(`${from} was not copied: ${reply.toString("latin1")}`);
  } finally {
    socket.destroy();
  }
}

async function tracksListed(): Promise<number> {
  return (await world.rooms.listParticipants("lobby")).flatMap(({ tracks }) => tracks).length;
}

/** Bob shares; the list before that is kept for `putBack`. */
async function share(): Promise<LivekitPublisher> {
  const bob = await world.join("bob", "lobby");
  await copy(list, older);
  await bob.publish({ film: await smallFilm() });
  await vi.waitUntil(
    async () => {
      if ((await tracksListed()) === 2) return true;
      // It may have stayed behind by itself: what changes a participant has LiveKit write it once more.
      await world.rooms.updateParticipant("lobby", "bob", { metadata: String(performance.now()) });
      return false;
    },
    { timeout: 20_000, interval: 500 },
  );
  return bob;
}

async function putBack(): Promise<void> {
  await copy(older, list);
  expect(await tracksListed()).toBe(0);
}

describe("a share that LiveKit does not list", { timeout: 90_000 }, () => {
  test("is recorded when it is asked for", async () => {
    await openPassthrough();
    await share();
    await putBack();
    const answer = await world.harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } });
    expect([answer.status, answer.text]).toMatchObject([201, expect.anything()]);
    await world.until("lobby", ({ sessions: [session] }) => isRecorded(session));
    expect(await tracksListed()).toBe(0);
  });

  test("is recorded by egress", async () => {
    const egress = await openEgressWorld();
    closing.push(() => egress.close());
    ({ redis } = egress);
    world = egress;
    await egress.worker();
    await share();
    await putBack();
    const answer = await world.harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } });
    expect([answer.status, answer.text]).toMatchObject([201, expect.anything()]);
    await world.until("lobby", ({ sessions: [session] }) => isRecorded(session), 50_000);
    expect(await tracksListed()).toBe(0);
  });

  test("does not end while it is paused; it does when it is over", async () => {
    await openPassthrough();
    const bob = await share();
    const { id } = await world.start("bob", "lobby");
    await world.until("lobby", ({ sessions: [session] }) => isRecorded(session));
    expect((await world.harness.ask("bob", "POST", `/sessions/${id}/pause`)).status).toBe(200);
    await putBack();
    await world.polls(2);
    expect((await world.harness.status("bob", "lobby")).sessions).toMatchObject([{ id, state: "active" }]);
    expect(await tracksListed()).toBe(0);
    await bob.unpublish();
    await world.until("lobby", ({ sessions: [session] }) => session?.state === "ended");
  });
});
