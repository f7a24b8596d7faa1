/** The part of the catalogue's suite that is about communities and servers: the directory, the audit log, leases. */
import { describe, expect, it } from "vitest";
import type { AuditRow, Catalog } from "../src/catalog/port.js";
import { hostile } from "./catalog-rows.js";

/** Registers the tests. `parts` gives two connections to the test's empty database. */
export function directorySuite(parts: () => { readonly catalog: Catalog; readonly other: Catalog }): void {
  describe("communities and servers", () => {
    describe("the directory", () => {
      it("is written over and over, and says who may what", async () => {
        const { directory } = parts().catalog;
        for (const name of ["Old", "Demo"]) await directory.putCommunity({ id: "demo", name });
        for (const title of ["Old", "Lobby"]) await directory.putRoom({ roomName: "lobby", title, communityId: "demo" });
        for (const name of ["old", "general"]) await directory.putChannel({ id: "c1", name, communityId: "demo" });
        await directory.putRole({ communityId: "demo", role: "a", permissions: ["VIEW_CHANNEL"] });
        await directory.putRole({ communityId: "demo", role: "b", permissions: ["SEND_MESSAGES", "VIEW_CHANNEL"] });
        for (const admin of [true, false]) await directory.putPerson({ userId: "bob", name: "Bob", admin, description: hostile[0] ?? "" });
        await directory.putMember({ communityId: "demo", userId: "bob", roles: ["a"] });
        expect(await parts().other.directory.permissionsOf("demo", "bob")).toEqual(["VIEW_CHANNEL"]);
        await directory.putMember({ communityId: "demo", userId: "bob", roles: ["b", "a", "gone"] });
        expect((await parts().other.directory.permissionsOf("demo", "bob"))?.sort()).toEqual(["SEND_MESSAGES", "VIEW_CHANNEL"]);
        expect(await parts().other.directory.permissionsOf("demo", "carol")).toBeNull();
        expect(await parts().other.directory.person("bob")).toEqual({ userId: "bob", name: "Bob", admin: false, description: hostile[0] });
        expect(await parts().other.directory.person("nobody")).toBeNull();
        expect(await parts().other.directory.people()).toHaveLength(1);
        expect(await parts().other.directory.communities()).toEqual([{ id: "demo", name: "Demo" }]);
        expect(await parts().other.directory.room("lobby")).toEqual({ roomName: "lobby", title: "Lobby", communityId: "demo" });
        expect(await parts().other.directory.room("nowhere")).toBeNull();
        expect(await parts().other.directory.rooms("demo")).toHaveLength(1);
        expect(await parts().other.directory.channel("c1")).toEqual({ id: "c1", name: "general", communityId: "demo" });
        expect(await parts().other.directory.channel("c2")).toBeNull();
        expect(await parts().other.directory.channels("other")).toEqual([]);
      });

      it("lists what there is by name, then id", async () => {
        const { directory } = parts().other;
        for (const [id, name] of [
          ["c", "Beta"],
          ["b", "Alpha"],
          ["a", "Beta"],
        ] as const) {
          await parts().catalog.directory.putCommunity({ id, name });
          await parts().catalog.directory.putRoom({ roomName: id, title: name, communityId: "demo" });
          await parts().catalog.directory.putChannel({ id, name, communityId: "demo" });
          await parts().catalog.directory.putRole({ communityId: "demo", role: id, permissions: [] });
          await parts().catalog.directory.putPerson({ userId: id, name, admin: id === "c", description: "" });
          await parts().catalog.directory.putMember({ communityId: "demo", userId: id, roles: [id] });
          await parts().catalog.directory.putMember({ communityId: id, userId: "a", roles: [] });
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
        const { directory, settings } = parts().catalog;
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
        expect(await parts().other.settings.find("demo")).toEqual(settingsOf);
        expect(await parts().other.settings.autoStarting()).toEqual(["demo"]);
        expect([await parts().other.directory.removeRoom("x"), await parts().other.directory.removeRoom("x")]).toEqual([true, false]);
        expect([await parts().other.directory.removeChannel("x"), await parts().other.directory.removeChannel("x")]).toEqual([true, false]);
        expect([await parts().other.directory.removeRole("demo", "x"), await parts().other.directory.removeRole("demo", "x")]).toEqual([
          true,
          false,
        ]);
        expect(await directory.permissionsOf("demo", "y")).toEqual([]);
        expect([await parts().other.directory.removeMember("demo", "x"), await parts().other.directory.removeMember("demo", "x")]).toEqual([
          true,
          false,
        ]);
        expect([await parts().other.directory.removePerson("x"), await parts().other.directory.removePerson("x")]).toEqual([true, false]);
        expect(await directory.membershipsOf("x")).toEqual([]);
        expect([await parts().other.directory.removeCommunity("demo"), await parts().other.directory.removeCommunity("demo")]).toEqual([
          true,
          false,
        ]);
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
      for (const row of rows) await parts().catalog.audit.append(row);
      expect(await parts().other.audit.list({ page: 1, pageSize: 3 })).toEqual({ rows: [rows[4], rows[3], rows[2]], total: 5 });
      expect(await parts().other.audit.list({ page: 2, pageSize: 3 })).toEqual({ rows: [rows[1], rows[0]], total: 5 });
      expect(await parts().other.audit.list({ communityId: "demo", page: 1, pageSize: 10 })).toEqual({
        rows: [rows[4], rows[2], rows[0]],
        total: 3,
      });
      expect(await parts().other.audit.list({ communityId: "else", page: 1, pageSize: 10 })).toEqual({ rows: [], total: 0 });
    });

    it("narrows what was changed by kind, person and time", async () => {
      const rows = (["community.put", "community_config.edit", "role.put", "role.put.failed", "room.put"] as const).map(
        (action, i): AuditRow => ({
          id: `n${i}`,
          atMs: 1000 + i,
          actorId: i % 2 === 0 ? "narrow" : "other",
          actorName: "N",
          action,
          communityId: "narrow",
          target: "x",
          from: null,
          to: null,
        }),
      );
      for (const row of rows) await parts().catalog.audit.append(row);
      const found = async (query: object): Promise<string[]> =>
        (await parts().other.audit.list({ communityId: "narrow", page: 1, pageSize: 10, ...query })).rows.map(({ id }) => id);
      expect(await found({ kind: "community" })).toEqual(["n0"]);
      expect(await found({ kind: "community_config" })).toEqual(["n1"]);
      expect(await found({ kind: "role" })).toEqual(["n3", "n2"]);
      expect(await found({ actorId: "narrow" })).toEqual(["n4", "n2", "n0"]);
      expect(await found({ fromMs: 1001, toMs: 1003 })).toEqual(["n2", "n1"]);
      expect(await found({ toMs: 1001 })).toEqual(["n0"]);
      expect(await found({ fromMs: 1003, actorId: "other", kind: "role" })).toEqual(["n3"]);
      expect(await parts().other.audit.list({ kind: "role", communityId: "narrow", page: 2, pageSize: 1 })).toMatchObject({ total: 2 });
    });

    it("knows which servers are there", async () => {
      await parts().catalog.servers.put({ id: "s1", url: "http://one:8080", heartbeatAtMs: 1 });
      await parts().catalog.servers.put({ id: "s0", url: "http://two:8080", heartbeatAtMs: 2 });
      await parts().other.servers.put({ id: "s1", url: "http://one:8081", heartbeatAtMs: 3 });
      expect(await parts().other.servers.find("s1")).toEqual({ id: "s1", url: "http://one:8081", heartbeatAtMs: 3 });
      expect((await parts().other.servers.all()).map(({ id }) => id)).toEqual(["s0", "s1"]);
      await parts().other.servers.remove("s1");
      await parts().other.servers.remove("s1");
      expect(await parts().catalog.servers.find("s1")).toBeNull();
    });

    it("leases work to one at a time: to who has it, to who comes when it is over or given up, to nobody else", async () => {
      expect(await parts().catalog.leases.take("expire", "one", 1000, 2000)).toBe(true);
      expect(await parts().other.leases.take("expire", "two", 1999, 3000)).toBe(false);
      expect(await parts().catalog.leases.take("expire", "one", 1500, 2500)).toBe(true);
      expect(await parts().other.leases.take("expire", "two", 2499, 3000)).toBe(false);
      expect(await parts().other.leases.take("expire", "two", 2500, 3500)).toBe(true);
      expect(await parts().catalog.leases.take("expire", "one", 2600, 4000)).toBe(false);
      await parts().catalog.leases.release("expire", "one");
      expect(await parts().catalog.leases.take("expire", "one", 2600, 4000)).toBe(false);
      await parts().other.leases.release("expire", "two");
      expect(await parts().catalog.leases.take("expire", "one", 2600, 4000)).toBe(true);
      expect(await parts().other.leases.take("else", "two", 2600, 4000)).toBe(true);
      expect(await parts().other.leases.take("more", "one", 2600, 4000)).toBe(true);
      await parts().other.leases.releaseOf("one");
      expect(await parts().catalog.leases.take("expire", "two", 2700, 4000)).toBe(true);
      expect(await parts().catalog.leases.take("more", "two", 2700, 4000)).toBe(true);
      expect(await parts().catalog.leases.take("else", "one", 2700, 4000)).toBe(false);
    });

    it("leases are renewed by who has them and had them all the time, however late, and by nobody else", async () => {
      const { catalog, other } = parts();
      expect(await catalog.leases.renew("clip", "one", 2000)).toBe(false);
      expect(await catalog.leases.take("clip", "one", 1000, 2000)).toBe(true);
      expect(await other.leases.renew("clip", "two", 9000)).toBe(false);
      expect(await other.leases.renew("clip", "one", 3000)).toBe(true);
      expect(await other.leases.take("clip", "two", 2999, 4000)).toBe(false);
      expect(await other.leases.take("clip", "two", 3000, 4000)).toBe(true);
      expect(await catalog.leases.renew("clip", "one", 9000)).toBe(false);
      await other.leases.releaseOf("two");
      expect(await catalog.leases.renew("clip", "one", 9000)).toBe(false);
    });

    it("leases race: one of many gets a lease that is free, and one that is over", async () => {
      for (const nowMs of [1_764_000_000_000, 1_764_000_060_000]) {
        const racers = Array.from({ length: 20 }, (_, i) =>
          (i % 2 === 0 ? parts().catalog : parts().other).leases.take("expire", `holder-${nowMs}-${i}`, nowMs, nowMs + 60_000),
        );
        expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1);
      }
    });
  });
}
