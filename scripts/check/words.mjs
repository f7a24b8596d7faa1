/** What must not stand in any file of the repository: somebody's home folder, and addresses of a registry in the lock file. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** @type {readonly { files: RegExp, banned: RegExp, why: string }[]} */
const BANNED = [
  {
    files: /\.(ts|tsx|mjs|json|md|yml|yaml|html|css|sh|go|txt)$|^\.ci\/|^[^.]+$/,
    banned: /(?<![\w.:/-])\/(?:home|Users|root|work|tmp\/\w)[\w.-]*\/[\w.-]+/,
    why: "a path of one machine",
  },
  { files: /^package-lock\.json$/, banned: /"resolved": "http/, why: "an address of a registry" },
];

/**
 * Looks through one file.
 * @param {string} file path from the root
 * @param {string} text
 * @returns {string[]} a line for each find
 */
export function findBanned(file, text) {
  const rules = BANNED.filter((rule) => rule.files.test(file));
  return text.split("\n").flatMap((line, index) => {
    return rules.filter((rule) => rule.banned.test(line)).map((rule) => `${file}:${index + 1}: ${rule.why}: ${line.trim().slice(0, 120)}`);
  });
}

/**
 * Looks through all files that git knows.
 * @param {import("../process/children.mjs").Children} children
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function findBannedEverywhere(children, root) {
  const { code, output } = await children.run("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    output: "keep",
  });
  if (code !== 0) return [`git ls-files failed: ${output}`];
  const files = output.split("\n").filter((file) => BANNED.some((rule) => rule.files.test(file)));
  const found = await Promise.all(files.map(async (file) => findBanned(file, await readFile(join(root, file), "utf8").catch(() => ""))));
  return found.flat();
}
