/** The quota ledger: exact whatever races, in one process and in several. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCatalog } from "../src/catalog/open.js";
import type { Catalog } from "../src/catalog/port.js";
import { QuotaLedger } from "../src/quotas/ledger.js";
import { testDatabase, type TestPlace } from "./databases.js";
import { runDrivers } from "./processes.js";
import { SteppedClock, tempRoot } from "./store-material.js";

const LIMIT = 1000;
let remove: () => Promise<void>;
let place: TestPlace;
let catalog: Catalog;
let ledger: QuotaLedger;
const clock = new SteppedClock();

const sums = async (userId: string): Promise<{ used: number; reserved: number }> => {
  const clips = await catalog.quotas.clipsOf(userId);
  const of = (kinds: readonly string[]): number =>
    clips.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { clipBytes }) => sum + clipBytes, 0);
  return { used: of(["commit", "lower"]), reserved: of(["reserve"]) };
};

beforeEach(async () => {
  const temp = await tempRoot();
  remove = temp.remove;
  place = testDatabase(temp.root);
  catalog = await openCatalog(place.config);
  ledger = new QuotaLedger({ rows: catalog.quotas, clock, defaultLimitBytes: LIMIT });
});
afterEach(async () => {
  await catalog.close();
  await place.remove();
  await remove();
});

describe("the ledger", () => {
  it("follows a clip from its reservation to its end", async () => {
    expect(await ledger.quotaOf("bob")).toEqual({ limitBytes: LIMIT, usedBytes: 0, reservedBytes: 0 });
    expect(await ledger.reserve("bob", "a", 600)).toEqual({ limitBytes: LIMIT, usedBytes: 0, reservedBytes: 600 });
    await ledger.reserve("bob", "b", 400);
    await ledger.lower("bob", "b", 300);
    expect(await ledger.commit("bob", "a", 500)).toEqual({ limitBytes: LIMIT, usedBytes: 500, reservedBytes: 300 });
    await ledger.lower("bob", "a", 450);
    await ledger.commit("bob", "b", 300);
    expect(await ledger.quotaOf("bob")).toEqual({ limitBytes: LIMIT, usedBytes: 750, reservedBytes: 0 });
    await ledger.release("bob", "a");
    expect(await ledger.release("bob", "b")).toEqual({ limitBytes: LIMIT, usedBytes: 0, reservedBytes: 0 });
  });

  it("refuses what would pass the limit, and charges nothing then", async () => {
    await ledger.reserve("bob", "a", 1000);
    await expect(ledger.reserve("bob", "b", 1)).rejects.toMatchObject({ code: "quota_exceeded" });
    expect(await ledger.quotaOf("bob")).toMatchObject({ reservedBytes: 1000 });
    await ledger.reserve("alice", "c", 1000);
    await ledger.release("bob", "a");
    await ledger.reserve("bob", "b", 1);
    await catalog.quotas.setLimit("bob", 0);
    await expect(ledger.reserve("bob", "d", 1)).rejects.toMatchObject({ code: "quota_exceeded" });
    expect(await ledger.quotaOf("bob")).toEqual({ limitBytes: 0, usedBytes: 0, reservedBytes: 1 });
  });

  it("does nothing twice, and nothing for a clip that holds nothing", async () => {
    await ledger.reserve("bob", "a", 100);
    await ledger.reserve("bob", "a", 100);
    await ledger.commit("bob", "a", 90);
    await ledger.commit("bob", "a", 90);
    expect(await ledger.quotaOf("bob")).toMatchObject({ usedBytes: 90, reservedBytes: 0 });
    for (let i = 0; i < 2; i += 1) await ledger.release("bob", "a");
    await ledger.commit("bob", "a", 50);
    await ledger.lower("bob", "a", 5);
    await ledger.release("bob", "never");
    expect(await ledger.quotaOf("bob")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
    expect((await catalog.quotas.newest("bob"))?.seq).toBe(3);
  });

  it("takes misuse for what it is", async () => {
    await ledger.reserve("bob", "a", 100);
    await expect(ledger.commit("bob", "a", 101)).rejects.toThrow(TypeError);
    await expect(ledger.lower("bob", "a", 101)).rejects.toThrow(TypeError);
    await expect(ledger.reserve("bob", "a", 99)).rejects.toThrow(TypeError);
    for (const bytes of [-1, 0.5, NaN, Infinity, 2 ** 53]) await expect(ledger.reserve("bob", "b", bytes)).rejects.toThrow(TypeError);
    expect(await ledger.quotaOf("bob")).toMatchObject({ reservedBytes: 100 });
  });

  it("counts beyond what 32 bits hold", async () => {
    const wide = new QuotaLedger({ rows: catalog.quotas, clock, defaultLimitBytes: 5e12 });
    for (const id of ["a", "b", "c"]) await wide.reserve("bob", id, 1.5e12);
    expect(await wide.quotaOf("bob")).toMatchObject({ reservedBytes: 4.5e12 });
  });

  it("keeps its balance the sum of its clips, whatever is done", async () => {
    const step = fc.record({
      what: fc.constantFrom("reserve", "commit", "lower", "release", "compact"),
      clip: fc.constantFrom("a", "b", "c", "d"),
      bytes: fc.integer({ min: 0, max: 700 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.uuid(), async (steps, userId) => {
        for (const { what, clip, bytes } of steps) {
          clock.at += 100_000_000;
          const done =
            what === "compact" ? ledger.compact() : what === "release" ? ledger.release(userId, clip) : ledger[what](userId, clip, bytes);
          await done.catch((error: unknown) => expect(error instanceof TypeError || Object(error).code === "quota_exceeded").toBe(true));
          const { usedBytes, reservedBytes } = await ledger.quotaOf(userId);
          expect({ used: usedBytes, reserved: reservedBytes }).toEqual(await sums(userId));
          expect(usedBytes + reservedBytes).toBeLessThanOrEqual(LIMIT);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe("races", () => {
  it("in one process, through two connections: the limit holds, and every answer is true", async () => {
    const other = await openCatalog(place.config);
    const second = new QuotaLedger({ rows: other.quotas, clock, defaultLimitBytes: LIMIT });
    const asked = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? ledger : second).reserve("bob", `clip${i}`, 30));
    const results = await Promise.allSettled(asked);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(33);
    expect(await ledger.quotaOf("bob")).toMatchObject({ reservedBytes: 990 });
    await other.close();
  });

  it("in four processes, while the ledger is compacted: sums are exact", { timeout: 60_000 }, async () => {
    const results = await runDrivers(
      "quota-driver.ts",
      Array.from({ length: 4 }, (_, i) => [place.url, String(i)]),
    );
    const outcomes = results.map((text): unknown => JSON.parse(text)) as { reserved: number; committed: number; released: number }[];
    const total = (key: "reserved" | "committed" | "released"): number => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
    expect(await ledger.quotaOf("bob")).toEqual({ limitBytes: LIMIT, usedBytes: total("committed"), reservedBytes: total("reserved") });
    expect(await sums("bob")).toEqual({ used: total("committed"), reserved: total("reserved") });
    expect(total("committed") + total("reserved")).toBeLessThanOrEqual(LIMIT);
    expect(total("released")).toBeGreaterThan(0);
  });

  it("of a hundred at once in five processes, exactly those that fit get through", { timeout: 60_000 }, async () => {
    const results = await runDrivers(
      "quota-rush-driver.ts",
      Array.from({ length: 5 }, (_, i) => [place.url, String(i)]),
    );
    expect(results.reduce((sum, text) => sum + Number(text), 0)).toBe(10);
    expect(await ledger.quotaOf("carol")).toMatchObject({ reservedBytes: 1000, usedBytes: 0 });
  });
});

describe("compaction", () => {
  it("keeps the ledger short and its answers the same", async () => {
    for (let i = 0; i < 50; i += 1) {
      await ledger.reserve("bob", `clip${i}`, 10);
      await ledger.commit("bob", `clip${i}`, 5);
      if (i % 2 === 0) await ledger.release("bob", `clip${i}`);
    }
    const before = await ledger.quotaOf("bob");
    expect(await ledger.compact()).toBe(0);
    clock.at += 86_400_001;
    // 125 rows: 25 clips keep one each, and one of them is the newest.
    expect(await ledger.compact()).toBe(100);
    expect(await ledger.quotaOf("bob")).toEqual(before);
    expect((await sums("bob")).used).toBe(before.usedBytes);
    await ledger.release("bob", "clip0");
    await ledger.release("bob", "clip1");
    expect((await ledger.quotaOf("bob")).usedBytes).toBe(before.usedBytes - 5);
  });
});
