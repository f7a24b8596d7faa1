/** What a community sets: who may read and change it, that it holds at once, and what is refused. */
import { ReplayClient } from "@livekit-replay/client";
import { communityConfigViewSchema, type CommunityConfigView } from "@livekit-replay/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "./harness.js";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ env: { DEFAULT_MAX_CONCURRENT: "7" } });
  const { directory } = harness.server.core.catalog;
  await directory.putRole({ communityId: "demo", role: "keeper", permissions: ["MANAGE_REPLAY_LIMITS"] });
  await directory.putMember({ communityId: "demo", userId: "carol", roles: ["guest", "keeper"] });
});
afterAll(() => harness.close());

const path = "/admin/community/demo/config";
const read = async (person = "alice"): Promise<CommunityConfigView> =>
  communityConfigViewSchema.parse((await harness.ask(person, "GET", path)).json());
const change = (body: unknown, person = "carol") => harness.ask(person, "PATCH", path, { body });

test("begins with the server's defaults; what is changed holds, the rest stays, null is the default again", async () => {
  const server = { ownMaxConcurrent: null, defaultMaxConcurrent: 7 };
  const defaults = { enabled: true, maxConcurrent: 7, autoStart: false, whoMayCapture: "room", ...server };
  expect(await read()).toEqual(defaults);
  expect((await change({ maxConcurrent: 2 })).json()).toEqual({ ...defaults, maxConcurrent: 2, ownMaxConcurrent: 2 });
  expect((await change({ autoStart: true, whoMayCapture: "owner" })).status).toBe(200);
  expect(await read("carol")).toEqual({
    ...{ ...defaults, maxConcurrent: 2, ownMaxConcurrent: 2 },
    autoStart: true,
    whoMayCapture: "owner",
  });
  expect((await change({ maxConcurrent: null, autoStart: false, whoMayCapture: "room" })).json()).toEqual(defaults);
});

test("the client reads and changes it, and tells a refusal by its code", async () => {
  const clientOf = (person: string): ReplayClient => new ReplayClient({ baseUrl: harness.api, getToken: () => harness.token(person) });
  const { communities } = clientOf("carol");
  expect(await communities.edit("demo", { maxConcurrent: 4 })).toMatchObject({ maxConcurrent: 4 });
  expect(await communities.config("demo")).toMatchObject({ maxConcurrent: 4, enabled: true });
  await expect(clientOf("bob").communities.config("demo")).rejects.toMatchObject({ code: "permission_denied" });
  await expect(communities.config("a/b")).rejects.toMatchObject({ code: "community_not_found" });
  await communities.edit("demo", { maxConcurrent: null });
});

test("many changes at once are all kept", async () => {
  await Promise.all([change({ maxConcurrent: 3 }), change({ autoStart: true }), change({ whoMayCapture: "owner" })]);
  expect(await read()).toMatchObject({ enabled: true, maxConcurrent: 3, autoStart: true, whoMayCapture: "owner" });
  await change({ maxConcurrent: null, autoStart: false, whoMayCapture: "room" });
});

test("only who looks after the community; others may not, and strangers learn nothing", async () => {
  for (const method of ["GET", "PATCH"]) {
    const body = method === "PATCH" ? { body: { enabled: true } } : {};
    expect((await harness.ask(null, method, path, body)).status).toBe(401);
    expect((await harness.ask("bob", method, path, body)).problem().code).toBe("permission_denied");
    expect((await harness.ask("bob", method, "/admin/community/nowhere/config", body)).problem().code).toBe("community_not_found");
    expect((await harness.ask("alice", method, "/admin/community/nowhere/config", body)).problem().code).toBe("community_not_found");
  }
});

test.each([
  [{}],
  [{ maxConcurrent: -1 }],
  [{ maxConcurrent: 1.5 }],
  [{ enabled: "yes" }],
  [{ whoMayCapture: "nobody" }],
  [{ enabled: true, unknown: 1 }],
  [[]],
])("refuses %j", async (body) => {
  expect((await change(body)).problem()).toMatchObject({ status: 400, code: "invalid_request" });
});

test("switched off, what runs goes on and nothing new begins", async () => {
  const events = await harness.listen("bob", "/rooms/lobby/events");
  await harness.publish("bob", "lobby");
  await events.next("window");
  expect((await change({ enabled: false })).status).toBe(200);
  await events.next("window");
  expect((await harness.status("bob", "lobby")).sessions).toMatchObject([{ state: "active" }]);
  const refused = await harness.publish("alice", "studio").then(
    () => "published",
    (error: unknown) => String(error),
  );
  expect(refused).toContain("community_disabled");
  expect((await change({ enabled: true })).status).toBe(200);
});
