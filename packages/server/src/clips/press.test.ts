/** `Prefer: wait` (RFC 7240). */
import { expect, test } from "vitest";
import { waitOf } from "./press.js";

test.each([
  [undefined, null],
  ["", null],
  ["wait=30", 30],
  ["respond-async, wait=10", 10],
  ["wait = 5", 5],
  ["wait=100000", 60],
  ["wait=0", 0],
  ["await=5", null],
  ["wait=soon", null],
])("%j: %j", (header, seconds) => {
  expect(waitOf(header)).toBe(seconds);
});
