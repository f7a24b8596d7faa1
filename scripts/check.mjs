/**
 * `npm run check`: types, lint, format, unused code, words, generated pages. All of them run, so that one look shows everything.
 * `npm run fix` is the same file with --fix: it formats, and repairs what the linter can repair.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findBannedEverywhere } from "./check/words.mjs";
import { command } from "./process/command.mjs";
import { step } from "./process/say.mjs";
import { findNode } from "./setup/node.mjs";
import { installPackages } from "./setup/packages.mjs";
import { insideEnv, ROOT } from "./setup/place.mjs";
import { inTurn } from "./setup/turn.mjs";

/**
 * One check: it gives what is wrong, as text; nothing when all is well.
 * @typedef {{ name: string, what: string, run: () => Promise<string> }} Check
 */

/** Folders of TypeScript beside the packages; a project without a file is an error for the compiler. */
async function projects() {
  const folders = ["e2e", "bench"];
  const files = await Promise.all(folders.map((folder) => readdir(join(ROOT, folder), { recursive: true })));
  return ["tsconfig.json", ...folders.filter((_, index) => files[index]?.some((file) => file.endsWith(".ts")))];
}

/**
 * The checks, in their order.
 * @param {import("./process/children.mjs").Children} children
 * @param {string} node path of Node 24
 * @returns {Check[]}
 */
function checks(children, node) {
  const env = insideEnv(node);
  /** @param {string} program @param {readonly string[]} args */
  const tool = async (program, args) => {
    const { code, output } = await children.run(program, args, { cwd: ROOT, env, output: "keep" });
    return code === 0 ? "" : output || `${program} ended with ${code}`;
  };
  return [
    { name: "types", what: "tsc", run: async () => await tool("tsc", ["--build", ...(await projects())]) },
    { name: "lint", what: "oxlint: style, walls, cycles, sizes", run: () => tool("oxlint", []) },
    { name: "format", what: "oxfmt", run: () => tool("oxfmt", ["--check"]) },
    { name: "unused", what: "knip: files, exports, dependencies", run: () => tool("knip", []) },
    { name: "words", what: "paths of one machine", run: async () => (await findBannedEverywhere(children, ROOT)).join("\n") },
    { name: "deploy", what: "deploy files, and the variables that pages name", run: () => tool(node, ["scripts/deploy-files.mjs"]) },
    { name: "pages", what: "generated pages are current", run: () => tool(node, ["scripts/configuration-page.mjs", "--check"]) },
  ];
}

/**
 * Formats, and repairs what can be repaired.
 * @param {import("./process/children.mjs").Children} children
 * @param {string} node path of Node 24
 */
async function fix(children, node) {
  const options = { cwd: ROOT, env: insideEnv(node) };
  step("fix", "oxlint --fix, then oxfmt");
  const lint = await children.run("oxlint", ["--fix"], options);
  const format = await children.run("oxfmt", [], options);
  return lint.code || format.code;
}

await command(async (children) => {
  const node = await inTurn(async () => {
    await installPackages(children);
    return await findNode(children);
  });
  if (process.argv.includes("--fix")) return await fix(children, node);
  /** @type {string[]} */
  const failed = [];
  for (const { name, what, run } of checks(children, node)) {
    step(name, what);
    const wrong = await run();
    if (!wrong) continue;
    failed.push(name);
    process.stdout.write(`${wrong.trimEnd()}\n\n`);
  }
  process.stdout.write(failed.length > 0 ? `\nNot clean: ${failed.join(", ")}\n` : "\nClean.\n");
  return failed.length > 0 ? 1 : 0;
});
