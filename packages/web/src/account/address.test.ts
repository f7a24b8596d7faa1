/** The token in an address. */
import { expect, test } from "vitest";
import { takeFromAddress, takeToken } from "./address.js";

test.each([
  ["", null, ""],
  ["#", null, ""],
  ["#content", null, "#content"],
  ["#token=a.b.c", "a.b.c", ""],
  ["#token=a.b.c&at=12", "a.b.c", "#at=12"],
  ["#at=12&token=a.b.c&x=%20y", "a.b.c", "#at=12&x=%20y"],
  ["#token=a.b.c&token=d.e.f", "a.b.c", ""],
  ["#mytoken=a", null, "#mytoken=a"],
  ["#token=", "", ""],
])("%s", (hash, token, rest) => {
  expect(takeToken(hash)).toEqual({ token, rest });
});

test("it is gone from the address and from its place in the history", () => {
  const replaced: unknown[] = [];
  const at = (hash: string): Location => ({ hash, pathname: "/rooms/lobby", search: "?codec=vp9" }) as Location;
  const history = { state: { kept: true }, replaceState: (...all: unknown[]) => void replaced.push(all) } as unknown as History;
  expect(takeFromAddress(at("#token=a.b.c&at=1"), history)).toBe("a.b.c");
  expect(replaced).toEqual([[{ kept: true }, "", "/rooms/lobby?codec=vp9#at=1"]]);
  expect(takeFromAddress(at("#content"), history)).toBeNull();
  expect(replaced).toHaveLength(1);
});
