/** One at a time, in order; and work that is asked for too often. */
import { ReplayError } from "@livekit-replay/contract";
import { describe, expect, it } from "vitest";
import { Coalesced, Lock } from "./lock.js";

describe("Lock", () => {
  it("runs one piece of work at a time, in the order of asking, also after an error", async () => {
    const lock = new Lock();
    const seen: string[] = [];
    let inside = 0;
    const work = (name: string, fails: boolean) => async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await Promise.resolve();
      seen.push(name);
      inside -= 1;
      if (fails) throw new Error(name);
    };
    const results = await Promise.allSettled([lock.run(work("a", false)), lock.run(work("b", true)), lock.run(work("c", false))]);
    expect(seen).toEqual(["a", "b", "c"]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("refuses when too many wait", async () => {
    const lock = new Lock(2);
    const first = Promise.withResolvers<void>();
    const running = [lock.run(() => first.promise), lock.run(async () => {})];
    await expect(lock.run(async () => {})).rejects.toMatchObject({ code: "rate_limited" } satisfies Partial<ReplayError>);
    first.resolve();
    await Promise.all(running);
    await expect(lock.run(async () => "again")).resolves.toBe("again");
  });
});

describe("Coalesced", () => {
  it("runs once more for all who ask while it runs", async () => {
    let runs = 0;
    let open = Promise.withResolvers<void>();
    const coalesced = new Coalesced(async () => {
      runs += 1;
      await open.promise;
    });
    coalesced.ask();
    for (let i = 0; i < 10; i += 1) coalesced.ask();
    expect(runs).toBe(1);
    open.resolve();
    await coalesced.idle();
    expect(runs).toBe(2);
    open = Promise.withResolvers();
    open.resolve();
    coalesced.ask();
    await coalesced.idle();
    expect(runs).toBe(3);
  });
});
