/** Claims of two servers on one database: one has them, the other waits, and who was taken for dead finds out before it does harm. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openCatalog } from "../src/catalog/open.js";
import type { Catalog } from "../src/catalog/port.js";
import { Claims } from "../src/servers/claims.js";
import { Buffers } from "../src/store/buffers.js";
import { Counters } from "../src/store/counters.js";
import { testDatabase, type TestPlace } from "./databases.js";
import { BUFFER, LogLines, openWriter, SESSION, SteppedClock, writeRun } from "./store-material.js";

let root: string;
let place: TestPlace;
let catalog: Catalog;
let one: Claims;
let two: Claims;

/** Several servers on a folder, and a session that none of them has. */
const others = {
  isAlone: () => false,
  othersWork: () => true,
  isCurrent: () => Promise.resolve(false),
  isElsewhere: () => Promise.resolve(false),
};

const bound = (leases: Catalog["leases"]): Catalog["leases"] => ({
  take: leases.take.bind(leases),
  renew: leases.renew.bind(leases),
  release: leases.release.bind(leases),
  releaseOf: leases.releaseOf.bind(leases),
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "replay-claims-"));
  place = testDatabase(root);
  catalog = await openCatalog(place.config);
  one = new Claims(catalog.leases, { id: "one" });
  two = new Claims(catalog.leases, { id: "two" });
});
afterEach(async () => {
  one.close();
  two.close();
  await catalog.close();
  await place.remove();
  await rm(root, { recursive: true, force: true });
});

test("one server has a claim as often as it wants, the other none, until it is given up as often", async () => {
  expect([await one.take("clip"), await one.take("clip"), await two.take("clip")]).toEqual([true, true, false]);
  await one.giveUp("clip");
  expect(await two.take("clip")).toBe(false);
  await one.giveUp("clip");
  await one.giveUp("clip");
  expect(await two.take("clip")).toBe(true);
  expect(await one.take("other")).toBe(true);
});

test("work waits for the other's, and one at a time has the claim", async () => {
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await catalog.ping();
    running -= 1;
  };
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const first = one.during("clip", async () => {
    begun.resolve();
    await go.promise;
    await work();
  });
  await begun.promise;
  const second = two.during("clip", work);
  go.resolve();
  await Promise.all([first, second]);
  expect(most).toBe(1);
});

test("who waits in vain is told to come again; a failure gives the claim up", async () => {
  await one.take("clip");
  await expect(two.during("clip", () => Promise.resolve(), 50)).rejects.toMatchObject({ code: "not_ready" });
  await one.giveUp("clip");
  await expect(two.during("clip", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await one.take("clip")).toBe(true);
});

test("a server that was taken for dead lost its claims, and learns it when it asks", async () => {
  await one.take("clip");
  // Nobody has it yet: it is its own still.
  await one.assertHas("clip");
  await catalog.leases.releaseOf("one");
  expect(await two.take("clip")).toBe(true);
  await expect(one.assertHas("clip")).rejects.toMatchObject({ code: "not_ready" });
  await two.assertHas("clip");
});

test("also when the other has given it up by then: what it was taken for must be begun anew", async () => {
  await one.take("clip");
  await catalog.leases.releaseOf("one");
  await two.during("clip", () => Promise.resolve());
  await expect(one.assertHas("clip")).rejects.toMatchObject({ code: "not_ready" });
  // It is its own again, from now on.
  expect(await two.take("clip")).toBe(false);
  await one.assertHas("clip");
});

test("who takes it once more finds that it is gone, and the first to have it does not rely on the second", async () => {
  await one.take("clip");
  await catalog.leases.releaseOf("one");
  await two.take("clip");
  expect(await one.take("clip")).toBe(false);
  await two.giveUp("clip");
  expect(await one.take("clip")).toBe(true);
  await expect(one.assertHas("clip")).rejects.toMatchObject({ code: "not_ready" });
  await one.assertHas("clip");
  await one.giveUp("clip");
  await one.giveUp("clip");
  expect(await two.take("clip")).toBe(true);
});

test("work that is done is done, though its claim cannot be given up", async () => {
  const leases = { ...bound(catalog.leases), release: () => Promise.reject(new Error("the database is away")) };
  const claims = new Claims(leases, { id: "one" });
  expect(await claims.during("clip", () => Promise.resolve("done"))).toBe("done");
  claims.close();
});

test("nothing of an ended session is forgotten by one server while another one captures it, and what is forgotten is captured by nobody", async () => {
  const { writer, close } = await openWriter(root);
  await writeRun(writer, 3);
  const buffersOf = (claims: Claims): Buffers => {
    const sharing = { ...others, claims };
    return new Buffers({ root, bufferMs: BUFFER, clock: new SteppedClock(), logger: new LogLines(), counters: new Counters(), sharing });
  };
  let refused = 0;
  const counting: typeof catalog.leases.take = async (...asked) => {
    const isTaken = await catalog.leases.take(...asked);
    if (!isTaken) refused += 1;
    return isTaken;
  };
  const asking = new Claims({ ...bound(catalog.leases), take: counting }, { id: "two" });
  const [first, second] = [buffersOf(one), buffersOf(asking)];
  const buffer = await first.open(SESSION);
  const order: string[] = [];
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const capturing = buffer.exclusive(async () => {
    begun.resolve();
    await go.promise;
    order.push(`captured ${buffer.segments.length}`);
  });
  await begun.promise;
  const forgetting = second.forget(SESSION, null).then(({ files }) => order.push(`forgot ${files}`));
  const late = forgetting.then(() => buffer.exclusive(() => Promise.resolve(order.push(`captured ${buffer.segments.length}`))));
  await vi.waitUntil(() => refused > 0, { timeout: 5000, interval: 5 });
  go.resolve();
  await Promise.all([capturing, forgetting, late]);
  expect(order).toEqual(["captured 3", "forgot 3", "captured 0"]);
  await Promise.all([first.close(), second.close(), close()]);
  asking.close();
});
