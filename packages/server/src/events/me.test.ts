/** When a person is warned that their quota ends. */
import { expect, test } from "vitest";
import { passedWarning } from "./me.js";

const used = (usedBytes: number, reservedBytes = 0) => ({ limitBytes: 1000, usedBytes, reservedBytes });

test.each([
  [used(0), used(799), null],
  [used(0), used(800), 80],
  [used(799), used(700, 100), 80],
  [used(800), used(900), null],
  [used(800), used(950), 95],
  [used(0), used(1000), 95],
  [used(950), used(700), null],
  [used(960), used(940), null],
])("%j then %j: %j", (before, after, warning) => {
  expect(passedWarning(before, after)).toBe(warning);
});
