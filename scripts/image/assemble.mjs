/**
 * Does what `docker build` does with deploy/Dockerfile, in folders, without Docker: copies what its lines copy (less what .dockerignore
 * leaves out) and runs its npm commands. What changes the system (apt-get, users) is not done, but handed back.
 */
import { copyFile, cp, mkdir, readFile, stat } from "node:fs/promises";
import { join, matchesGlob, posix, relative, sep } from "node:path";
import { SetupError, step } from "../process/say.mjs";
import { outsideEnv, ROOT } from "../setup/place.mjs";
import { readDockerfile } from "./read.mjs";

/** How long one command of the file may take, in ms. */
const COMMAND_LIMIT_MS = 10 * 60_000;

/**
 * What has been assembled.
 * @typedef {object} Image
 * @property {string} root the folder that is `/` of the image
 * @property {import("./read.mjs").Stage} stage the last one: how it is run
 * @property {string[]} undone commands that were not run, since they change the system
 */

/**
 * @typedef {object} AssembleOptions
 * @property {import("../process/children.mjs").Children} children
 * @property {string} folder an empty folder for the stages
 * @property {Readonly<Record<string, string>>} [built] stages that are not gone through, because a folder of this machine has what they make: name to the folder that
 *   stands for the stage's working folder
 * @property {NodeJS.ProcessEnv} [env] for its commands
 */

/**
 * Tells whether the context leaves a path out. Patterns are paths from the root, `**` at their front for any folder; exceptions (`!`) are not known here.
 * @param {string} text of .dockerignore
 * @returns {(path: string) => boolean} takes a path from the root
 */
export function readIgnored(text) {
  const patterns = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (patterns.some((pattern) => pattern.startsWith("!"))) throw new Error("exceptions in .dockerignore are not known here");
  return (path) => patterns.some((pattern) => matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`));
}

/**
 * Copies as COPY does: a folder's content, or a file under its name when the target is a folder.
 * @param {string} source
 * @param {string} target
 * @param {boolean} intoFolder
 * @param {(source: string, target: string) => Promise<unknown>} copyFolder
 */
async function copy(source, target, intoFolder, copyFolder) {
  const from = await stat(source).catch(() => null);
  if (!from) throw new SetupError(`COPY: ${source} is not there`);
  const to = from.isFile() && intoFolder ? join(target, posix.basename(source)) : target;
  await mkdir(join(to, from.isFile() ? ".." : "."), { recursive: true });
  if (from.isFile()) await copyFile(source, to);
  else await copyFolder(source, to);
}

/**
 * Goes through a Dockerfile.
 * @param {AssembleOptions} options
 * @returns {Promise<Image>}
 * @throws {SetupError} when a source is missing or a command fails, with what it said
 */
export async function assemble({ children, folder, built = {}, env = outsideEnv() }) {
  const stages = readDockerfile(await readFile(join(ROOT, "deploy", "Dockerfile"), "utf8"));
  const ignored = readIgnored(await readFile(join(ROOT, ".dockerignore"), "utf8"));
  /** @param {string} source @param {string} target */
  const fromContext = (source, target) => {
    const filter = (/** @type {string} */ path) => !ignored(relative(ROOT, path).split(sep).join("/"));
    return cp(source, target, { recursive: true, verbatimSymlinks: true, filter });
  };
  /** Tens of thousands of files, none of which is left out: the system's own command. @param {string} source @param {string} target */
  const fromStage = async (source, target) => {
    const { code, output } = await children.run("cp", ["-R", "-P", `${source}/.`, target], { output: "keep" });
    if (code !== 0) throw new SetupError(`${output}\n${source} could not be copied`);
  };
  /** @type {string[]} */
  const undone = [];

  /** @param {string} from @param {string} path */
  const ofStage = (from, path) => {
    const stage = stages.find(({ name }) => name === from);
    if (!stage) throw new SetupError(`COPY --from=${from}: there is no such stage`);
    const stand = built[from];
    return stand === undefined ? join(folder, from, path) : join(stand, posix.relative(stage.folder, path));
  };
  /** @param {string} root @param {import("./read.mjs").Step} one */
  const carryOut = async (root, one) => {
    if (one.kind === "copy") {
      const { from, sources, target } = one;
      const intoFolder = sources.length > 1 || target.endsWith("/");
      for (const source of sources) {
        if (from === null && ignored(source)) throw new SetupError(`COPY: .dockerignore leaves ${source} out`);
        if (from === null) await copy(join(ROOT, source), join(root, target), intoFolder, fromContext);
        else await copy(ofStage(from, source), join(root, target), intoFolder, fromStage);
      }
      return;
    }
    if (!one.command.startsWith("npm ")) return void undone.push(one.command);
    step("image", one.command);
    const run = { cwd: join(root, one.folder), env, output: /** @type {const} */ ("keep"), limitMs: COMMAND_LIMIT_MS };
    const { code, output } = await children.run("sh", ["-c", one.command], run);
    if (code !== 0) throw new SetupError(`${output}\n${one.command} failed in the stage of ${one.folder}`);
  };

  const last = stages.at(-1);
  if (!last) throw new SetupError("deploy/Dockerfile has no stage");
  for (const stage of stages.filter(({ name }) => !(name in built))) {
    const root = join(folder, stage.name);
    if (stages.some(({ name }) => name === stage.base)) await copy(join(folder, stage.base), root, false, fromStage);
    for (const one of stage.steps) await carryOut(root, one);
  }
  return { root: join(folder, last.name), stage: last, undone };
}
