/** Lengths and sizes in words. */
import { describe, expect, test } from "vitest";
import { clockText, sizeText } from "./amounts.js";

describe("clockText", () => {
  test.each([
    [0, "0:00"],
    [499, "0:00"],
    [7000, "0:07"],
    [300_217, "5:00"],
    [299_990, "5:00"],
    [3_723_000, "1:02:03"],
    [-5, "0:00"],
  ])("%d ms is %s", (ms, text) => {
    expect(clockText(ms)).toBe(text);
  });
});

describe("sizeText", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [1540, "1.5 kB"],
    [212_000_000, "212 MB"],
    [999_700_000, "1 GB"],
    [5_000_000_000, "5 GB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});
