/** Whatever is in a name, its address leads back to it. */
import { expect, test } from "vitest";
import { nameIn, routes } from "./routes.js";

test.each(["lobby", "a/b", "100%", "%2F", "ä ö", "?#"])("%s", (name) => {
  for (const address of [routes.room(name), routes.clip(name), routes.trim(name), routes.channel(name)]) {
    expect(nameIn(new URL(address, "http://localhost").pathname)).toBe(name);
  }
});

test("what is not escaped names nothing", () => {
  expect(nameIn("/rooms/100%")).toBeUndefined();
});
