/** What the step "tools" decides by: versions, and whether sources have changed. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "./place.mjs";
import { isGoNewEnough, toolsDigest, wantedVersions } from "./tools.mjs";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "replay-tools-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("wantedVersions", () => {
  it("reads them from the real go.mod", async () => {
    expect(wantedVersions(await readFile(join(ROOT, "tools", "go.mod"), "utf8"))).toEqual({
      go: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      livekit: "1.13.5",
    });
  });

  it("takes Go's patch level when there is one", () => {
    const text = "module a\n\ngo 1.26.3\n\nrequire github.com/livekit/livekit-server v1.2.3 // indirect\n";
    expect(wantedVersions(text)).toEqual({ go: "1.26.3", livekit: "1.2.3" });
    expect(() => wantedVersions("module a\n")).toThrow("go.mod");
  });
});

describe("isGoNewEnough", () => {
  it.each([
    ["go version go1.26.8 linux/amd64", true],
    ["go version go1.26 linux/amd64", true],
    ["go version go1.27rc1 linux/amd64", true],
    ["go version go2.0.0 darwin/arm64", true],
    ["go version go1.25.9 linux/amd64", false],
    ["go version go1.19.8 linux/amd64", false],
    ["", false],
  ])("%s: %s", (version, expected) => {
    expect(isGoNewEnough(version, "1.26.0")).toBe(expected);
  });
});

describe("toolsDigest", () => {
  it("changes with sources and pins, and with nothing else", async () => {
    await mkdir(join(folder, "one"));
    await writeFile(join(folder, "go.mod"), "module a\n");
    await writeFile(join(folder, "one", "main.go"), "package main\n");
    const before = await toolsDigest(folder);
    await writeFile(join(folder, "one", "notes.txt"), "no source");
    await mkdir(join(folder, "two"));
    await writeFile(join(folder, "two", "go.mod"), "module of its own\n");
    await writeFile(join(folder, "two", "main.go"), "package main\n");
    expect(await toolsDigest(folder)).toBe(before);
    await writeFile(join(folder, "one", "main.go"), "package main // changed\n");
    const changed = await toolsDigest(folder);
    expect(changed).not.toBe(before);
    await writeFile(join(folder, "go.sum"), "a v1\n");
    expect(await toolsDigest(folder)).not.toBe(changed);
  });
});
