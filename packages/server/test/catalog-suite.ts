/** What every database behind the catalogue's port must do. Run once for each. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Catalog, ClipListQuery, ClipRow, PostRow, QuotaEntry } from "../src/catalog/port.js";
import { clipRow, hostile, sessionRow } from "./catalog-rows.js";
import { directorySuite } from "./catalog-suite-directory.js";

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
          const until = await other.clips.list(list({ page: 2, sort, untilMs: 2 }));
          const older = all.filter(({ createdAtMs }) => createdAtMs <= 2);
          expect([until.rows.map(({ id }) => id), until.total]).toEqual([older.slice(10).map(({ id }) => id), 15]);
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

    directorySuite(() => ({ catalog, other }));

    it("answers a ping while it is open, and no more when it is closed", async () => {
      await expect(catalog.ping()).resolves.toBeUndefined();
      await catalog.close();
      await expect(catalog.ping()).rejects.toThrow();
    });
  });
}
