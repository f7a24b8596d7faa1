/** The library in the address. */
import { expect, test } from "vitest";
import { firstView, readView, writeView } from "./view.js";

test("the library as it is opened needs no words in the address", () => {
  expect(writeView(firstView)).toBe("");
  expect(readView("")).toEqual(firstView);
});

test("what was shown is shown again", () => {
  const view = { q: "a & b=ü", sort: "longest", page: 7 } as const;
  expect(readView(writeView(view))).toEqual(view);
});

test("nonsense counts as not said", () => {
  expect(readView("page=-1&sort=worst&q=&page=2")).toEqual(firstView);
  expect(readView("page=1e99")).toEqual(firstView);
});
