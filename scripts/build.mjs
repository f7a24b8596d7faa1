/** `npm run build`: installs what is missing and builds what has changed. */
import { command } from "./process/command.mjs";
import { build } from "./setup/build.mjs";
import { findNode } from "./setup/node.mjs";
import { installPackages } from "./setup/packages.mjs";
import { inTurn } from "./setup/turn.mjs";

await command((children) =>
  inTurn(async () => {
    await installPackages(children);
    await build(children, await findNode(children));
    return 0;
  }),
);
