/** Which keys capture what, and which keys can be chosen. */
import { describe, expect, test } from "vitest";
import { defaultCaptureKeys, isCaptureKey, lengthOfKey, ownerOfKey, readCaptureKeys } from "./keys.js";

describe("a key press", () => {
  test.each([
    ["c", "remembered"],
    ["C", "remembered"],
    ["q", 15_000],
    ["h", 30_000],
    ["1", 60_000],
    ["2", 120_000],
    ["5", 300_000],
    ["0", 600_000],
    ["3", undefined],
    ["x", undefined],
    ["", undefined],
    ["Dead", undefined],
  ])("%s", (key, length) => {
    expect(lengthOfKey({ key })).toBe(length);
  });

  test.each([
    ["С of a Cyrillic layout", { key: "с", code: "KeyC" }, "remembered"],
    ["5 of AZERTY without Shift", { key: "(", code: "Digit5" }, 300_000],
    ["5 of AZERTY with Shift", { key: "5", code: "Digit5", shiftKey: true }, 300_000],
    ["! of QWERTY is no 1", { key: "!", code: "Digit1", shiftKey: true }, undefined],
    ["a letter that types another one than stands there (Dvorak) is what it types", { key: "j", code: "KeyC" }, undefined],
    ["a number pad", { key: "2", code: "Numpad2" }, 120_000],
    ["a number pad without NumLock is arrows", { key: "ArrowDown", code: "Numpad2" }, undefined],
  ])("%s", (_, pressed, length) => {
    expect(lengthOfKey(pressed)).toBe(length);
  });

  test("asks an application's own keys; an action without a key has none", () => {
    const keys = { ...defaultCaptureKeys, last: "x", m1: "", m2: "1" };
    expect(["x", "c", "1", "2", ""].map((key) => lengthOfKey({ key }, keys))).toEqual([
      "remembered",
      undefined,
      120_000,
      undefined,
      undefined,
    ]);
  });
});

describe("choosing a key", () => {
  test.each([
    ["x", true],
    ["ß", true],
    ["9", true],
    ["я", true],
    ["k", false],
    [",", false],
    ["?", false],
    [" ", false],
    ["Enter", false],
    ["F1", false],
    ["\u0007", false],
    ["", false],
  ])("%j", (key, good) => {
    expect(isCaptureKey(key)).toBe(good);
  });

  test("says who has a key already", () => {
    expect(ownerOfKey(defaultCaptureKeys, "5", "m1")).toBe("m5");
    expect(ownerOfKey(defaultCaptureKeys, "1", "m1")).toBeUndefined();
    expect(ownerOfKey(defaultCaptureKeys, "x", "m1")).toBeUndefined();
  });

  test("the keys that are there from the beginning can be chosen, and are all different", () => {
    expect(readCaptureKeys({ ...defaultCaptureKeys })).toEqual(defaultCaptureKeys);
  });

  test.each([
    ["nothing", null],
    ["a list", ["c"]],
    ["a text", "c"],
    ["one action too few", { ...defaultCaptureKeys, m10: undefined }],
    ["the same key twice", { ...defaultCaptureKeys, m10: "5" }],
    ["a key that types nothing", { ...defaultCaptureKeys, last: "Escape" }],
    ["a key of the player", { ...defaultCaptureKeys, last: "k" }],
    ["a capital letter, which no press is compared with", { ...defaultCaptureKeys, last: "C" }],
    ["a number", { ...defaultCaptureKeys, m1: 1 }],
  ])("from outside, not %s", (_, value) => {
    expect(readCaptureKeys(value)).toBeUndefined();
  });

  test("several actions may have no key", () => {
    const keys = { ...defaultCaptureKeys, s15: "", s30: "" };
    expect(readCaptureKeys(keys)).toEqual(keys);
  });
});
