/** Ids that are suggested can be typed, linked and read. */
import { directoryIdSchema } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { idFrom } from "./id.js";

test.each([
  ["Best of 2026!", "best-of-2026"],
  ["  Café Zürich  ", "cafe-zurich"],
  ["--- a / b ---", "a-b"],
  ["日本語", ""],
  ["../../etc", "etc"],
])("%s becomes %s", (name, id) => {
  expect(idFrom(name)).toBe(id);
});

test("a long name gives a short id that the contract takes", () => {
  const id = idFrom("word ".repeat(40));
  expect(id.length).toBeLessThanOrEqual(40);
  expect(directoryIdSchema.safeParse(id).success).toBe(true);
  expect(id.endsWith("-")).toBe(false);
});
