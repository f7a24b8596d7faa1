/** Lengths: what is offered, what is remembered, what nonsense becomes. */
import { expect, test } from "vitest";
import { lengths, readLength, within } from "./lengths.js";

test.each([
  ["15000", 15_000],
  ["600000", 600_000],
  ["42500", 42_500],
  [null, 300_000],
  ["", 300_000],
  ["0", 300_000],
  ["999", 300_000],
  ["600001", 300_000],
  ["NaN", 300_000],
  ["five", 300_000],
  ["Infinity", 300_000],
])("a stored %j is %d ms", (text, ms) => {
  expect(readLength(text)).toBe(ms);
});

test("lengths say what they are, from short to long", () => {
  for (const { ms, amount, unit } of lengths) expect(ms).toBe(amount * (unit === "seconds" ? 1000 : 60_000));
  expect(lengths.map(({ ms }) => ms)).toEqual(lengths.map(({ ms }) => ms).toSorted((a, b) => a - b));
});

test("a length of one's own is at least a second, and at most what the server allows", () => {
  expect([0, 999, 2500, 400_000].map((ms) => within(ms, 180_000))).toEqual([1000, 1000, 2500, 180_000]);
});
