/** The catalogue of the components. */
import { expect, test } from "vitest";
import { english, texts } from "./english.js";

test("every text has an id of its own", () => {
  const ids = Object.values(texts).map((text) => text.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("placeholders are filled; one without a value stays, so that it is seen", () => {
  expect(english({ id: "x", message: "{a} of {b}" }, { a: 1 })).toBe("1 of {b}");
});
