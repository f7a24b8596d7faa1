/** Calls to LiveKit: so many at once, so many a second, the rest waits, too many are refused, and a failure frees its place. */
import { expect, test } from "vitest";
import { CallLimit } from "./limit.js";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("no more at once than allowed; each end lets the next one begin, in order", async () => {
  const limit = new CallLimit({ mostAtOnce: 2, mostWaiting: 10, mostPerSecond: 1_000_000 });
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const calls = [0, 1, 2, 3].map((n) =>
    limit.run(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      return n;
    }),
  );
  await expect.poll(() => begun).toEqual([0, 1]);
  await settled();
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  ends[0]?.();
  await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
  for (const end of ends) end();
  expect(await Promise.all(calls)).toEqual([0, 1, 2, 3]);
});

test("no more a second than allowed", async () => {
  const limit = new CallLimit({ mostAtOnce: 10, mostWaiting: 10, mostPerSecond: 50 });
  const from = performance.now();
  await Promise.all([1, 2, 3, 4, 5, 6].map(() => limit.run(() => Promise.resolve())));
  // Five pauses of 20 ms; timers may be a little early.
  expect(performance.now() - from).toBeGreaterThan(90);
});

test("what would wait behind too many is refused and counted; a failure frees its place", async () => {
  const limit = new CallLimit({ mostAtOnce: 1, mostWaiting: 1, mostPerSecond: 1_000_000 });
  const { promise, reject } = Promise.withResolvers<void>();
  const failing = limit.run(() => promise);
  const waiting = limit.run(() => Promise.resolve("done"));
  await expect(limit.run(() => Promise.resolve())).rejects.toMatchObject({ code: "recorder_unavailable", retryAfterSeconds: 2 });
  expect(limit.refused).toBe(1);
  reject(new Error("lost"));
  await expect(failing).rejects.toThrow("lost");
  expect(await waiting).toBe("done");
});
