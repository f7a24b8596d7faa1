/** Judges the deploy files as they stand in the repository, with the configuration itself as the judge of values. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { permissionSchema } from "../../packages/contract/dist/index.js";
import { readConfig } from "../../packages/server/dist/config/read.js";
import { variables } from "../../packages/server/dist/config/variables.js";
import { readDockerfile } from "../image/read.mjs";
import { interpolations, judgeCompose, parseYaml } from "./compose.mjs";
import { findUnknown, findUnknownMetrics, judgeExamples, metricsOf, readExamples } from "./variables.mjs";

const known = Object.keys(variables);

/** What a person would fill in, so that the configuration can be asked about the rest. @type {Readonly<Record<string, string>>} */
const FILLED_IN = {
  PUBLIC_URL: "https://replay.example.org",
  LIVEKIT_PUBLIC_URL: "wss://livekit.example.org",
  NODE_IP: "203.0.113.7",
};
const SECRET = "0123456789abcdef".repeat(4);

/**
 * What the configuration says of an environment.
 * @param {string} file
 * @param {Readonly<Record<string, string>>} env
 * @returns {string[]}
 */
function askConfiguration(file, env) {
  try {
    readConfig(env, "/app");
    return [];
  } catch (error) {
    return String(Reflect.get(Object(error), "message"))
      .split("\n")
      .map((sentence) => `${file}: ${sentence}`);
  }
}

/**
 * The deploy files by name.
 * @typedef {Readonly<Record<string, string>>} Files
 */

/**
 * Reads the files of deploy/.
 * @param {string} root of the repository
 * @returns {Promise<Files>}
 */
export async function readDeployFiles(root) {
  const names = (await readdir(join(root, "deploy"), { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
  const texts = await Promise.all(names.map(async (name) => [name, await readFile(join(root, "deploy", name), "utf8")]));
  return Object.fromEntries(texts);
}

/**
 * The folders of the repository's packages.
 * @param {string} root of the repository
 * @returns {Promise<string[]>}
 */
export async function readWorkspaces(root) {
  return JSON.parse(await readFile(join(root, "package.json"), "utf8")).workspaces;
}

/**
 * The environment of the backend once .env is filled in: the examples (each in a run of its own would say no more), then what compose.yaml sets.
 * @param {readonly import("./variables.mjs").Example[]} examples
 * @param {Readonly<Record<string, unknown>>} fixed
 * @returns {Record<string, string>}
 */
function filledIn(examples, fixed) {
  const env = Object.fromEntries(examples.map(({ name, value }) => [name, FILLED_IN[name] ?? (value === "" ? SECRET : value)]));
  /** @param {unknown} value */
  const expand = (value) => String(value).replace(/\$\{(\w+)[^}]*\}/g, (_, /** @type {string} */ name) => env[name] ?? "");
  return { ...env, ...Object.fromEntries(Object.entries(fixed).map(([name, value]) => [name, expand(value)])) };
}

/**
 * Workspaces whose package.json a stage with `npm ci` does not have: npm would refuse the lock file.
 * @param {readonly import("../image/read.mjs").Stage[]} stages
 * @param {readonly string[]} workspaces
 */
function workspacesLeftOut(stages, workspaces) {
  return stages
    .filter(({ steps }) => steps.some((step) => step.kind === "run" && step.command.startsWith("npm ci")))
    .flatMap(({ name, base, steps }) => {
      const all = [...(stages.find((stage) => stage.name === base)?.steps ?? []), ...steps];
      const copied = all.flatMap((step) => (step.kind === "copy" ? step.sources : []));
      const left = workspaces.filter((folder) => !copied.includes(`${folder}/package.json`));
      return left.map((folder) => `Dockerfile: stage ${name} does not copy ${folder}/package.json`);
    });
}

/**
 * Judges the files.
 * @param {Files} files
 * @param {readonly string[]} workspaces folders of the repository's packages
 * @returns {string[]} a sentence for each thing that is wrong
 */
export function judgeDeployFiles(files, workspaces) {
  /** @param {string} name */
  const text = (name) => files[name] ?? "";
  const names = Object.keys(files);
  const { compose, wrong } = judgeCompose(text("compose.yaml"), names);
  for (const name of names.filter((one) => /\.ya?ml$/.test(one) && one !== "compose.yaml"))
    wrong.push(...parseYaml(name, text(name)).wrong);
  const { examples, wrong: lines } = readExamples(text("example.env"));
  wrong.push(...lines);
  const fixed = compose?.services["backend"]?.environment ?? {};
  if (!compose?.services["backend"]) wrong.push("compose.yaml: there is no service backend");
  wrong.push(...judgeExamples({ examples, asked: interpolations(text("compose.yaml")), fixed, known }));
  wrong.push(...askConfiguration("compose.yaml with example.env", filledIn(examples, fixed)));
  const stages = readDockerfile(text("Dockerfile"));
  wrong.push(...workspacesLeftOut(stages, workspaces));
  const image = stages.at(-1)?.env ?? {};
  const strange = Object.keys(image).filter((name) => !known.includes(name));
  wrong.push(...strange.map((name) => `Dockerfile: the configuration knows no ${name}`), ...askConfiguration("Dockerfile", image));
  return wrong;
}

/**
 * The names of the server's metrics.
 * @param {string} root of the repository
 * @returns {Promise<Set<string>>} without their prefix
 */
async function knownMetrics(root) {
  const folder = join(root, "packages", "server", "src");
  const sources = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const texts = await Promise.all(sources.map((name) => readFile(join(folder, name), "utf8")));
  return new Set(texts.flatMap(metricsOf));
}

/**
 * Judges what the documentation names: variables and metrics.
 * @param {string} root of the repository
 * @param {Files} files of deploy/
 * @returns {Promise<string[]>}
 */
export async function judgePages(root, files) {
  const { examples } = readExamples(files["example.env"] ?? "");
  const names = new Set([...known, ...examples.map(({ name }) => name), ...permissionSchema.options]);
  const metrics = await knownMetrics(root);
  const pages = (await readdir(join(root, "docs"), { recursive: true })).filter((name) => name.endsWith(".md"));
  const paths = ["README.md", "CONTRIBUTING.md", ...pages.map((page) => join("docs", page))];
  const found = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(root, path), "utf8");
      return [...findUnknown(path, text, names), ...findUnknownMetrics(path, text, metrics)];
    }),
  );
  return found.flat();
}
