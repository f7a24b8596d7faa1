/** Event streams of the whole server: the first event is the whole state, what happens is told to whom it concerns, rights end a stream. */
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Clip, clipSchema, type Post, postSchema } from "@livekit-replay/contract";
import { EventReader } from "./event-reader.js";
import { type Harness, secretOf, startHarness, theSession } from "./harness.js";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

async function capture(person: string, sessionId: string): Promise<Clip> {
  return clipSchema.parse((await harness.ask(person, "POST", "/capture", { body: { sessionId, durationSeconds: 1 } })).json());
}

describe("a room", () => {
  test("is told of everything that happens in it, and of nothing elsewhere", async () => {
    const carol = await harness.listen("carol", "/rooms/lobby/events");
    expect(carol.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(carol.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await carol.next("room")).sessions).toEqual([]);
    const elsewhere = await harness.listen("carol", "/rooms/studio/events");
    const publisher = await harness.publish("bob", "lobby");
    const started = await carol.next("session");
    expect(started.session).toMatchObject({
      owner: { userId: "bob" },
      state: "active",
      health: { state: "waiting" },
      pausedAtMs: null,
      can: { capture: false, stop: false, pause: false, forget: false },
      links: { live: null, strip: null },
    });
    const first = await carol.next("window");
    const second = await carol.next("window");
    expect(second.window.toMs).toBeGreaterThan(first.window.toMs);
    expect(second.window.fromMs).toBe(first.window.fromMs);
    const late = await harness.listen("bob", "/rooms/lobby/events");
    const state = await late.next("room");
    expect(state.sessions[0]).toMatchObject({
      id: started.session.id,
      health: { state: "ok" },
      can: { capture: true, stop: true, pause: true, forget: true },
    });
    const clip = await capture("bob", started.session.id);
    expect(await carol.next("captured")).toMatchObject({
      clipId: clip.id,
      sessionId: started.session.id,
      by: { userId: "bob", name: "Bob" },
      durationMs: clip.durationMs,
      startsAtMs: clip.startsAtMs,
      endsAtMs: clip.endsAtMs,
    });
    publisher.pause();
    expect((await carol.next("session", ({ session }) => session.health.state !== "ok")).session.health.state).toBe("silent");
    publisher.resume();
    await carol.next("session", ({ session }) => session.health.state === "ok");
    await publisher.stop();
    expect((await carol.next("session", ({ session }) => session.state === "ended")).session.graceEndsAtMs).toBeGreaterThan(Date.now());
    expect(elsewhere.events.map((event) => event.type)).toEqual(["room"]);
  });
});

describe("a person", () => {
  test("is told of their clips, their quota, clips of their share, and posts that they can read", async () => {
    const bob = await harness.listen("bob", "/me/events");
    const carol = await harness.listen("carol", "/me/events");
    const alice = await harness.listen("alice", "/me/events");
    await harness.listen("alice", "/rooms/studio/events");
    expect(await bob.next("hello")).toMatchObject({ quota: { limitBytes: 5e9 } });
    await harness.publish("bob", "studio");
    await vi.waitUntil(async () => (await theSession(harness, "bob", "studio")).window !== null, { timeout: 10_000, interval: 50 });
    const { id } = await theSession(harness, "bob", "studio");
    const clip = await capture("alice", id);
    expect(await bob.next("clip_of_me")).toMatchObject({
      clipId: clip.id,
      sessionId: clip.sessionId,
      by: { userId: "alice", name: "Alice" },
      durationMs: clip.durationMs,
    });
    expect((await alice.next("clip", (event) => event.clip.state === "ready")).clip.id).toBe(clip.id);
    expect((await alice.next("quota")).quota.usedBytes).toBeGreaterThan(0);
    const post: Post = postSchema.parse(
      (await harness.ask("alice", "POST", `/clips/${clip.id}/share`, { body: { channelId: "general", text: "look" } })).json(),
    );
    expect((await carol.next("post")).post).toMatchObject({
      id: post.id,
      text: "look",
      clip: { id: clip.id, can: { play: true, edit: false } },
    });
    await harness.ask("alice", "DELETE", `/channels/general/posts/${post.id}`);
    expect(await carol.next("post_gone")).toMatchObject({ postId: post.id, channelId: "general" });
    await harness.ask("bob", "DELETE", `/clips/${clip.id}`);
    for (const person of [alice, bob]) expect(await person.next("clip_gone")).toMatchObject({ clipId: clip.id });
    expect(carol.events.map((event) => event.type)).toEqual(["hello", "post", "post_gone"]);
    const shared = await capture("alice", id);
    await harness.ask("alice", "POST", `/clips/${shared.id}/share`, { body: { channelId: "general" } });
    await harness.ask("alice", "DELETE", `/clips/${shared.id}`);
    // Who may be watching it in the channel is told.
    expect(await carol.next("clip_gone")).toMatchObject({ clipId: shared.id });
  });
});

describe("the end", () => {
  test("a stream ends with its token, and the person is not in the room any more", async () => {
    const key = new TextEncoder().encode(await secretOf(harness.root));
    const exp = Math.ceil(Date.now() / 1000) + 1;
    const token = await new SignJWT({ sub: "bob", exp }).setProtectedHeader({ alg: "HS256" }).sign(key);
    const stream = await EventReader.open(`${harness.api}/rooms/lobby/events`, token);
    await stream.next("room");
    await stream.ended;
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000 - 50);
    await expect(EventReader.open(`${harness.api}/rooms/lobby/events`, token)).rejects.toThrow("401");
  });

  test("a stream ends with the right to see the room", async () => {
    const { directory } = harness.server.core.catalog;
    await directory.putMember({ communityId: "demo", userId: "erin", roles: ["guest"] });
    const key = new TextEncoder().encode(await secretOf(harness.root));
    const token = await new SignJWT({ sub: "erin", exp: Math.ceil(Date.now() / 1000) + 600 })
      .setProtectedHeader({ alg: "HS256" })
      .sign(key);
    await directory.putCommunity({ id: "other", name: "Other" });
    const stream = await EventReader.open(`${harness.api}/rooms/lobby/events`, token);
    await stream.next("room");
    // The room moves to a community that she is not in.
    await directory.putRoom({ roomName: "lobby", title: "Lobby", communityId: "other" });
    await stream.ended;
    await directory.putRoom({ roomName: "lobby", title: "Lobby", communityId: "demo" });
    expect(stream.events.map((event) => event.type)).toContain("room");
  });

  test("who asks for its head only opens none", async () => {
    const answer = await harness.ask("alice", "HEAD", "/rooms/studio/events");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
  });

  test("one person has so many streams and no more", async () => {
    const streams: EventReader[] = [];
    for (let count = 0; count < 21; count += 1) streams.push(await harness.listen("carol", "/me/events"));
    await streams[0]?.ended;
    expect(await streams.at(-1)?.next("hello")).toBeDefined();
  });

  test("all streams end with the server", async () => {
    const other = await startHarness();
    const stream = await EventReader.open(`${other.api}/me/events`, await other.token("carol"));
    await stream.next("hello");
    await other.close();
    await stream.ended;
    expect(stream.events).toHaveLength(1);
  });
});
