/** Addresses of the administration lead where they say, and nowhere else; nobody is offered what is not theirs. */
import type { Me } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { routes } from "../layout/routes.js";
import { lookedAfter, mayAdmin, partsOf, sectionsOf } from "./may.js";
import { placeOf } from "./place.js";

test.each(["games", "a/b", "100%", "%2F", "ä ö", ".."])("a community's address leads back to it: %s", (communityId) => {
  expect(placeOf(routes.adminCommunity(communityId))).toEqual({ is: "community", communityId, part: null });
  expect(placeOf(routes.adminCommunity(communityId, "roles"))).toEqual({ is: "community", communityId, part: "roles" });
});

test("sections, the start, and what is none of them", () => {
  expect(placeOf("/admin")).toEqual({ is: "start" });
  expect(placeOf("/admin/")).toEqual({ is: "start" });
  expect(placeOf(routes.adminSection("log"))).toEqual({ is: "section", section: "log" });
  for (const path of [
    "/admin/nothing",
    "/admin/log/1",
    "/admin/communities/games/nothing",
    "/admin/communities/%E0%A4%A/rooms",
    "/admin/communities/a/rooms/b",
  ])
    expect(placeOf(path), path).toEqual({ is: "nowhere" });
});

const community = (id: string, permissions: Me["communities"][number]["permissions"]): Me["communities"][number] => ({
  id,
  name: id,
  permissions,
  rooms: [],
  channels: [],
});
const games = community("games", ["MANAGE_REPLAY_LIMITS"]);
const other = community("other", ["ENABLE_REPLAY_BUFFER", "MANAGE_CHANNEL"]);

test("an instance admin is offered everything, but the directory where the host application owns it", () => {
  const admin = { admin: true, communities: [games, other] };
  expect(lookedAfter(admin)).toEqual([games, other]);
  expect(sectionsOf({ ...admin, directory: "builtin" })).toEqual(["communities", "people", "usage", "sessions", "log", "store"]);
  expect(partsOf({ ...admin, directory: "builtin" })).toEqual(["rooms", "channels", "roles", "members", "limits", "sessions"]);
  expect(sectionsOf({ ...admin, directory: "host" })).toEqual(["communities", "usage", "sessions", "log", "store"]);
  expect(partsOf({ ...admin, directory: "host" })).toEqual(["limits", "sessions"]);
});

test("who looks after one community is offered that one's limits and sessions; anybody else nothing", () => {
  const manager = { admin: false, directory: "builtin" as const, communities: [games, other] };
  expect(lookedAfter(manager)).toEqual([games]);
  expect([sectionsOf(manager), partsOf(manager)]).toEqual([["communities"], ["limits", "sessions"]]);
  const member = { admin: false, directory: "builtin" as const, communities: [other] };
  expect([mayAdmin(member), lookedAfter(member), sectionsOf(member)]).toEqual([false, [], []]);
});
