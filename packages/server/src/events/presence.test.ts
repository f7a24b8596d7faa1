/** Somebody is in a room as long as one of their streams is open. */
import { expect, test } from "vitest";
import { Presence } from "./presence.js";

test("streams are counted, and leaving twice counts once", () => {
  const presence = new Presence();
  const first = presence.enter("lobby", "ann");
  const second = presence.enter("lobby", "ann");
  first();
  first();
  expect(presence.isIn("lobby", "ann")).toBe(true);
  expect(presence.isIn("studio", "ann")).toBe(false);
  expect(presence.isIn("lobby", "ben")).toBe(false);
  second();
  expect(presence.isIn("lobby", "ann")).toBe(false);
});
