/** Where a file stands in the repository. The lint rules about walls, tests and names ask here. */
import { posix, relative, sep } from "node:path";

/**
 * The path of a linted file from the root of the repository, with forward slashes.
 * @param {{ filename: string, cwd: string }} context what the linter tells a rule about the file
 * @returns {string}
 */
export function placeOf(context) {
  return relative(context.cwd, context.filename).split(sep).join("/");
}

/**
 * Whether a file is a test or serves tests only.
 * @param {string} place path from the root
 * @returns {boolean}
 */
export function isTest(place) {
  return /\.test\.tsx?$/.test(place) || /^packages\/[^/]+\/test\//.test(place) || /^(e2e|bench)\//.test(place);
}

/**
 * The package and the folder below `src` that a file belongs to.
 * @param {string} place path from the root
 * @returns {{ name: string, folder: string } | undefined} undefined outside packages; `folder` is "" for files right in `src`
 */
export function packageOf(place) {
  const found = /^packages\/([^/]+)\/(?:(?:src|test)\/)?(.*)$/.exec(place);
  if (!found) return undefined;
  const [, name = "", rest = ""] = found;
  return { name, folder: rest.includes("/") ? posix.dirname(rest) : "" };
}

/**
 * What an import names: a path from the root for relative imports, the specifier itself for all others.
 * @param {string} place path of the importing file from the root
 * @param {string} specifier as written
 * @returns {string}
 */
export function targetOf(place, specifier) {
  return specifier.startsWith(".") ? posix.join(posix.dirname(place), specifier) : specifier;
}
