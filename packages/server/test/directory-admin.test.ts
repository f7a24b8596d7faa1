/** The built-in directory's routes: written by an instance admin, idempotent, judged, in the audit log, and nobody else's business. */
import { type DirectoryEntries, ReplayClient } from "@livekit-replay/client";
import { meSchema } from "@livekit-replay/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "./harness.js";

let harness: Harness;
let alice: ReplayClient;

beforeAll(async () => {
  harness = await startHarness();
  alice = clientOf("alice");
});
afterAll(() => harness.close());

const clientOf = (person: string): ReplayClient => new ReplayClient({ baseUrl: harness.api, getToken: () => harness.token(person) });
const audited = async () =>
  (await alice.admin.audit({ pageSize: 100 })).items.map(({ actor, action, communityId, target, from, to }) => ({
    by: actor.userId,
    action,
    communityId,
    target,
    from,
    to,
  }));

test("a community is made of nothing, and a member of it may what the role says", async () => {
  const { communities, people } = alice.directory;
  expect(await communities.put("games", { name: "  Games " })).toEqual({ id: "games", name: "Games" });
  expect(await alice.directory.rooms("games").put("arena/1", { title: "Arena" })).toEqual({
    communityId: "games",
    roomName: "arena/1",
    title: "Arena",
  });
  await alice.directory.channels("games").put("highlights", { name: "Highlights" });
  // A role may be named before it is there: it gives nothing.
  await alice.directory.members("games").put("bob", { roles: ["player", "player"] });
  const before = meSchema.parse((await harness.ask("bob", "GET", "/me")).json()).communities.find(({ id }) => id === "games");
  expect(before).toMatchObject({ permissions: [], channels: [], rooms: [{ roomName: "arena/1" }] });
  await alice.directory.roles("games").put("player", { permissions: ["CAPTURE_REPLAY", "VIEW_CHANNEL", "CAPTURE_REPLAY"] });
  const after = meSchema.parse((await harness.ask("bob", "GET", "/me")).json()).communities.find(({ id }) => id === "games");
  expect(after?.permissions.toSorted()).toEqual(["CAPTURE_REPLAY", "VIEW_CHANNEL"]);
  expect(after?.channels).toEqual([{ id: "highlights", name: "Highlights" }]);
  expect(await people.put("erin", { name: "Erin" })).toEqual({ userId: "erin", name: "Erin", admin: false });
});

test("lists are by name and in pages; one entry is found where it is", async () => {
  const { communities, people } = alice.directory;
  expect(await communities.list()).toMatchObject({ total: 2, page: 1, items: [{ id: "demo", name: "Demo" }, { id: "games" }] });
  expect(await people.list({ page: 2, pageSize: 2 })).toMatchObject({ total: 4, items: [{ userId: "carol" }, { userId: "erin" }] });
  expect(await people.get("alice")).toEqual({ userId: "alice", name: "Alice", admin: true });
  expect(await alice.directory.members("games").get("bob")).toEqual({ communityId: "games", userId: "bob", roles: ["player"] });
  expect((await alice.directory.roles("demo").list()).items.map(({ role }) => role)).toEqual(["guest", "member"]);
  expect((await people.list({ q: "ARO" })).items.map(({ userId }) => userId)).toEqual(["carol"]);
  expect(await people.list({ q: "nobody" })).toMatchObject({ total: 0, items: [] });
  expect((await alice.directory.members("demo").list({ q: "bob" })).items).toEqual([
    { communityId: "demo", userId: "bob", roles: ["member"], name: "Bob" },
  ]);
  await expect(alice.directory.rooms("demo").get("arena/1")).rejects.toMatchObject({ code: "room_not_found" });
  await expect(alice.directory.rooms("nowhere").list()).rejects.toMatchObject({ code: "community_not_found" });
});

test("writing the same again changes nothing and is written nowhere; an admin flag that is left out stays", async () => {
  const before = await audited();
  await alice.directory.communities.put("games", { name: "Games" });
  await alice.directory.rooms("games").put("arena/1", { title: "Arena" });
  await alice.directory.roles("games").put("player", { permissions: ["CAPTURE_REPLAY", "VIEW_CHANNEL"] });
  await alice.directory.members("games").put("bob", { roles: ["player"] });
  expect(await alice.directory.people.put("alice", { name: "Alice" })).toMatchObject({ admin: true });
  expect(await audited()).toEqual(before);
  await alice.directory.people.put("erin", { name: "Erin", admin: true });
  expect((await audited())[0]).toEqual({
    by: "alice",
    action: "person.put",
    communityId: null,
    target: "erin",
    from: { userId: "erin", name: "Erin", admin: false },
    to: { userId: "erin", name: "Erin", admin: true },
  });
  expect(await alice.directory.people.put("erin", { name: "Erin E." })).toMatchObject({ admin: true });
});

test("a room or channel of another community is not moved, whoever asks at the same time", async () => {
  await expect(alice.directory.rooms("games").put("lobby", { title: "Mine" })).rejects.toMatchObject({
    code: "belongs_elsewhere",
    status: 409,
  });
  await expect(alice.directory.channels("games").put("clips", { name: "Mine" })).rejects.toMatchObject({ code: "belongs_elsewhere" });
  const both = await Promise.allSettled([
    alice.directory.rooms("games").put("new", { title: "New" }),
    alice.directory.rooms("demo").put("new", { title: "New" }),
  ]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  await expect(alice.directory.members("nowhere").put("bob", { roles: [] })).rejects.toMatchObject({ code: "community_not_found" });
});

test("what is removed is gone, and a second removal says so", async () => {
  const gone = async <Entry, Put>(entries: DirectoryEntries<Entry, Put>, id: string, code: string): Promise<void> => {
    await entries.remove(id);
    await expect(entries.get(id)).rejects.toMatchObject({ code });
    await expect(entries.remove(id)).rejects.toMatchObject({ code });
  };
  await gone(alice.directory.members("games"), "bob", "member_not_found");
  await gone(alice.directory.roles("games"), "player", "role_not_found");
  await gone(alice.directory.channels("games"), "highlights", "channel_not_found");
  await gone(alice.directory.rooms("games"), "arena/1", "room_not_found");
  await gone(alice.directory.communities, "games", "community_not_found");
  await gone(alice.directory.people, "erin", "user_not_found");
  expect((await audited()).slice(0, 6).map(({ action, target }) => `${action} ${target}`)).toEqual([
    "user.remove erin",
    "community.remove games",
    "room.remove arena/1",
    "channel.remove highlights",
    "role.remove player",
    "member.remove bob",
  ]);
});

describe("nobody else", () => {
  test.each([
    ["GET", "/directory/communities"],
    ["PUT", "/directory/communities/demo"],
    ["DELETE", "/directory/communities/demo"],
    ["GET", "/directory/communities/nowhere"],
    ["PUT", "/directory/communities/demo/members/bob"],
    ["PUT", "/directory/people/bob"],
    ["DELETE", "/directory/people/alice"],
  ])("%s %s", async (method, path) => {
    expect((await harness.ask(null, method, path)).status).toBe(401);
    for (const person of ["bob", "carol"]) expect((await harness.ask(person, method, path)).problem().code).toBe("permission_denied");
  });
});

test.each([
  ["communities/x", {}],
  ["communities/x", { name: "" }],
  ["communities/x", { name: "   " }],
  ["communities/x", { name: "a\u0000b" }],
  ["communities/x", { name: "x".repeat(101) }],
  ["communities/x", { name: "X", id: "y" }],
  [`communities/${"x".repeat(151)}`, { name: "X" }],
  ["communities/demo/rooms/a%0Ab", { title: "X" }],
  ["communities/demo/roles/x", { permissions: ["EVERYTHING"] }],
  ["communities/demo/roles/%0A", { permissions: [] }],
  ["communities/demo/members/x", { roles: ["\n"] }],
  ["communities/demo/members/x", { roles: "member" }],
  ["people/x", { name: "X", admin: "yes" }],
])("refuses %s %j", async (path, body) => {
  expect((await harness.ask("alice", "PUT", `/directory/${path}`, { body })).problem()).toMatchObject({
    status: 400,
    code: "invalid_request",
  });
});
