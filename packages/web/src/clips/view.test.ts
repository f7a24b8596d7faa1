/** The library in the address. */
import { expect, test } from "vitest";
import { firstView, readView, writeView } from "./view.js";

test("the library as it is opened needs no words in the address", () => {
  expect(writeView(firstView)).toBe("");
  expect(readView("")).toEqual(firstView);
});

test("what was shown is shown again", () => {
  const view = { q: "a & b=ü", sort: "longest" } as const;
  expect(readView(writeView(view))).toEqual(view);
});

test("nonsense counts as not said", () => {
  expect(readView("sort=worst&q=")).toEqual(firstView);
  expect(readView(`q=${"x".repeat(201)}`)).toEqual(firstView);
});
