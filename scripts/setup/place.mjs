/** Where things are: the root of the repository, and the search path of programs. */
import { delimiter, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Made by the commands, safe to delete: stamps of builds, a Node that npm could not place, results of tests. */
export const CACHE = join(ROOT, ".cache");

/**
 * The environment for npm: without the programs of `node_modules`, which npm may be about to replace under its own feet.
 * @returns {NodeJS.ProcessEnv}
 */
export function outsideEnv() {
  const paths = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((path) => !path.includes(`${sep}node_modules${sep}`) && !path.startsWith(CACHE));
  return { ...process.env, PATH: paths.join(delimiter) };
}

/**
 * The environment for everything else: Node 24 and the programs of the repository first.
 * @param {string} node path of the Node program
 * @returns {NodeJS.ProcessEnv}
 */
export function insideEnv(node) {
  const env = outsideEnv();
  return { ...env, PATH: [dirname(node), join(ROOT, "node_modules", ".bin"), env["PATH"]].join(delimiter) };
}
