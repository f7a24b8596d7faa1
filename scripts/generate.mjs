/** `npm run generate`: writes the pages and documents that are made from the code. Tests compare each of them with what it is made from. */
import { command } from "./process/command.mjs";
import { findNode } from "./setup/node.mjs";
import { insideEnv, ROOT } from "./setup/place.mjs";

/** Tests that write what they compare when they are told to. */
const WRITING = [
  "packages/server/src/config/page.test.ts",
  "packages/server/test/document.test.ts",
  "packages/server/test/permissions-page.test.ts",
];

await command(async (children) => {
  const node = await findNode(children);
  return (await children.run("vitest", ["run", ...WRITING, "--update"], { cwd: ROOT, env: insideEnv(node) })).code;
});
