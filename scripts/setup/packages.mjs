/** Step "packages": npm's packages are those of package-lock.json. What is installed is read from npm's own record of it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError, step } from "../process/say.mjs";
import { outsideEnv, ROOT } from "./place.mjs";

/** The part of a lock file that matters here. @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, link?: boolean, resolved?: string }} Locked */

/**
 * The packages of a lock file by their folder.
 * @param {string} path
 * @returns {Promise<Record<string, Locked>>} empty when there is no such file
 */
async function locked(path) {
  try {
    return JSON.parse(await readFile(path, "utf8")).packages;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return {};
    throw error;
  }
}

/**
 * Which folders of `node_modules` are not what the lock file says. Packages for other machines (optional ones) do not count.
 * @param {string} root folder with package-lock.json
 * @returns {Promise<string[]>}
 */
export async function outdatedPackages(root) {
  const wanted = await locked(join(root, "package-lock.json"));
  const present = await locked(join(root, "node_modules", ".package-lock.json"));
  return Object.entries(wanted)
    .filter(([folder, { optional, devOptional }]) => folder.includes("node_modules/") && !optional && !devOptional)
    .filter(([folder, { version, link }]) => (link ? !present[folder]?.link : present[folder]?.version !== version))
    .map(([folder]) => folder);
}

/**
 * Installs the packages, unless they are there.
 * @param {import("../process/children.mjs").Children} children
 * @returns {Promise<void>}
 * @throws {SetupError} when npm fails, with what it said
 */
export async function installPackages(children) {
  const outdated = await outdatedPackages(ROOT);
  if (outdated.length === 0) return step("packages", "up to date");
  step("packages", `installing with npm ci (${outdated.length} new or changed; about a minute)`);
  const { code, output } = await children.run("npm", ["ci"], { cwd: ROOT, env: outsideEnv(), output: "keep" });
  if (code !== 0) throw new SetupError(`${output}\nnpm ci failed. The lines above say why; it needs the npm registry once.`);
}
