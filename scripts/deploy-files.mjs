/** Part of `npm run check`: the deploy files are well-formed, and they and the documentation name only variables that the configuration knows. */
import { judgeDeployFiles, judgePages, readDeployFiles, readWorkspaces } from "./deploy/judge.mjs";
import { ROOT } from "./setup/place.mjs";

const files = await readDeployFiles(ROOT);
const wrong = [...judgeDeployFiles(files, await readWorkspaces(ROOT)), ...(await judgePages(ROOT, files))];
if (wrong.length > 0) {
  process.stderr.write(`${wrong.join("\n")}\n`);
  process.exitCode = 1;
}
