/** Which keys capture what. */
import { expect, test } from "vitest";
import { lengthOfKey } from "./keys.js";

test.each([
  ["c", "remembered"],
  ["C", "remembered"],
  ["1", 60_000],
  ["2", 120_000],
  ["5", 300_000],
  ["0", 600_000],
  ["3", undefined],
  ["x", undefined],
])("%s", (key, length) => {
  expect(lengthOfKey(key)).toBe(length);
});
