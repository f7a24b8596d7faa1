/** The check of words finds paths of one machine and registry addresses, and leaves routes and programs alone. */
import { describe, expect, it } from "vitest";
import { findBanned } from "./words.mjs";

const home = ["", "home", "somebody", "replay"].join("/");

describe("findBanned", () => {
  it("finds a path of one machine", () => {
    expect(findBanned("a.ts", `const a = 1;\nopen("${home}");`)).toEqual([`a.ts:2: a path of one machine: open("${home}");`]);
    expect(findBanned("docs/a.md", `see ${home}`)).toHaveLength(1);
  });

  it("leaves addresses, routes and programs alone", () => {
    const right = ['"/usr/bin/chromium"', "https://example.org/home/page", '"/home"', "packages/home/src", '"/rooms/:room/work"'];
    expect(right.flatMap((text) => findBanned("a.ts", text))).toEqual([]);
  });

  it("finds a registry in the lock file", () => {
    const line = `"resolved": "${"https:"}//registry.example/a.tgz"`;
    expect(findBanned("package-lock.json", line)).toHaveLength(1);
    expect(findBanned("other.json", line)).toEqual([]);
  });
});
