/** Choosing clips of a list. */
import { describe, expect, test } from "vitest";
import { touched } from "./selection.js";

const shown = ["a", "b", "c", "d", "e"];

describe("a touch", () => {
  test("chooses a clip, and takes it out again", () => {
    const once = touched(new Set(), shown, { clipId: "b", anchor: undefined, stretch: false });
    expect([...once]).toEqual(["b"]);
    expect([...touched(once, shown, { clipId: "b", anchor: "b", stretch: false })]).toEqual([]);
  });

  test("with Shift takes everything between, in both directions", () => {
    expect([...touched(new Set(["d"]), shown, { clipId: "b", anchor: "d", stretch: true })].toSorted()).toEqual(["b", "c", "d"]);
    expect([...touched(new Set(["a"]), shown, { clipId: "c", anchor: "a", stretch: true })].toSorted()).toEqual(["a", "b", "c"]);
  });

  test("with Shift on a chosen clip takes the stretch out", () => {
    expect([...touched(new Set(shown), shown, { clipId: "e", anchor: "c", stretch: true })].toSorted()).toEqual(["a", "b"]);
  });

  test("with Shift from a clip that is gone chooses only the one", () => {
    expect([...touched(new Set(), shown, { clipId: "c", anchor: "gone", stretch: true })]).toEqual(["c"]);
  });
});
