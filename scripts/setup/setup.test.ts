/** The steps of the set-up that can be judged without a network. */
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isNewEnough } from "./node.mjs";
import { outdatedPackages } from "./packages.mjs";
import { commandFor, FFMPEG, findProgram, XVFB } from "./programs.mjs";
import { inTurn } from "./turn.mjs";

let folder = "";
const path = process.env["PATH"];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "replay-setup-"));
});

afterEach(async () => {
  process.env["PATH"] = path;
  await rm(folder, { recursive: true, force: true });
});

/** Writes the lock file, and npm's record of what is installed. */
async function writeLocks(wanted: object, present?: object): Promise<void> {
  await writeFile(join(folder, "package-lock.json"), JSON.stringify({ packages: wanted }));
  if (!present) return;
  await mkdir(join(folder, "node_modules"));
  await writeFile(join(folder, "node_modules", ".package-lock.json"), JSON.stringify({ packages: present }));
}

describe("outdatedPackages", () => {
  const ONE = { "": { version: "0.1.0" }, "node_modules/one": { version: "1.0.0" } };

  it("names everything when nothing is installed", async () => {
    await writeLocks(ONE);
    expect(await outdatedPackages(folder)).toEqual(["node_modules/one"]);
  });

  it("is content with what the lock file says", async () => {
    await writeLocks(ONE, { "node_modules/one": { version: "1.0.0" }, "node_modules/more": { version: "9.0.0" } });
    expect(await outdatedPackages(folder)).toEqual([]);
  });

  it("names another version", async () => {
    await writeLocks(ONE, { "node_modules/one": { version: "1.0.1" } });
    expect(await outdatedPackages(folder)).toEqual(["node_modules/one"]);
  });

  it("names a missing link to a package of the workspace", async () => {
    await writeLocks({ "packages/a": {}, "node_modules/a": { resolved: "packages/a", link: true } }, {});
    expect(await outdatedPackages(folder)).toEqual(["node_modules/a"]);
  });

  it("does not miss packages for other machines", async () => {
    await writeLocks({ "node_modules/other-machine": { version: "1.0.0", optional: true } }, {});
    expect(await outdatedPackages(folder)).toEqual([]);
  });
});

describe("isNewEnough", () => {
  it.each([
    ["v24.0.0", true],
    ["v24.21.0", true],
    ["v26.1.0", true],
    ["v20.20.2", false],
    ["", false],
    ["sh: not found", false],
  ])("%s: %s", (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });
});

describe("programs", () => {
  const put = async (name: string): Promise<void> => {
    await writeFile(join(folder, name), "#!/bin/sh\n");
    await chmod(join(folder, name), 0o755);
  };

  it("finds the best name that is on the path", async () => {
    process.env["PATH"] = folder;
    await put("second");
    expect(findProgram({ names: ["first", "second"] })).toBe(join(folder, "second"));
    await put("first");
    expect(findProgram({ names: ["first", "second"] })).toBe(join(folder, "first"));
  });

  it("does not take a file that cannot be run", async () => {
    process.env["PATH"] = folder;
    await writeFile(join(folder, "ffmpeg"), "");
    expect(findProgram(FFMPEG)).toBeUndefined();
  });

  it.each([
    ["apt-get", /apt-get install -y ffmpeg xvfb$/],
    ["dnf", /dnf install -y ffmpeg-free xorg-x11-server-Xvfb$/],
    ["none", /package manager of this system, for: ffmpeg xvfb$/],
  ])("names the command of %s", async (manager, command) => {
    process.env["PATH"] = folder;
    await put(manager);
    expect(commandFor([FFMPEG, XVFB])).toMatch(process.platform === "darwin" ? /^brew install ffmpeg/ : command);
  });
});

describe("inTurn", () => {
  it("does one thing at a time", async () => {
    const order: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      order.push(`${name} begins`);
      await readdir(folder);
      order.push(`${name} ends`);
    };
    await Promise.all([inTurn(work("a"), folder), inTurn(work("b"), folder)]);
    const [first, second] = order[0] === "a begins" ? ["a", "b"] : ["b", "a"];
    expect(order).toEqual([`${first} begins`, `${first} ends`, `${second} begins`, `${second} ends`]);
  });

  it("takes the turn of a process that died", async () => {
    // No process has this id: it is above the largest that Linux and macOS give.
    await writeFile(join(folder, "setup.pid"), "99999999");
    expect(await inTurn(async () => "done", folder)).toBe("done");
  });

  it("leaves the turn after a failure", async () => {
    await expect(inTurn(() => Promise.reject(new Error("broken")), folder)).rejects.toThrow("broken");
    expect(await readdir(folder)).toEqual([]);
  });
});
