/** Whose an identity may be: user ids with separators of their own, devices, and what cannot be a user id. */
import { expect, test } from "vitest";
import { possibleOwners } from "./identity.js";

test.each([
  ["alice", ["alice"]],
  ["alice#phone", ["alice#phone", "alice"]],
  ["alice|2", ["alice|2", "alice"]],
  ["auth0|bob#tab-1", ["auth0|bob#tab-1", "auth0|bob", "auth0"]],
  ["#nobody", ["#nobody"]],
  ["", []],
  ["a\u0000#b", []],
])("%j may be of %j", (identity, owners) => {
  expect(possibleOwners(identity)).toEqual(owners);
});

test("an identity of nothing but separators is looked at a few times only", () => {
  expect(possibleOwners("#".repeat(140)).length).toBeLessThanOrEqual(9);
});
