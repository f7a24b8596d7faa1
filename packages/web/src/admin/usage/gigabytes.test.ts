/** What is typed is what is set. */
import { editQuotaSchema } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { bytesOf, gigabytesOf, mostGigabytes } from "./gigabytes.js";

test.each([
  [0, 0],
  [5, 5e9],
  [0.5, 5e8],
  [1.234, 1_234_000_000],
])("%s GB are %s bytes, and back", (gigabytes, bytes) => {
  expect(bytesOf(gigabytes)).toBe(bytes);
  expect(gigabytesOf(bytes)).toBe(gigabytes);
  expect(editQuotaSchema.safeParse({ limitBytes: bytes }).success).toBe(true);
});

test("an empty field is no limit of nothing, and the largest number is one that the contract takes", () => {
  expect([bytesOf(Number.NaN), bytesOf(-1), bytesOf(Number.POSITIVE_INFINITY)]).toEqual([undefined, undefined, undefined]);
  expect(editQuotaSchema.safeParse({ limitBytes: bytesOf(mostGigabytes * 10) }).success).toBe(true);
});
