/**
 * Step "node": the Node 24 that the product runs on. npm's `node` package brings it, by an install script, which npm may have been told
 * not to run, and not for every machine; so look, and bring it another way if it is not there.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SetupError, step } from "../process/say.mjs";
import { CACHE, outsideEnv, ROOT } from "./place.mjs";

/** The oldest major version that the product runs on. */
const MAJOR = 24;

/** Versions to ask for, best first: not every machine has the newest. */
const VERSIONS = ["24.21.0", "24"];

/**
 * Whether a version is new enough.
 * @param {string} version such as v24.21.0
 * @returns {boolean}
 */
export function isNewEnough(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0) >= MAJOR;
}

/**
 * The version that a Node program says it has.
 * @param {import("../process/children.mjs").Children} children
 * @param {string} path
 * @returns {Promise<string>} "" when it is not there or does not run on this machine
 */
async function versionOf(children, path) {
  if (!existsSync(path)) return "";
  const { code, output } = await children.run(path, ["--version"], { output: "keep" }).catch(() => ({ code: 1, output: "" }));
  return code === 0 ? output.trim() : "";
}

/**
 * Brings Node's own program for this machine into the cache folder; that package needs no install script.
 * @param {import("../process/children.mjs").Children} children
 * @returns {Promise<string>} its path, whether it came or not
 */
async function bringNode(children) {
  const apple = process.platform === "darwin" && process.arch === "arm64";
  const name = [apple ? "node-bin" : "node", process.platform, process.arch].join("-");
  const folder = join(CACHE, "node");
  const path = join(folder, "node_modules", name, "bin", "node");
  if (await versionOf(children, path)) return path;
  step("node", "npm's install script did not bring Node 24; fetching it directly");
  for (const version of VERSIONS) {
    const args = ["install", "--no-save", "--no-package-lock", "--prefix", folder, `${name}@${version}`];
    const { code } = await children.run("npm", args, { cwd: ROOT, env: outsideEnv(), output: "keep" });
    if (code === 0) break;
  }
  return path;
}

/**
 * Finds a Node that is new enough, or brings one.
 * @param {import("../process/children.mjs").Children} children
 * @returns {Promise<string>} path of the program
 * @throws {SetupError} when there is none for this machine
 */
export async function findNode(children) {
  const linked = join(ROOT, "node_modules", ".bin", "node");
  const candidates = [async () => linked, async () => process.execPath, () => bringNode(children)];
  for (const candidate of candidates) {
    const path = await candidate();
    const version = await versionOf(children, path);
    if (!isNewEnough(version)) continue;
    // A program that does not run here must not stay first in the path of npm's scripts.
    if (path !== linked && existsSync(linked)) await rm(linked, { force: true });
    step("node", `${version}${path === process.execPath && path !== linked ? " (the one on this machine)" : ""}`);
    return path;
  }
  throw new SetupError(
    `Node ${MAJOR} or later is needed; this one is ${process.version}, and npm has none for ${process.platform} ${process.arch}.\n` +
      "Install it, then try again: brew install node@24, or https://nodejs.org/en/download.",
  );
}
