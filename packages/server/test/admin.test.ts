/** What who runs the server sees and changes: quotas with their warnings, sessions, the store's check, and the audit log of it all. */
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ReplayClient } from "@livekit-replay/client";
import { type AuditEntry, type Clip, clipSchema, postSchema, type Session } from "@livekit-replay/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness, theSession } from "./harness.js";

let harness: Harness;
let alice: ReplayClient;
/** Carol looks after the demo community and moderates its channels; she captures nothing. */
let carol: ReplayClient;
let session: Session;

beforeAll(async () => {
  harness = await startHarness();
  const clientOf = (person: string): ReplayClient => new ReplayClient({ baseUrl: harness.api, getToken: () => harness.token(person) });
  [alice, carol] = [clientOf("alice"), clientOf("carol")];
  await alice.directory.roles("demo").put("keeper", { permissions: ["MANAGE_REPLAY_LIMITS", "MANAGE_CHANNEL"] });
  await alice.directory.members("demo").put("carol", { roles: ["guest", "keeper"] });
  const events = await harness.listen("bob", "/rooms/lobby/events");
  await harness.publish("bob", "lobby");
  await events.next("window", ({ window }) => window.toMs - window.fromMs > 1000);
  session = await theSession(harness, "bob", "lobby");
});
afterAll(() => harness.close());

const press = (person: string) =>
  harness.ask(person, "POST", "/capture", { body: { sessionId: session.id, durationSeconds: 1 }, headers: { prefer: "wait=20" } });
const capture = async (person: string): Promise<Clip> => clipSchema.parse((await press(person)).json());
const newest = async (): Promise<AuditEntry> => {
  const [entry] = (await alice.admin.audit({ pageSize: 1 })).items;
  if (!entry) throw new Error("the audit log is empty");
  return entry;
};
const total = async (): Promise<number> => (await alice.admin.audit()).total;

describe("quotas", () => {
  test("a limit is set, holds at once, and is the default again", async () => {
    const clip = await capture("bob");
    const { usedBytes } = await alice.admin.quota("bob");
    expect(usedBytes).toBe(clip.sizeBytes);
    expect(await alice.admin.editQuota("bob", { limitBytes: usedBytes - 1 })).toEqual({
      limitBytes: usedBytes - 1,
      usedBytes,
      reservedBytes: 0,
    });
    expect((await press("bob")).problem().code).toBe("quota_exceeded");
    expect((await harness.ask("bob", "GET", `/clips/${clip.id}`)).status).toBe(200);
    expect(await newest()).toMatchObject({
      actor: { userId: "alice", name: "Alice" },
      action: "user_quota.edit",
      communityId: null,
      target: "bob",
      from: { limitBytes: null },
      to: { limitBytes: usedBytes - 1 },
    });
    const before = await total();
    await alice.admin.editQuota("bob", { limitBytes: usedBytes - 1 });
    expect(await total()).toBe(before);
    expect(await alice.admin.editQuota("bob", { limitBytes: null })).toMatchObject({ limitBytes: 5_000_000_000 });
  });

  test("a person is warned once when 80 % and 95 % are passed, also by a limit that is lowered", async () => {
    const events = await harness.listen("bob", "/me/events");
    await events.next("hello");
    const { usedBytes } = await alice.admin.quota("bob");
    const lowered = async (share: number): Promise<number | null> => {
      const limitBytes = Math.floor(usedBytes / share);
      await alice.admin.editQuota("bob", { limitBytes });
      return (await events.next("quota", ({ quota }) => quota.limitBytes === limitBytes)).warning;
    };
    expect([await lowered(0.5), await lowered(0.82), await lowered(0.9), await lowered(0.96), await lowered(1.5)]).toEqual([
      null,
      80,
      null,
      95,
      null,
    ]);
    expect([await lowered(0.5), await lowered(0.97)]).toEqual([null, 95]);
    await alice.admin.editQuota("bob", { limitBytes: null });
  });

  test("who keeps how much, most first, with the sums", async () => {
    await capture("bob");
    await capture("alice");
    await alice.admin.editQuota("alice", { limitBytes: 7e9 });
    const page = await alice.admin.users();
    expect(page.items.map(({ ownLimitBytes }) => ownLimitBytes)).toEqual([null, 7e9]);
    expect(page.defaultLimitBytes).toBe(5e9);
    await alice.admin.editQuota("alice", { limitBytes: null });
    expect(page.items.map(({ userId, name }) => `${userId} ${name}`)).toEqual(["bob Bob", "alice Alice"]);
    const sum = page.items.reduce((bytes, { quota }) => bytes + quota.usedBytes, 0);
    expect(page).toMatchObject({ total: 2, usedBytes: sum, reservedBytes: 0 });
    expect(page.freeBytes).toBeGreaterThan(0);
    expect((await alice.admin.users({ page: 2, pageSize: 1 })).items.map(({ userId }) => userId)).toEqual(["alice"]);
  });

  test.each([
    [{}],
    [{ limitBytes: -1 }],
    [{ limitBytes: 1.5 }],
    [{ limitBytes: "1" }],
    [{ limitBytes: 2 ** 60 }],
    [{ limitBytes: 1, more: 1 }],
  ])("refuses %j", async (body) => {
    expect((await harness.ask("alice", "PATCH", "/admin/users/bob/quota", { body })).problem().code).toBe("invalid_request");
  });
});

describe("sessions", () => {
  test("instance admins see all, who looks after a community those of it, others none", async () => {
    const [seen] = (await alice.admin.sessions()).items;
    expect(seen).toMatchObject({
      id: session.id,
      owner: { userId: "bob", name: "Bob" },
      recorder: "whip",
      state: "active",
      health: { state: "ok" },
    });
    expect(seen?.window?.sizeBytes).toBeGreaterThan(1000);
    expect((await carol.admin.sessions({ communityId: "demo" })).items).toMatchObject([{ id: session.id }]);
    await expect(carol.admin.sessions()).rejects.toMatchObject({ code: "permission_denied" });
    await expect(carol.admin.sessions({ communityId: "nowhere" })).rejects.toMatchObject({ code: "community_not_found" });
    expect((await harness.ask("bob", "GET", "/admin/sessions?communityId=demo")).problem().code).toBe("permission_denied");
    expect((await harness.ask("bob", "POST", `/admin/sessions/${session.id}/stop`)).problem().code).toBe("permission_denied");
    expect((await harness.ask(null, "GET", "/admin/sessions")).status).toBe(401);
  });
});

describe("the store's check", () => {
  test("finds what is broken, one at a time, and mends it", async () => {
    expect(await alice.admin.checkStore()).toMatchObject({ broken: 0, total: 0, findings: [] });
    const folder = join(harness.root, "data", "replays", "nobody");
    await mkdir(folder, { recursive: true });
    const file = join(folder, "2020-01-01T00-00-00-000Z.jpg");
    await writeFile(file, "no picture of a clip");
    // Younger files may be a clip in the making.
    const twoHoursAgo = new Date(Date.now() - 7_200_000);
    await utimes(file, twoHoursAgo, twoHoursAgo);
    const looks = await Promise.all([1, 2].map(() => harness.ask("alice", "GET", "/admin/store-check")));
    expect(looks.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 429]);
    const refused = looks.find(({ status }) => status === 429);
    expect(refused?.problem().code).toBe("rate_limited");
    expect(refused?.headers.get("retry-after")).toBe("5");
    const found = await alice.admin.checkStore();
    expect(found).toMatchObject({ broken: 1, findings: [{ kind: "unknown_poster", path: "replays/nobody/2020-01-01T00-00-00-000Z.jpg" }] });
    const repaired = await alice.admin.repairStore();
    expect((await newest()).action).toBe("store.repair");
    expect(repaired).toMatchObject({ broken: 0, mended: [{ kind: "unknown_poster" }] });
    for (const [method, path] of [
      ["GET", "/admin/store-check"],
      ["POST", "/admin/store-check/repair"],
    ] as const)
      expect((await harness.ask("carol", method, path)).problem().code).toBe("permission_denied");
  });
});

describe("the audit log", () => {
  test("tells of settings, moderation and of what an instance admin does to somebody else's clip; not of one's own", async () => {
    const before = await total();
    const clip = await capture("bob");
    const post = postSchema.parse((await harness.ask("bob", "POST", `/clips/${clip.id}/share`, { body: { channelId: "clips" } })).json());
    const again = postSchema.parse((await harness.ask("bob", "POST", `/clips/${clip.id}/share`, { body: { channelId: "clips" } })).json());
    expect((await harness.ask("bob", "DELETE", `/channels/clips/posts/${again.id}`)).status).toBe(204);
    expect(await total()).toBe(before);

    await carol.communities.edit("demo", { maxConcurrent: 3 });
    await carol.communities.edit("demo", { maxConcurrent: 3 });
    await carol.channels.unshare("clips", post.id);
    await alice.clips.edit(clip.id, { title: "Ours" });
    await alice.clips.delete(clip.id);
    const entries = (await alice.admin.audit({ communityId: "demo", pageSize: 4 })).items;
    expect(entries).toMatchObject([
      { actor: { userId: "alice" }, action: "clip.remove", target: clip.id, from: { userId: "bob", title: "Ours" }, to: null },
      { actor: { userId: "alice" }, action: "clip.edit", target: clip.id, to: { title: "Ours" } },
      { actor: { userId: "carol" }, action: "post.remove", target: post.id, from: { channelId: "clips", clipId: clip.id, userId: "bob" } },
      {
        actor: { userId: "carol", name: "Carol" },
        action: "community_config.edit",
        target: "demo",
        from: { maxConcurrent: null },
        to: { maxConcurrent: 3 },
      },
    ]);
    expect(await total()).toBe(before + 4);
    expect((await alice.admin.audit({ communityId: "nowhere" })).total).toBe(0);
    expect((await harness.ask("carol", "GET", "/admin/audit")).problem().code).toBe("permission_denied");
  });

  test("a stop by somebody else is in it, one's own is not", async () => {
    const before = await total();
    expect(await carol.admin.stopSession(session.id)).toMatchObject({ id: session.id, state: "ended" });
    expect(await newest()).toMatchObject({ actor: { userId: "carol" }, action: "session.stop", communityId: "demo", target: session.id });
    expect(await carol.admin.stopSession(session.id)).toMatchObject({ state: "ended" });
    expect((await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } })).status).toBe(201);
    expect((await harness.ask("bob", "POST", `/stop/${session.id}`)).status).toBe(200);
    expect(await total()).toBe(before + 1);
    expect((await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } })).status).toBe(201);
    expect((await harness.ask("alice", "POST", `/stop/${session.id}`)).status).toBe(200);
    expect(await newest()).toMatchObject({ actor: { userId: "alice" }, action: "session.stop" });
  });

  test("what cannot be written down is not done", async () => {
    const { audit } = harness.server.core.catalog;
    const append = audit.append.bind(audit);
    audit.append = () => Promise.reject(new Error("the log cannot be written"));
    try {
      expect((await harness.ask("alice", "PATCH", "/admin/users/bob/quota", { body: { limitBytes: 1 } })).status).toBe(500);
      expect((await harness.ask("alice", "PUT", "/directory/communities/late", { body: { name: "Late" } })).status).toBe(500);
    } finally {
      audit.append = append;
    }
    expect(await alice.admin.quota("bob")).toMatchObject({ limitBytes: 5_000_000_000 });
    await expect(alice.directory.communities.get("late")).rejects.toMatchObject({ code: "community_not_found" });
  });
});
