/** What every database behind the catalogue's port must do. Run once for each. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditRow, Catalog, ClipListQuery, ClipRow, PostRow, QuotaEntry } from "../src/catalog/port.js";
import { clipRow, sessionRow } from "./catalog-rows.js";

/** One empty database. */
export interface TestDatabase {
  /** Another connection to it. */
  connect(): Promise<Catalog>;
  remove(): Promise<void>;
}

const list = (more: Partial<ClipListQuery> = {}): ClipListQuery => ({
  userId: "bob",
  page: 1,
  pageSize: 10,
  sort: "newest",
  q: undefined,
  ...more,
});
const entry = (more: Partial<QuotaEntry> = {}): QuotaEntry => ({
  userId: "bob",
  seq: 1,
  kind: "reserve",
  clipId: "a",
  usedBytes: 0,
  reservedBytes: 10,
  clipBytes: 10,
  atMs: 1,
  ...more,
});

/** Text that would break out of a statement, a pattern or a document. */
const hostile = [
  "'; drop table clips; --",
  '" or 1=1',
  "100%",
  "a_c",
  "\\",
  "$where",
  "{$ne: null}",
  "\u0000x".slice(1),
  "😀 ünï",
  ".*",
  "[a-z]+",
  "(?i)x",
];

/** Registers the tests for a database. */
export function catalogSuite(name: string, create: () => Promise<TestDatabase>): void {
  describe(`catalogue in ${name}`, () => {
    let database: TestDatabase;
    let catalog: Catalog;
    let other: Catalog;

    beforeEach(async () => {
      database = await create();
      [catalog, other] = await Promise.all([database.connect(), database.connect()]);
    });
    afterEach(async () => {
      await Promise.all([catalog.close(), other.close()]);
      await catalog.close();
      await database.remove();
    });

    describe("sessions", () => {
      it("are kept and found", async () => {
        const row = sessionRow();
        expect(await catalog.sessions.insert(row)).toEqual({ ok: true });
        expect(await other.sessions.find(row.id)).toEqual(row);
        expect(await other.sessions.find("nobody")).toBeNull();
        expect(await other.sessions.activeOf("alice")).toEqual(row);
        expect(await other.sessions.activeOf("bob")).toBeNull();
        const older = sessionRow({ id: "session-0000000000", state: "ended", startedAtMs: 1, slot: null });
        await catalog.sessions.insert(older);
        expect(await other.sessions.newestIn("lobby", "alice")).toEqual(row);
        expect(await other.sessions.newestIn("studio", "alice")).toBeNull();
        expect(await other.sessions.inRoom("lobby")).toEqual([older, row]);
        expect(await other.sessions.all()).toEqual([older, row]);
        expect(await other.sessions.countActive("demo")).toBe(1);
        await other.sessions.remove(row.id);
        await other.sessions.remove(row.id);
        expect(await catalog.sessions.all()).toEqual([older]);
      });

      it("are refused by the limit that they meet", async () => {
        await catalog.sessions.insert(sessionRow());
        expect(await other.sessions.insert(sessionRow({ id: "session-0000000002", slot: "demo:1" }))).toEqual({
          ok: false,
          conflict: "user",
        });
        expect(await other.sessions.insert(sessionRow({ id: "session-0000000002", userId: "bob" }))).toEqual({
          ok: false,
          conflict: "slot",
        });
        expect(await other.sessions.insert(sessionRow({ userId: "bob", slot: "demo:1" }))).toEqual({ ok: false, conflict: "id" });
        expect(await other.sessions.insert(sessionRow({ id: "session-0000000002", state: "ended", slot: null }))).toEqual({ ok: true });
        expect(await other.sessions.insert(sessionRow({ id: "session-0000000003", state: "ended", slot: null }))).toEqual({ ok: true });
        expect(await other.sessions.update("session-0000000002", "ended", { state: "active", slot: "demo:4" })).toBe(false);
        expect(
          await other.sessions.update("session-0000000001", "active", { slot: null, state: "ended", endedAtMs: 9, graceFromMs: 9 }),
        ).toBe(true);
        expect(await other.sessions.update("session-0000000002", "ended", { state: "active", slot: "demo:0" })).toBe(true);
      });

      it("change only in the state that was meant", async () => {
        await catalog.sessions.insert(sessionRow());
        expect(await other.sessions.update("session-0000000001", "ended", { publicationId: "x" })).toBe(false);
        expect(await other.sessions.update("session-0000000001", "active", {})).toBe(true);
        expect(await other.sessions.update("nobody", "active", { publicationId: "x" })).toBe(false);
        expect(await other.sessions.update("session-0000000001", "active", { publicationId: "x", recorderId: null })).toBe(true);
        expect(await catalog.sessions.find("session-0000000001")).toEqual(sessionRow({ publicationId: "x", recorderId: null }));
        await catalog.sessions.insert(sessionRow({ id: "session-0000000002", userId: "bob", slot: "demo:1" }));
        await catalog.sessions.insert(sessionRow({ id: "session-0000000003", userId: "bob", slot: null, state: "ended" }));
        await other.sessions.heartbeat("recorder-1", 77);
        expect((await catalog.sessions.all()).map(({ heartbeatAtMs }) => heartbeatAtMs)).toEqual([1000, 77, 1000]);
      });

      it("are found by person, by community and by room, the oldest first", async () => {
        const rows = [
          sessionRow({ startedAtMs: 300, serverId: "server-1" }),
          sessionRow({ id: "session-0000000002", startedAtMs: 100, state: "ended", slot: null, roomName: "stage", communityId: "other" }),
          sessionRow({ id: "session-0000000003", startedAtMs: 200, userId: "bob", slot: "demo:1" }),
        ] as const;
        for (const row of rows) await catalog.sessions.insert(row);
        expect(await other.sessions.ofUser("alice")).toEqual([rows[1], rows[0]]);
        expect(await other.sessions.ofCommunity("demo")).toEqual([rows[2], rows[0]]);
        expect(await other.sessions.inRoom("lobby")).toEqual([rows[2], rows[0]]);
        expect(await other.sessions.newestIn("stage", "alice")).toEqual(rows[1]);
        expect(await other.sessions.ofUser("nobody")).toEqual([]);
        expect(await other.sessions.update(rows[0].id, "active", { serverId: null })).toBe(true);
        expect(await catalog.sessions.find(rows[0].id)).toMatchObject({ serverId: null });
      });

      it("change only while the server has it that is meant", async () => {
        const { id } = sessionRow();
        await catalog.sessions.insert(sessionRow({ serverId: "one" }));
        expect(await other.sessions.update(id, "active", { slot: "demo:7" }, "two")).toBe(false);
        expect(await other.sessions.update(id, "active", { slot: "demo:7" }, null)).toBe(false);
        expect(await other.sessions.update(id, "active", {}, "one")).toBe(true);
        expect(await other.sessions.update(id, "active", { serverId: null }, "one")).toBe(true);
        expect(await other.sessions.update(id, "active", { serverId: "two" }, "one")).toBe(false);
        expect(await other.sessions.update(id, "active", { serverId: "two" }, null)).toBe(true);
        expect(await catalog.sessions.find(id)).toEqual(sessionRow({ serverId: "two" }));
      });

      it("race for a slot, and one wins", async () => {
        const racers = Array.from({ length: 30 }, (_, i) =>
          (i % 2 === 0 ? catalog : other).sessions.insert(
            sessionRow({ id: `session-00000001${10 + i}`, userId: `u${i}`, slot: `demo:${i % 3}` }),
          ),
        );
        expect((await Promise.all(racers)).filter(({ ok }) => ok)).toHaveLength(3);
        expect(await catalog.sessions.countActive("demo")).toBe(3);
      });
    });

    describe("clips", () => {
      it("are kept and found as they are", async () => {
        const row = clipRow({ idempotencyKey: "bob:k" });
        expect(await catalog.clips.insert(row)).toBe(true);
        expect(await other.clips.find(row.id)).toEqual(row);
        expect(await other.clips.byIdempotencyKey("bob:k")).toEqual(row);
        expect(await other.clips.byIdempotencyKey("bob:x")).toBeNull();
        expect(await other.clips.ofSession(row.sessionId)).toEqual([row]);
        const change = { state: "ready", sizeBytes: 5, readyAtMs: 9, pinsGone: true, title: "Neu", gaps: [], audio: null } as const;
        expect(await other.clips.update(row.id, ["deleting", "lost"], change)).toBe(false);
        expect(await other.clips.update(row.id, ["pinned", "lost"], change)).toBe(true);
        expect(await catalog.clips.find(row.id)).toEqual({ ...row, ...change });
        expect(await other.clips.inState(["pinned"])).toEqual([]);
        expect((await other.clips.inState(["ready", "lost"])).length).toBe(1);
        expect(await other.clips.inState([])).toEqual([]);
        await other.clips.remove(row.id);
        await other.clips.remove(row.id);
        expect(await catalog.clips.all()).toEqual([]);
      });

      it("are refused when their id, key or files are taken", async () => {
        await catalog.clips.insert(clipRow({ idempotencyKey: "bob:k" }));
        const second = { id: "clip-000000000000002", fileKey: "2026-11-24T14-03-45-840Z" };
        expect(await other.clips.insert(clipRow({ fileKey: second.fileKey }))).toBe(false);
        expect(await other.clips.insert(clipRow({ ...second, idempotencyKey: "bob:k" }))).toBe(false);
        expect(await other.clips.insert(clipRow({ id: second.id }))).toBe(false);
        expect(await other.clips.insert(clipRow({ id: second.id, userId: "alice" }))).toBe(true);
        expect(await other.clips.insert(clipRow({ id: "clip-000000000000003", fileKey: second.fileKey }))).toBe(true);
      });

      it("race for a key, and one wins", async () => {
        const racers = Array.from({ length: 20 }, (_, i) =>
          (i % 2 === 0 ? catalog : other).clips.insert(
            clipRow({ id: `clip-00000000000001${10 + i}`, fileKey: `k${i}`, idempotencyKey: "bob:k" }),
          ),
        );
        expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1);
      });

      it("are listed in pages, in each order, without those that are being deleted", async () => {
        const rows = Array.from({ length: 25 }, (_, i) =>
          clipRow({
            id: `clip-00000000000001${10 + i}`,
            fileKey: `k${i}`,
            createdAtMs: i % 5,
            durationMs: (i * 7) % 11,
            sizeBytes: (i * 5) % 13,
            title: `Clip ${(i * 3) % 25}`,
          }),
        );
        for (const row of rows) await catalog.clips.insert(row);
        await catalog.clips.insert(clipRow({ id: "clip-00000000000000d", fileKey: "d", state: "deleting" }));
        await catalog.clips.insert(clipRow({ id: "clip-00000000000000o", userId: "carol" }));
        const orders: Record<ClipListQuery["sort"], (a: ClipRow, b: ClipRow) => number> = {
          newest: (a, b) => b.createdAtMs - a.createdAtMs,
          oldest: (a, b) => a.createdAtMs - b.createdAtMs,
          longest: (a, b) => b.durationMs - a.durationMs,
          largest: (a, b) => b.sizeBytes - a.sizeBytes,
          title: (a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0),
        };
        for (const sort of Object.keys(orders) as ClipListQuery["sort"][]) {
          const pages = await Promise.all([1, 2, 3, 4].map((page) => other.clips.list(list({ page, sort }))));
          expect(pages.map(({ rows: { length }, total }) => [length, total])).toEqual([
            [10, 25],
            [10, 25],
            [5, 25],
            [0, 25],
          ]);
          const all = pages.flatMap((page) => page.rows);
          expect(new Set(all.map(({ id }) => id)).size).toBe(25);
          expect(all.every((row, i) => i === 0 || orders[sort](all[i - 1] ?? row, row) <= 0)).toBe(true);
        }
      });

      it("are found by title, without regard to case, also beyond ASCII; and nothing in the text is a pattern", async () => {
        const titles = ["Ärger im Büro", "100% fun", "a_c", "abc", "Straße", "ΣΊΣΥΦΟΣ", "Ход конём", ...hostile];
        for (const [i, title] of titles.entries())
          await catalog.clips.insert(clipRow({ id: `clip-00000000000001${10 + i}`, fileKey: `k${i}`, title }));
        const found = async (q: string): Promise<string[]> =>
          (await other.clips.list(list({ q, sort: "oldest", pageSize: 100 }))).rows.map(({ title }) => title);
        expect(await found("ÄRGER")).toEqual(["Ärger im Büro"]);
        expect(await found("arger IM BURO")).toEqual(["Ärger im Büro"]);
        expect(await found("a_C")).toEqual(["a_c", "a_c"]);
        expect(await found("ход КОНЁМ")).toEqual(["Ход конём"]);
        expect(await found("σίσυφος")).toEqual(["ΣΊΣΥΦΟΣ"]);
        expect(await found("%")).toEqual(["100% fun", "100%"]);
        expect(await found("")).toHaveLength(titles.length);
        for (const text of hostile) expect(await found(text)).toContain(text);
        expect((await other.clips.all()).map(({ title }) => title).sort()).toEqual(titles.sort());
      });

      it("of a person's shares are those that others made", async () => {
        await catalog.clips.insert(clipRow());
        await catalog.clips.insert(clipRow({ id: "clip-000000000000002", userId: "alice", createdAtMs: 6000 }));
        await catalog.clips.insert(clipRow({ id: "clip-000000000000003", userId: "carol", createdAtMs: 7000 }));
        await catalog.clips.insert(clipRow({ id: "clip-000000000000004", userId: "dave", state: "deleting" }));
        const { rows, total } = await other.clips.ofSharer("alice", 1, 10);
        expect([rows.map(({ userId }) => userId), total]).toEqual([["carol", "bob"], 2]);
      });

      it("of a person are all of them, the oldest first", async () => {
        await catalog.clips.insert(clipRow({ createdAtMs: 6000 }));
        await catalog.clips.insert(clipRow({ id: "clip-000000000000002", fileKey: "k2", state: "deleting" }));
        await catalog.clips.insert(clipRow({ id: "clip-000000000000003", userId: "alice" }));
        expect((await other.clips.ofUser("bob")).map(({ id }) => id)).toEqual(["clip-000000000000002", "clip-000000000000001"]);
        expect(await other.clips.ofUser("nobody")).toEqual([]);
      });
    });

    describe("posts", () => {
      it("are listed newest first, and outlive their clip", async () => {
        for (let i = 0; i < 3; i += 1)
          await catalog.posts.insert({
            id: `p${i}`,
            channelId: "general",
            clipId: "c1",
            userId: "bob",
            userName: "Bob",
            text: hostile[i] ?? "",
            createdAtMs: i,
          });
        expect((await other.posts.list("general", 1, 2)).rows.map(({ id }) => id)).toEqual(["p2", "p1"]);
        expect(await other.posts.list("general", 2, 2)).toMatchObject({ rows: [{ id: "p0", text: hostile[0] }], total: 3 });
        expect((await other.posts.ofClip("c1")).length).toBe(3);
        await other.posts.detachClip("c1");
        expect(await catalog.posts.find("p0")).toMatchObject({ clipId: null });
        expect(await catalog.posts.ofClip("c1")).toEqual([]);
        await other.posts.remove("p0");
        expect(await catalog.posts.find("p0")).toBeNull();
      });

      it("are found by person, and go with their channel", async () => {
        const post = (id: string, channelId: string, userId: string, createdAtMs: number): PostRow => ({
          id,
          channelId,
          clipId: null,
          userId,
          userName: userId,
          text: "",
          createdAtMs,
        });
        for (const row of [post("p1", "general", "bob", 3), post("p2", "other", "bob", 1), post("p3", "general", "alice", 2)])
          await catalog.posts.insert(row);
        expect((await other.posts.ofUser("bob")).map(({ id }) => id)).toEqual(["p2", "p1"]);
        expect(await other.posts.removeOfChannel("general")).toBe(2);
        expect(await other.posts.removeOfChannel("general")).toBe(0);
        expect((await catalog.posts.ofUser("bob")).map(({ id }) => id)).toEqual(["p2"]);
        expect(await catalog.posts.ofUser("alice")).toEqual([]);
      });
    });

    describe("the quota's rows", () => {
      it("follow each other: a number that is taken, or not the next, is refused", async () => {
        expect(await catalog.quotas.newest("bob")).toBeNull();
        expect(await catalog.quotas.append(entry())).toBe(true);
        expect(await other.quotas.append(entry())).toBe(false);
        expect(await other.quotas.append(entry({ userId: "alice" }))).toBe(true);
        expect(await other.quotas.append(entry({ seq: 2, clipId: "b", clipBytes: 5, reservedBytes: 15 }))).toBe(true);
        expect(await other.quotas.append(entry({ seq: 3, kind: "commit", usedBytes: 8, clipBytes: 8, reservedBytes: 5 }))).toBe(true);
        expect(await catalog.quotas.newest("bob")).toEqual(entry({ seq: 3, kind: "commit", usedBytes: 8, clipBytes: 8, reservedBytes: 5 }));
        expect(await catalog.quotas.ofClip("bob", "b")).toMatchObject({ seq: 2 });
        expect(await catalog.quotas.ofClip("bob", "z")).toBeNull();
        expect((await catalog.quotas.clipsOf("bob")).map(({ seq }) => seq)).toEqual([2, 3]);
        expect(await catalog.quotas.users()).toEqual(["alice", "bob"]);
      });

      it("are dropped when newer ones say the same, never the newest", async () => {
        const kinds = ["reserve", "commit", "release", "reserve"] as const;
        for (const [i, kind] of kinds.entries())
          await catalog.quotas.append(
            entry({ seq: i + 1, kind, clipId: i === 3 ? "b" : "a", clipBytes: kind === "release" ? 0 : 10, atMs: i }),
          );
        expect(await other.quotas.compact("bob", 2)).toBe(2);
        expect(await other.quotas.compact("bob", 100)).toBe(1);
        expect(await other.quotas.compact("bob", 100)).toBe(0);
        expect((await catalog.quotas.clipsOf("bob")).map(({ seq }) => seq)).toEqual([4]);
        // A number below the newest is free again, and still nobody gets it.
        expect(await other.quotas.append(entry({ seq: 2 }))).toBe(false);
      });

      it("have limits of their own", async () => {
        expect(await catalog.quotas.limitOf("bob")).toBeNull();
        await catalog.quotas.setLimit("bob", 6e12);
        await other.quotas.setLimit("bob", 7e12);
        expect(await catalog.quotas.limitOf("bob")).toBe(7e12);
        await other.quotas.setLimit("bob", null);
        expect(await catalog.quotas.limitOf("bob")).toBeNull();
      });
    });

    describe("the directory", () => {
      it("is written over and over, and says who may what", async () => {
        const { directory } = catalog;
        for (const name of ["Old", "Demo"]) await directory.putCommunity({ id: "demo", name });
        for (const title of ["Old", "Lobby"]) await directory.putRoom({ roomName: "lobby", title, communityId: "demo" });
        for (const name of ["old", "general"]) await directory.putChannel({ id: "c1", name, communityId: "demo" });
        await directory.putRole({ communityId: "demo", role: "a", permissions: ["VIEW_CHANNEL"] });
        await directory.putRole({ communityId: "demo", role: "b", permissions: ["SEND_MESSAGES", "VIEW_CHANNEL"] });
        for (const admin of [true, false]) await directory.putPerson({ userId: "bob", name: "Bob", admin, description: hostile[0] ?? "" });
        await directory.putMember({ communityId: "demo", userId: "bob", roles: ["a"] });
        expect(await other.directory.permissionsOf("demo", "bob")).toEqual(["VIEW_CHANNEL"]);
        await directory.putMember({ communityId: "demo", userId: "bob", roles: ["b", "a", "gone"] });
        expect((await other.directory.permissionsOf("demo", "bob"))?.sort()).toEqual(["SEND_MESSAGES", "VIEW_CHANNEL"]);
        expect(await other.directory.permissionsOf("demo", "carol")).toBeNull();
        expect(await other.directory.person("bob")).toEqual({ userId: "bob", name: "Bob", admin: false, description: hostile[0] });
        expect(await other.directory.person("nobody")).toBeNull();
        expect(await other.directory.people()).toHaveLength(1);
        expect(await other.directory.communities()).toEqual([{ id: "demo", name: "Demo" }]);
        expect(await other.directory.room("lobby")).toEqual({ roomName: "lobby", title: "Lobby", communityId: "demo" });
        expect(await other.directory.room("nowhere")).toBeNull();
        expect(await other.directory.rooms("demo")).toHaveLength(1);
        expect(await other.directory.channel("c1")).toEqual({ id: "c1", name: "general", communityId: "demo" });
        expect(await other.directory.channel("c2")).toBeNull();
        expect(await other.directory.channels("other")).toEqual([]);
      });

      it("lists what there is by name, then id", async () => {
        const { directory } = other;
        for (const [id, name] of [
          ["c", "Beta"],
          ["b", "Alpha"],
          ["a", "Beta"],
        ] as const) {
          await catalog.directory.putCommunity({ id, name });
          await catalog.directory.putRoom({ roomName: id, title: name, communityId: "demo" });
          await catalog.directory.putChannel({ id, name, communityId: "demo" });
          await catalog.directory.putRole({ communityId: "demo", role: id, permissions: [] });
          await catalog.directory.putPerson({ userId: id, name, admin: id === "c", description: "" });
          await catalog.directory.putMember({ communityId: "demo", userId: id, roles: [id] });
          await catalog.directory.putMember({ communityId: id, userId: "a", roles: [] });
        }
        const order = ["b", "a", "c"];
        expect((await directory.communities()).map(({ id }) => id)).toEqual(order);
        expect((await directory.rooms("demo")).map(({ roomName }) => roomName)).toEqual(order);
        expect((await directory.channels("demo")).map(({ id }) => id)).toEqual(order);
        expect((await directory.people()).map(({ userId, admin }) => [userId, admin])).toEqual(order.map((id) => [id, id === "c"]));
        expect((await directory.roles("demo")).map(({ role }) => role)).toEqual(["a", "b", "c"]);
        expect((await directory.members("demo")).map(({ userId }) => userId)).toEqual(["a", "b", "c"]);
        expect((await directory.membershipsOf("a")).map(({ communityId }) => communityId)).toEqual(["a", "b", "c", "demo"]);
        expect(await directory.community("a")).toEqual({ id: "a", name: "Beta" });
        expect(await directory.role("demo", "a")).toEqual({ communityId: "demo", role: "a", permissions: [] });
        expect(await directory.member("demo", "b")).toEqual({ communityId: "demo", userId: "b", roles: ["b"] });
        expect([await directory.community("z"), await directory.role("demo", "z"), await directory.member("z", "b")]).toEqual([
          null,
          null,
          null,
        ]);
      });

      it("forgets what is removed, and says whether it was there", async () => {
        const { directory, settings } = catalog;
        const settingsOf = { communityId: "demo", enabled: true, maxConcurrent: null, autoStart: true, whoMayCapture: "room" } as const;
        await directory.putCommunity({ id: "demo", name: "Demo" });
        for (const id of ["x", "y"]) {
          await directory.putRoom({ roomName: id, title: id, communityId: "demo" });
          await directory.putChannel({ id, name: id, communityId: "demo" });
          await directory.putRole({ communityId: "demo", role: id, permissions: ["VIEW_CHANNEL"] });
          await directory.putPerson({ userId: id, name: id, admin: false, description: "" });
          await directory.putMember({ communityId: "demo", userId: id, roles: ["x"] });
          await directory.putMember({ communityId: "else", userId: id, roles: [] });
        }
        await settings.put(settingsOf);
        expect(await other.settings.find("demo")).toEqual(settingsOf);
        expect(await other.settings.autoStarting()).toEqual(["demo"]);
        expect([await other.directory.removeRoom("x"), await other.directory.removeRoom("x")]).toEqual([true, false]);
        expect([await other.directory.removeChannel("x"), await other.directory.removeChannel("x")]).toEqual([true, false]);
        expect([await other.directory.removeRole("demo", "x"), await other.directory.removeRole("demo", "x")]).toEqual([true, false]);
        expect(await directory.permissionsOf("demo", "y")).toEqual([]);
        expect([await other.directory.removeMember("demo", "x"), await other.directory.removeMember("demo", "x")]).toEqual([true, false]);
        expect([await other.directory.removePerson("x"), await other.directory.removePerson("x")]).toEqual([true, false]);
        expect(await directory.membershipsOf("x")).toEqual([]);
        expect([await other.directory.removeCommunity("demo"), await other.directory.removeCommunity("demo")]).toEqual([true, false]);
        expect([
          await directory.room("y"),
          await directory.channel("y"),
          await directory.role("demo", "y"),
          await settings.find("demo"),
        ]).toEqual([null, null, null, null]);
        expect((await directory.membershipsOf("y")).map(({ communityId }) => communityId)).toEqual(["else"]);
        expect(await directory.person("y")).toMatchObject({ name: "y" });
      });
    });

    it("keeps what was changed by whom, and lists it newest first", async () => {
      const rows = Array.from({ length: 5 }, (_, i): AuditRow => ({
        id: `a${i}`,
        atMs: 1_764_000_000_000 + Math.floor(i / 2),
        actorId: "alice",
        actorName: "Alice",
        action: "community_config.edit",
        communityId: i % 2 === 0 ? "demo" : null,
        target: hostile[i] ?? "",
        from: i === 0 ? null : { $set: i, "a.b": [hostile[i], null], nested: { $ne: null } },
        to: [null, false, 7e12, "text", { enabled: true }][i] ?? null,
      }));
      for (const row of rows) await catalog.audit.append(row);
      expect(await other.audit.list({ page: 1, pageSize: 3 })).toEqual({ rows: [rows[4], rows[3], rows[2]], total: 5 });
      expect(await other.audit.list({ page: 2, pageSize: 3 })).toEqual({ rows: [rows[1], rows[0]], total: 5 });
      expect(await other.audit.list({ communityId: "demo", page: 1, pageSize: 10 })).toEqual({
        rows: [rows[4], rows[2], rows[0]],
        total: 3,
      });
      expect(await other.audit.list({ communityId: "else", page: 1, pageSize: 10 })).toEqual({ rows: [], total: 0 });
    });

    it("knows which servers are there", async () => {
      await catalog.servers.put({ id: "s1", url: "http://one:8080", heartbeatAtMs: 1 });
      await catalog.servers.put({ id: "s0", url: "http://two:8080", heartbeatAtMs: 2 });
      await other.servers.put({ id: "s1", url: "http://one:8081", heartbeatAtMs: 3 });
      expect(await other.servers.find("s1")).toEqual({ id: "s1", url: "http://one:8081", heartbeatAtMs: 3 });
      expect((await other.servers.all()).map(({ id }) => id)).toEqual(["s0", "s1"]);
      await other.servers.remove("s1");
      await other.servers.remove("s1");
      expect(await catalog.servers.find("s1")).toBeNull();
    });

    it("leases work to one at a time: to who has it, to who comes when it is over or given up, to nobody else", async () => {
      expect(await catalog.leases.take("expire", "one", 1000, 2000)).toBe(true);
      expect(await other.leases.take("expire", "two", 1999, 3000)).toBe(false);
      expect(await catalog.leases.take("expire", "one", 1500, 2500)).toBe(true);
      expect(await other.leases.take("expire", "two", 2499, 3000)).toBe(false);
      expect(await other.leases.take("expire", "two", 2500, 3500)).toBe(true);
      expect(await catalog.leases.take("expire", "one", 2600, 4000)).toBe(false);
      await catalog.leases.release("expire", "one");
      expect(await catalog.leases.take("expire", "one", 2600, 4000)).toBe(false);
      await other.leases.release("expire", "two");
      expect(await catalog.leases.take("expire", "one", 2600, 4000)).toBe(true);
      expect(await other.leases.take("else", "two", 2600, 4000)).toBe(true);
      expect(await other.leases.take("more", "one", 2600, 4000)).toBe(true);
      await other.leases.releaseOf("one");
      expect(await catalog.leases.take("expire", "two", 2700, 4000)).toBe(true);
      expect(await catalog.leases.take("more", "two", 2700, 4000)).toBe(true);
      expect(await catalog.leases.take("else", "one", 2700, 4000)).toBe(false);
    });

    it("leases race: one of many gets a lease that is free, and one that is over", async () => {
      for (const nowMs of [1_764_000_000_000, 1_764_000_060_000]) {
        const racers = Array.from({ length: 20 }, (_, i) =>
          (i % 2 === 0 ? catalog : other).leases.take("expire", `holder-${nowMs}-${i}`, nowMs, nowMs + 60_000),
        );
        expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1);
      }
    });

    it("answers a ping while it is open, and no more when it is closed", async () => {
      await expect(catalog.ping()).resolves.toBeUndefined();
      await catalog.close();
      await expect(catalog.ping()).rejects.toThrow();
    });
  });
}
