/** deploy/Dockerfile as stages and steps. What the steps of this repository's file do not need is refused, not guessed at. */
import { posix } from "node:path";
import { DockerfileParser } from "dockerfile-ast";

/**
 * One step, with absolute paths of the image.
 * @typedef {{ kind: "copy", from: string | null, sources: string[], target: string } | { kind: "run", folder: string, command: string }} Step
 */

/**
 * A stage, and what its image is told about running.
 * @typedef {object} Stage
 * @property {string} name its number when it has none
 * @property {string} base an image, or the name of an earlier stage
 * @property {string} folder its working folder at the end
 * @property {Step[]} steps
 * @property {Record<string, string>} env
 * @property {string | null} user
 * @property {string[]} entrypoint
 * @property {string[]} command
 * @property {string[]} healthcheck
 */

/**
 * The value of an array in JSON, as `CMD` and others take it.
 * @param {string} text
 * @returns {string[]}
 */
const list = (text) => JSON.parse(text);

/**
 * Where a path of a step lies in the image; a slash at its end stays, since it says that a folder is meant.
 * @param {Stage} stage
 * @param {string} path
 */
const inImage = (stage, path) => posix.join(path.startsWith("/") ? "/" : stage.folder, path);

/** @param {Stage} stage @param {import("dockerfile-ast").Copy} copy */
function readCopy(stage, copy) {
  const flags = copy.getFlags();
  const other = flags.find((flag) => flag.getName() !== "from");
  if (other) throw new Error(`COPY --${other.getName()} is not known here`);
  const paths = copy.getArguments().map((argument) => argument.getValue());
  const target = paths.pop();
  if (target === undefined || paths.length === 0) throw new Error("COPY needs a source and a target");
  stage.steps.push({ kind: "copy", from: flags[0]?.getValue() ?? null, sources: paths, target: inImage(stage, target) });
}

/**
 * What each instruction does to the stage it stands in.
 * @type {Record<string, (stage: Stage, instruction: import("dockerfile-ast").Instruction, text: string) => void>}
 */
const instructions = {
  WORKDIR: (stage, _, text) => void (stage.folder = inImage(stage, text)),
  COPY: (stage, instruction) => readCopy(stage, /** @type {import("dockerfile-ast").Copy} */ (instruction)),
  RUN: (stage, _, text) => void stage.steps.push({ kind: "run", folder: stage.folder, command: text }),
  ENV: (stage, instruction) => {
    for (const property of /** @type {import("dockerfile-ast").Env} */ (instruction).getProperties())
      stage.env[property.getName()] = property.getValue() ?? "";
  },
  USER: (stage, _, text) => void (stage.user = text),
  EXPOSE: () => undefined,
  HEALTHCHECK: (stage, _, text) => void (stage.healthcheck = list(text.replace(/^(--\S+\s+)*CMD\s+/, ""))),
  ENTRYPOINT: (stage, _, text) => void (stage.entrypoint = list(text)),
  CMD: (stage, _, text) => void (stage.command = list(text)),
};

/**
 * Reads a Dockerfile.
 * @param {string} text
 * @returns {Stage[]} in their order; the last one is the image
 * @throws {Error} for an instruction or an option that is not known here
 */
export function readDockerfile(text) {
  const file = DockerfileParser.parse(text);
  const defaults = new Map(file.getInitialARGs().map((arg) => [arg.getProperty()?.getName(), arg.getProperty()?.getValue() ?? ""]));
  /** @type {Stage[]} */
  const stages = [];
  for (const instruction of file.getInstructions()) {
    const keyword = instruction.getKeyword();
    const stage = stages.at(-1);
    if (keyword === "FROM") {
      const from = /** @type {import("dockerfile-ast").From} */ (instruction);
      const base = (from.getImage() ?? "").replace(/\$\{(\w+)\}/g, (_, name) => defaults.get(name) ?? "");
      const name = from.getBuildStage() ?? String(stages.length);
      const {
        folder = "/",
        env = {},
        user = null,
        entrypoint = [],
        command = [],
        healthcheck = [],
      } = stages.find((one) => one.name === base) ?? {};
      stages.push({ name, base, folder, steps: [], env: { ...env }, user, entrypoint, command, healthcheck });
    } else if (stage) {
      const read = instructions[keyword];
      if (!read) throw new Error(`${keyword} is not known here`);
      read(stage, instruction, instruction.getArgumentsContent() ?? "");
    } else if (keyword !== "ARG") throw new Error(`${keyword} stands before FROM`);
  }
  return stages;
}
