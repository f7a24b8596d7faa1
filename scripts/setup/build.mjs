/** Step "build": packages by the compiler, which knows itself what has changed; the page by Vite, only when its sources have. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError, step } from "../process/say.mjs";
import { CACHE, insideEnv, ROOT } from "./place.mjs";

/** Folders whose files end up in the page. */
const PAGE_SOURCES = ["contract", "client", "react", "web"].map((name) => join("packages", name));

/** Not sources: what builds write. */
const BUILT = /^(dist|dist-types|node_modules|.*\.tsbuildinfo)$/;

/** Written after a build of the page: what it was made from. */
const STAMP = join(CACHE, "page.sha256");

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
 * A digest of everything that the page is made from.
 * @returns {Promise<string>}
 */
async function pageDigest() {
  const files = (await Promise.all(PAGE_SOURCES.map(filesBelow))).flat();
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
 * Builds the page, unless it was built from the same sources.
 * @param {import("../process/children.mjs").Children} children
 * @param {string} node
 */
async function buildPage(children, node) {
  const digest = await pageDigest();
  const last = existsSync(STAMP) ? await readFile(STAMP, "utf8") : "";
  if (last === digest && existsSync(join(ROOT, "packages", "web", "dist", "index.html"))) return step("page", "up to date");
  step("page", "building");
  const args = ["run", "build", "--workspace", "packages/web"];
  const { code, output } = await children.run("npm", args, { cwd: ROOT, env: insideEnv(node), output: "keep" });
  if (code !== 0) throw new SetupError(`${output}\nThe page does not build; the lines above say why.`);
  await mkdir(CACHE, { recursive: true });
  await writeFile(STAMP, digest);
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
  await buildPage(children, node);
}
