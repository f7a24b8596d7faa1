/** What a quota means. */
import { expect, test } from "vitest";
import { bytesPerMinute, quotaFree, quotaLevel } from "./level.js";

const quota = (
  usedBytes: number,
  reservedBytes = 0,
  limitBytes = 1000,
): { usedBytes: number; reservedBytes: number; limitBytes: number } => ({
  usedBytes,
  reservedBytes,
  limitBytes,
});

test("what is held counts as used", () => {
  expect(
    [quota(0), quota(799), quota(700, 100), quota(949), quota(900, 50), quota(999), quota(600, 400), quota(2000)].map(quotaLevel),
  ).toEqual(["fine", "fine", "warn", "warn", "almost", "almost", "full", "full"]);
  expect(quotaLevel(quota(0, 0, 0))).toBe("full");
});

test("what is free is never less than nothing", () => {
  expect([quota(100, 50), quota(2000)].map(quotaFree)).toEqual([850, 0]);
});

test("how much a minute takes is that of all clips together, not of each", () => {
  const clips = [
    { sizeBytes: 1000, durationMs: 60_000 },
    { sizeBytes: 5000, durationMs: 120_000 },
  ];
  expect(bytesPerMinute(clips)).toBe(2000);
  expect(bytesPerMinute([])).toBeUndefined();
});
