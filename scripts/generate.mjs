/** `npm run generate`: writes the pages and documents that are made from the code. Tests compare each of them with what it is made from. */
import { command } from "./process/command.mjs";
import { findNode } from "./setup/node.mjs";
import { insideEnv, ROOT } from "./setup/place.mjs";

/** Tests that write what they compare when they are told to (`--update`). */
const WRITING = ["packages/server/test/document.test.ts", "packages/server/test/permissions-page.test.ts"];

await command(async (children) => {
  const node = await findNode(children);
  const options = { cwd: ROOT, env: insideEnv(node) };
  const page = await children.run(node, ["scripts/configuration-page.mjs"], options);
  if (page.code !== 0) return page.code;
  return (await children.run("vitest", ["run", ...WRITING, "--update"], options)).code;
});
