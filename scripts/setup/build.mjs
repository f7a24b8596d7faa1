/** Step "build": packages by the compiler, which knows itself what has changed; the page by Vite, only when its sources have. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError, step } from "../process/say.mjs";
import { CACHE, insideEnv, ROOT } from "./place.mjs";

/** Packages whose files end up in every page. */
const PARTS = ["contract", "client", "react"].map((name) => join("packages", name));

/**
 * Something that Vite builds.
 * @typedef {object} Page
 * @property {string} name for who waits
 * @property {string} folder its workspace
 * @property {readonly string[]} sources folders whose files end up in it
 * @property {string} stamp written after a build: what it was made from
 */

/** The page of the product. @type {Page} */
const PAGE = {
  name: "page",
  folder: join("packages", "web"),
  sources: [...PARTS, join("packages", "web")],
  stamp: join(CACHE, "page.sha256"),
};

/** The page of a LiveKit application, which the browser tests use as a stranger's. @type {Page} */
const EXAMPLE = {
  name: "example",
  folder: join("examples", "livekit-react"),
  sources: [...PARTS, join("examples", "livekit-react")],
  stamp: join(CACHE, "example.sha256"),
};

/** Not sources: what builds write. */
const BUILT = /^(dist|dist-types|node_modules|.*\.tsbuildinfo)$/;

/**
 * Every source file below a folder, in a fixed order.
 * @param {string} folder from the root
 * @returns {Promise<string[]>} paths from the root
 */
async function filesBelow(folder) {
  const entries = await readdir(join(ROOT, folder), { withFileTypes: true });
  const kept = entries.filter((entry) => !BUILT.test(entry.name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = await Promise.all(
    kept.map(async (entry) => (entry.isDirectory() ? await filesBelow(join(folder, entry.name)) : [join(folder, entry.name)])),
  );
  return found.flat();
}

/**
 * A digest of everything that a page is made from.
 * @param {Page} page
 * @returns {Promise<string>}
 */
async function digestOf({ sources }) {
  const files = (await Promise.all(sources.map(filesBelow))).flat();
  const hash = createHash("sha256");
  for (const file of ["package-lock.json", "tsconfig.base.json", ...files]) {
    hash.update(`${file}\0`).update(await readFile(join(ROOT, file)));
  }
  return hash.digest("hex");
}

/**
 * Runs the compiler over all packages. Its own notes of what is built outlive a deleted `dist`, so those packages are built anew.
 * @param {import("../process/children.mjs").Children} children
 * @param {string} node
 */
async function compile(children, node) {
  const packages = await readdir(join(ROOT, "packages"));
  const lost = packages.some((name) => !["dist", "dist-types"].some((folder) => existsSync(join(ROOT, "packages", name, folder))));
  const args = [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "--build", "tsconfig.build.json", ...(lost ? ["--force"] : [])];
  const { code, output } = await children.run(node, args, { cwd: ROOT, env: insideEnv(node), output: "keep" });
  if (code !== 0) throw new SetupError(`${output}\nThe packages do not compile; the lines above say where.`);
}

/**
 * Builds a page, unless it was built from the same sources.
 * @param {import("../process/children.mjs").Children} children
 * @param {string} node
 * @param {Page} page
 */
async function buildPage(children, node, page) {
  const { name, folder, stamp } = page;
  const digest = await digestOf(page);
  const last = existsSync(stamp) ? await readFile(stamp, "utf8") : "";
  if (last === digest && existsSync(join(ROOT, folder, "dist", "index.html"))) return step(name, "up to date");
  step(name, "building");
  const args = ["run", "build", "--workspace", folder];
  const { code, output } = await children.run("npm", args, { cwd: ROOT, env: insideEnv(node), output: "keep" });
  if (code !== 0) throw new SetupError(`${output}\n${folder} does not build; the lines above say why.`);
  await mkdir(CACHE, { recursive: true });
  await writeFile(stamp, digest);
}

/**
 * Builds what has changed.
 * @param {import("../process/children.mjs").Children} children
 * @param {string} node path of Node 24
 * @returns {Promise<void>}
 * @throws {SetupError} with the compiler's words
 */
export async function build(children, node) {
  step("build", "compiling what has changed");
  await compile(children, node);
  await buildPage(children, node, PAGE);
}

/**
 * Builds what only the tests need, after `build`.
 * @param {import("../process/children.mjs").Children} children
 * @param {string} node path of Node 24
 * @returns {Promise<void>}
 * @throws {SetupError} with Vite's words
 */
export async function buildForTests(children, node) {
  await buildPage(children, node, EXAMPLE);
}
