/** The recorder's clocks follow the system's, and one of them never steps. */
import { afterEach, expect, it, vi } from "vitest";
import { steadyNow, wallNow } from "./clock.js";

afterEach(() => vi.restoreAllMocks());

it("the wall clock is the system's, within its millisecond, and does not go back", () => {
  let last = 0;
  for (let look = 0; look < 2_000; look += 1) {
    const before = Date.now();
    const now = wallNow();
    expect(now).toBeGreaterThanOrEqual(last);
    expect(now).toBeGreaterThan(before - 1);
    expect(now).toBeLessThan(Date.now() + 1);
    last = now;
  }
});

it("the wall clock follows a step of the system's clock, the steady one does not", () => {
  const steady = steadyNow();
  const real = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => real() + 3_600_000);
  expect(wallNow() - real()).toBeGreaterThan(3_599_000);
  expect(steadyNow() - steady).toBeLessThan(10_000);
  vi.restoreAllMocks();
  expect(Math.abs(wallNow() - real())).toBeLessThan(1_000);
});
