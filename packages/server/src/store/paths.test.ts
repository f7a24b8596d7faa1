/** Names from outside as folder names: reversible, never the same twice, never out of their folder. */
import { ReplayError } from "@livekit-replay/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { below, escapeName, MAX_NAME_BYTES, parseSessionFolder, sessionPath, unescapeName, userPath } from "./paths.js";

const fits = (name: string): boolean => name !== "" && new TextEncoder().encode(name).length <= MAX_NAME_BYTES;
const anyName = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
    fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
    fc.string({ unit: fc.constantFrom("a", "A", "1", "-", "_", ".", "/", "~", "ß", "é"), minLength: 1, maxLength: 20 }),
    fc.constantFrom(".", "..", "../../etc", "CON", "nul", "a\0b", "~", "~me", "😀".repeat(37), " ", "x".repeat(150)),
  )
  .filter((name) => fits(name) && name.isWellFormed());

describe("escaping", () => {
  it("keeps plain names and reads every name back", () => {
    expect(escapeName("studio_1-a")).toBe("studio_1-a");
    expect(escapeName("Studio")).toBe("~kn2hkzdjn4");
    fc.assert(
      fc.property(anyName, (name) => void expect(unescapeName(escapeName(name))).toBe(name)),
      { numRuns: 500 },
    );
  });

  it("gives different names different folders, also where case does not count, and no name that means something to a file system", () => {
    fc.assert(
      fc.property(anyName, anyName, (a, b) => {
        fc.pre(a !== b);
        expect(escapeName(a).toLowerCase()).not.toBe(escapeName(b).toLowerCase());
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(anyName, (name) => void expect(escapeName(name)).toMatch(/^[a-z0-9~][a-z0-9_-]{0,240}$/)),
      { numRuns: 500 },
    );
  });

  it("refuses what is empty, too long or no text", () => {
    for (const name of ["", "x".repeat(151), "😀".repeat(38), "a\ud800"]) expect(() => escapeName(name)).toThrow(ReplayError);
    expect(() => escapeName("x".repeat(101))).not.toThrow();
  });

  it("reads back only what it makes itself", () => {
    // Upper case, padding, bits that are not zero at the end, a plain name escaped, text that is no UTF-8, a name over the limit.
    for (const folder of [
      "~KN2HKZDJN4",
      "~kn2hkzdjn4======",
      "~kn2hkzdjn5",
      "~mfra",
      "~77776",
      "~",
      "..",
      "Alice",
      "",
      `~${"a".repeat(250)}`,
    ])
      expect(unescapeName(folder)).toBeNull();
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (folder) => {
        const name = unescapeName(folder);
        expect(name === null || escapeName(name) === folder).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("paths", () => {
  it("lie below the root, whatever the names are", () => {
    fc.assert(
      fc.property(anyName, anyName, (roomName, userId) => {
        const folder = sessionPath("/data", { roomName, userId, sessionId: "abcdefghijklmnop" });
        expect(folder.startsWith("/data/replay-buffer/")).toBe(true);
        const [room = "", user = "", id = ""] = folder.slice("/data/replay-buffer/".length).split("/");
        expect(parseSessionFolder(room, user, id)).toEqual({ roomName, userId, sessionId: "abcdefghijklmnop" });
        expect(userPath("/data", userId)).toBe(`/data/replays/${escapeName(userId)}`);
      }),
      { numRuns: 300 },
    );
  });

  it("are refused when an id or a file's name climbs", () => {
    for (const sessionId of ["..", "a/b", "short", "x".repeat(65), "abcdefghijklmnop/../.."])
      expect(() => sessionPath("/data", { roomName: "r", userId: "u", sessionId })).toThrow(TypeError);
    for (const names of [["..", "x"], [".."], ["/etc/passwd"], ["."], [""]]) expect(() => below("/data", ...names)).toThrow(TypeError);
    expect(below("/data", "a", "b")).toBe("/data/a/b");
    expect(() => below("/data", "../data-of-others")).toThrow(TypeError);
  });
});
