/** What becomes of sessions, buffers, clips and posts when a user, a community, a room, a channel or a role is removed; and that a removal that failed can be done again. */
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { ReplayClient } from "@livekit-replay/client";
import { type Clip, clipSchema, meSchema, type Post, postSchema, type Session } from "@livekit-replay/contract";
import { loadFilm, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { SignJWT } from "jose";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { type Harness, request, secretOf, startHarness, theSession } from "./harness.js";

let harness: Harness;
let alice: ReplayClient;

const started = startHarness();
afterAll(async () => (await started).close());

/** Before each test everybody is in the demo community, with nothing that is theirs. */
beforeEach(async () => {
  harness = await started;
  alice = new ReplayClient({ baseUrl: harness.api, getToken: () => harness.token("alice") });
  for (const userId of ["bob", "carol"]) await alice.admin.removeUser(userId);
  for (const { id } of (await alice.clips.mine({ page: 1, pageSize: 100, sort: "newest" })).items) await alice.clips.delete(id);
  await alice.directory.rooms("demo").put("lobby", { title: "Lobby" });
  await alice.directory.channels("demo").put("clips", { name: "clips" });
  for (const [userId, name, role] of [
    ["bob", "Bob", "member"],
    ["carol", "Carol", "guest"],
  ] as const) {
    await alice.directory.people.put(userId, { name });
    await alice.directory.members("demo").put(userId, { roles: [role] });
  }
});

/** Bob shares in a room until there is something to capture. */
async function bobShares(roomName = "lobby"): Promise<Session> {
  const events = await harness.listen("alice", `/rooms/${roomName}/events`);
  await harness.publish("bob", roomName);
  await events.next("window", ({ window }) => window.toMs - window.fromMs > 1000);
  return (
    (await harness.status("alice", roomName)).sessions.find(({ state }) => state === "active") ?? theSession(harness, "alice", roomName)
  );
}

const press = (person: string, sessionId: string) => harness.ask(person, "POST", "/capture", { body: { sessionId, durationSeconds: 1 } });
const capture = async (person: string, { id }: Session): Promise<Clip> => clipSchema.parse((await press(person, id)).json());
const share = async (person: string, clip: Clip, channelId: string): Promise<Post> =>
  postSchema.parse((await harness.ask(person, "POST", `/clips/${clip.id}/share`, { body: { channelId, text: "Look" } })).json());
const communitiesOf = async (person: string) => meSchema.parse((await harness.ask(person, "GET", "/me")).json()).communities;
/** Segments of a person's buffers. */
const segmentsOf = async (userId: string): Promise<string[]> =>
  (await readdir(join(harness.root, "data", "replay-buffer"), { recursive: true })).filter(
    (name) => name.includes(`/${userId}/`) && name.endsWith(".m4s"),
  );
/** Files of a person's clips. */
const clipFiles = async (userId: string): Promise<string[]> => readdir(join(harness.root, "data", "replays", userId)).catch(() => []);
const isWhole = async (): Promise<void> => expect((await alice.admin.checkStore()).findings).toEqual([]);

test("a removed user: session, buffer and clips are gone, posts say so, clips of others stay, their token is a stranger's", async () => {
  const events = await harness.listen("alice", "/rooms/lobby/events");
  const session = await bobShares();
  const own = await capture("bob", session);
  const post = await share("bob", own, "clips");
  const ofAlice = await capture("alice", session);
  await alice.admin.editQuota("bob", { limitBytes: 1_000_000_000 });

  await alice.directory.people.remove("bob");

  await events.next("session_gone", ({ sessionId }) => sessionId === session.id);
  expect((await harness.status("alice", "lobby")).sessions).toEqual([]);
  expect(await segmentsOf("bob")).toEqual([]);
  const { clips, sessions } = harness.server.core.catalog;
  expect(await clips.ofUser("bob")).toEqual([]);
  expect(await clipFiles("bob")).toEqual([]);
  expect(await clipFiles("alice")).not.toEqual([]);
  expect(await sessions.ofUser("bob")).toEqual([]);
  expect(await alice.admin.quota("bob")).toEqual({ limitBytes: 5_000_000_000, usedBytes: 0, reservedBytes: 0 });
  const posts = (await alice.channels.posts("clips")).items;
  expect(posts).toMatchObject([{ id: post.id, author: { userId: "bob", name: "Bob" }, text: "Look", clip: null }]);
  expect(await alice.clips.get(ofAlice.id)).toMatchObject({ sharer: { userId: "bob", name: "Bob" }, owner: { userId: "alice" } });
  expect((await request(ofAlice.links.playlist ?? "", "GET")).status).toBe(200);
  expect((await request(own.links.playlist ?? "", "GET")).status).toBe(404);

  expect(await communitiesOf("bob")).toEqual([]);
  expect((await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } })).problem().code).toBe("room_not_found");
  expect((await press("bob", session.id)).problem().code).toBe("session_not_found");
  const publishing = await harness.publish("bob", "lobby").catch((error: unknown) => String(error));
  expect(publishing).toContain("room_not_found");
  await expect(alice.directory.people.get("bob")).rejects.toMatchObject({ code: "user_not_found" });
  await isWhole();
  await alice.channels.unshare("clips", post.id);
});

test("captures of somebody else's share that run at the same time leave nothing of a removed user", async () => {
  const [events, publisher] = [await harness.listen("bob", "/rooms/studio/events"), await harness.publish("alice", "studio")];
  await events.next("window", ({ window }) => window.toMs - window.fromMs > 1000);
  const { id } = await theSession(harness, "alice", "studio");
  const presses = Array.from({ length: 20 }, () => press("bob", id));
  await events.next("captured");
  await alice.admin.removeUser("bob");
  // Answered only now, some of them: what they kept is gone all the same.
  const statuses = (await Promise.all(presses)).map(({ status }) => status);
  expect(statuses.filter((status) => ![201, 404, 507].includes(status))).toEqual([]);
  expect(await harness.server.core.catalog.clips.ofUser("bob")).toEqual([]);
  expect(await clipFiles("bob")).toEqual([]);
  expect(await alice.admin.quota("bob")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
  expect((await harness.status("alice", "studio")).sessions).toMatchObject([{ id, state: "active" }]);
  await isWhole();
  await publisher.close();
});

test("a press that still waits when its person has been removed keeps nothing", async () => {
  const [events, publisher] = [await harness.listen("bob", "/rooms/studio/events"), await harness.publish("alice", "studio")];
  await events.next("window", ({ window }) => window.toMs - window.fromMs > 1000);
  const { id } = await theSession(harness, "alice", "studio");
  const gate = Promise.withResolvers<void>();
  const held = harness.server.core.store.buffers.get(id)?.exclusive(() => gate.promise);
  const pressed = press("bob", id);
  const folder = join(harness.root, "data", "replay-buffer", "studio", "alice", id);
  await vi.waitFor(async () => expect((await readdir(folder)).some((name) => name.startsWith("tail-"))).toBe(true), { timeout: 10_000 });
  await alice.admin.removeUser("bob");
  gate.resolve();
  await held;
  expect((await pressed).problem().code).toBe("session_not_found");
  expect(await harness.server.core.catalog.clips.ofUser("bob")).toEqual([]);
  expect(await alice.admin.quota("bob")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
  await publisher.close();
});

test("a removal that fails in the middle keeps the person to be found, takes their rights all the same, and goes on when it is done again", async () => {
  const session = await bobShares();
  await capture("bob", session);
  // Somebody's folder in the session's: it is not ours to delete.
  const foreign = join(harness.root, "data", "replay-buffer", "lobby", "bob", session.id, "foreign");
  await mkdir(foreign);
  await expect(alice.directory.people.remove("bob")).rejects.toMatchObject({ code: "internal" });
  expect((await alice.admin.audit({ pageSize: 2 })).items.map(({ action, target }) => `${action} ${target}`)).toEqual([
    "user.remove.failed bob",
    "user.remove bob",
  ]);
  expect(await alice.directory.people.get("bob")).toMatchObject({ userId: "bob" });
  expect(await communitiesOf("bob")).toEqual([]);
  expect((await press("bob", session.id)).problem().code).toBe("session_not_found");
  await rmdir(foreign);
  await alice.directory.people.remove("bob");
  await expect(alice.directory.people.get("bob")).rejects.toMatchObject({ code: "user_not_found" });
  expect(await harness.server.core.catalog.clips.ofUser("bob")).toEqual([]);
  await isWhole();
});

test("a removed community: sessions, buffers, settings and posts are gone, also for one of the same id; clips stay with their owners", async () => {
  await alice.directory.communities.put("games", { name: "Games" });
  const [rooms, channels] = [alice.directory.rooms("games"), alice.directory.channels("games")];
  const make = async (): Promise<void> => {
    await rooms.put("arena", { title: "Arena" });
    await channels.put("best", { name: "Best" });
    const permissions = ["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY", "VIEW_CHANNEL", "SEND_MESSAGES"] as const;
    await alice.directory.roles("games").put("player", { permissions: [...permissions] });
    await alice.directory.members("games").put("bob", { roles: ["player"] });
  };
  await make();
  const session = await bobShares("arena");
  const clip = await capture("bob", session);
  await share("bob", clip, "best");
  await alice.communities.edit("games", { maxConcurrent: 1 });

  await alice.directory.communities.remove("games");

  expect(await harness.server.core.catalog.sessions.ofCommunity("games")).toEqual([]);
  expect(await segmentsOf("bob")).toEqual([]);
  expect((await communitiesOf("bob")).map(({ id }) => id)).toEqual(["demo"]);
  const kept = clipSchema.parse((await harness.ask("bob", "GET", `/clips/${clip.id}`)).json());
  expect(kept).toMatchObject({ shares: [], can: { play: true } });
  expect((await request(kept.links.playlist ?? "", "GET")).status).toBe(200);
  await alice.directory.communities.put("games", { name: "Games" });
  await make();
  expect((await alice.channels.posts("best")).items).toEqual([]);
  expect(await alice.communities.config("games")).toMatchObject({ maxConcurrent: 5 });
  await isWhole();
  await alice.directory.communities.remove("games");
});

test("a removed room: its session ends, its owner can capture it for the grace; a removed channel: its posts go, clips stay", async () => {
  const session = await bobShares();
  const first = await capture("bob", session);
  await share("bob", first, "clips");
  const events = await harness.listen("alice", "/rooms/lobby/events");
  await alice.directory.rooms("demo").remove("lobby");
  await events.next("session", (event) => event.session.id === session.id && event.session.state === "ended");
  expect((await harness.ask("bob", "GET", "/status/lobby")).problem().code).toBe("room_not_found");
  await capture("bob", session);

  await alice.directory.channels("demo").remove("clips");
  await alice.directory.channels("demo").put("clips", { name: "clips" });
  expect((await alice.channels.posts("clips")).items).toEqual([]);
  expect(clipSchema.parse((await harness.ask("bob", "GET", `/clips/${first.id}`)).json()).shares).toEqual([]);
});

test("a role taken away in the middle ends its member's session; who still may, captures it for the grace", async () => {
  await alice.directory.members("demo").put("carol", { roles: ["member"] });
  const carol = await harness.listen("carol", "/rooms/lobby/events");
  const session = await bobShares();
  await alice.directory.members("demo").put("bob", { roles: ["guest"] });
  expect((await press("bob", session.id)).problem().code).toBe("permission_denied");
  await carol.next("session", (event) => event.session.id === session.id && event.session.state === "ended");
  expect((await press("bob", session.id)).problem().code).toBe("permission_denied");
  expect((await press("carol", session.id)).status).toBe(201);
  // The share is still published: only its recording was stopped, and it stays so.
  expect((await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } })).problem().code).toBe("permission_denied");
});

test("a place in the community taken away in the middle ends the session too", async () => {
  const events = await harness.listen("alice", "/rooms/lobby/events");
  const session = await bobShares();
  await alice.directory.members("demo").remove("bob");
  expect((await press("bob", session.id)).problem().code).toBe("session_not_found");
  await events.next("session", (event) => event.session.id === session.id && event.session.state === "ended");
});

test("whom the token makes instance admin records without a place in the directory", async () => {
  const key = new TextEncoder().encode(await secretOf(harness.root));
  const claims = { sub: "zoe", admin: true, exp: Math.floor(Date.now() / 1000) + 600 };
  const token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(key);
  const publisher = await WhipPublisher.publish({ film: await loadFilm(SMALL_FILM), url: `${harness.api}/whip/lobby`, token });
  try {
    const looks = async (): Promise<number> => {
      const { text } = await request(`${harness.origin}/metrics`, "GET");
      return Number(/replay_cleanup_runs_total\{[^}]*unentitled_sessions[^}]*\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    const before = await looks();
    await vi.waitFor(async () => expect(await looks()).toBeGreaterThan(before + 2), { timeout: 20_000, interval: 250 });
    expect((await harness.status("alice", "lobby")).sessions).toMatchObject([{ owner: { userId: "zoe" }, state: "active" }]);
  } finally {
    await publisher.close();
    await alice.admin.removeUser("zoe");
  }
});

test("nothing is known of somebody: their removal is done all the same", async () => {
  await alice.admin.removeUser("nobody/at all");
  await alice.admin.removeCommunity("nowhere");
  await alice.admin.removeRoom("nowhere");
  await alice.admin.removeChannel("nowhere");
  for (const person of ["bob", "carol"]) {
    expect((await harness.ask(person, "DELETE", "/admin/users/alice")).problem().code).toBe("permission_denied");
    expect((await harness.ask(person, "DELETE", "/admin/communities/demo")).problem().code).toBe("permission_denied");
  }
});
