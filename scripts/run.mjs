/**
 * Runs one of the repository's programs on Node 24, after installing and building what is missing:
 * `node scripts/run.mjs [--tests] <file> [arguments]`. With `--tests` the programs of the tests and a screen are there as well.
 */
import { command } from "./process/command.mjs";
import { build, buildForTests } from "./setup/build.mjs";
import { findNode } from "./setup/node.mjs";
import { installPackages } from "./setup/packages.mjs";
import { insideEnv, ROOT } from "./setup/place.mjs";
import { ensureTestParts, testEnv } from "./setup/test-parts.mjs";
import { inTurn } from "./setup/turn.mjs";

const words = process.argv.slice(2);
const forTests = words[0] === "--tests";
const [file, ...args] = forTests ? words.slice(1) : words;

await command(async (children) => {
  if (!file) throw new TypeError("run.mjs needs the file of a program");
  const { node, parts } = await inTurn(async () => {
    await installPackages(children);
    const found = await findNode(children);
    const there = forTests ? await ensureTestParts(children) : {};
    await build(children, found);
    if (forTests) await buildForTests(children, found);
    return { node: found, parts: there };
  });
  const env = { ...insideEnv(node), ...(forTests && (await testEnv(children, parts))) };
  const { code } = await children.run(node, ["--enable-source-maps", file, ...args], { cwd: ROOT, env });
  return code;
});
