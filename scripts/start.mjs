/** `npm start`: installs what is missing, builds what has changed, and runs the server until Ctrl-C. Needs Node 20 and npm. */
import { join } from "node:path";
import { command } from "./process/command.mjs";
import { step } from "./process/say.mjs";
import { build } from "./setup/build.mjs";
import { findNode } from "./setup/node.mjs";
import { installPackages } from "./setup/packages.mjs";
import { insideEnv, ROOT } from "./setup/place.mjs";
import { inTurn } from "./setup/turn.mjs";

await command(async (children) => {
  const node = await inTurn(async () => {
    await installPackages(children);
    const found = await findNode(children);
    await build(children, found);
    return found;
  });
  step("server", "starting; Ctrl-C stops it");
  const main = join(ROOT, "packages", "server", "dist", "main.js");
  const { code } = await children.run(node, ["--enable-source-maps", main], { cwd: ROOT, env: insideEnv(node) });
  return code;
});
