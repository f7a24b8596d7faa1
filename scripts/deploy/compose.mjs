/** deploy/compose.yaml: well-formed, whole in itself, every image of one exact version, and which variables it asks for. */
import { isMap, parseDocument } from "yaml";

/**
 * A variable that the file takes from .env.
 * @typedef {{ name: string, required: boolean }} Interpolation
 */

/**
 * @typedef {object} Service
 * @property {string} [image]
 * @property {Record<string, unknown>} [environment]
 * @property {readonly string[]} [volumes]
 * @property {readonly string[]} [networks]
 * @property {Record<string, unknown>} [depends_on]
 * @property {readonly string[]} [profiles]
 * @property {unknown} [healthcheck]
 * @property {unknown} [build]
 */

/**
 * @typedef {object} Compose
 * @property {Record<string, Service>} services
 * @property {Record<string, unknown>} volumes
 * @property {Record<string, unknown>} networks
 */

const TOP = new Set(["name", "services", "volumes", "networks"]);

/** What a service of ours may have; a misspelt key does nothing in Compose's older versions, and stops it in newer ones. */
const KEYS = new Set(
  (
    "image build restart env_file environment ports volumes networks depends_on profiles healthcheck command user " +
    "read_only tmpfs cap_drop security_opt stop_grace_period logging"
  ).split(" "),
);

/** `name:1.2.3` and the like, or the same with a digest: a tag that moves is another program tomorrow. */
const EXACT = /^[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*(@sha256:[0-9a-f]{64})?$/;

/**
 * Parses YAML strictly.
 * @param {string} file its name, for sentences
 * @param {string} text
 * @returns {{ value: Record<string, unknown> | null, wrong: string[] }} null when something is wrong, or it is no map
 */
export function parseYaml(file, text) {
  const document = parseDocument(text, { merge: true, prettyErrors: true, uniqueKeys: true });
  const wrong = [...document.errors, ...document.warnings].map((error) => `${file}: ${error.message}`);
  if (wrong.length === 0 && !isMap(document.contents)) wrong.push(`${file}: is no map`);
  return { value: wrong.length > 0 ? null : document.toJS(), wrong };
}

/**
 * The variables that the text interpolates.
 * @param {string} text
 * @returns {Interpolation[]} one for each place
 */
export function interpolations(text) {
  const values = text.replace(/^\s*#.*$/gm, "");
  return [...values.matchAll(/\$(?:\{(\w+)([^}]*)\}|(\w+))/g)].map(([, name, rest, bare]) => ({
    name: name ?? bare ?? "",
    required: rest?.startsWith(":?") === true,
  }));
}

/**
 * @param {string} what
 * @param {readonly string[]} named
 * @param {readonly string[]} declared
 */
function compare(what, named, declared) {
  const missing = named.filter((name) => !declared.includes(name)).map((name) => `compose.yaml: ${what} ${name} is declared nowhere`);
  return [...missing, ...declared.filter((name) => !named.includes(name)).map((name) => `compose.yaml: ${what} ${name} is used nowhere`)];
}

/** The first part of a volume's line. @param {string} line */
const sourceOf = (line) => line.split(":")[0] ?? "";

/**
 * @param {string} name
 * @param {Service} service
 * @param {readonly string[]} files beside compose.yaml
 */
function judgeService(name, service, files) {
  const wrong = Object.keys(service)
    .filter((key) => !KEYS.has(key))
    .map((key) => `compose.yaml: ${name}.${key} is not known here`);
  if (!EXACT.test(service.image ?? "")) wrong.push(`compose.yaml: the image of ${name} has no exact version: ${service.image}`);
  // The image that is built here brings its own.
  if (service.healthcheck === undefined && service.build === undefined) wrong.push(`compose.yaml: ${name} has no health check`);
  for (const source of (service.volumes ?? []).map(sourceOf).filter((path) => path.startsWith("./")))
    if (!files.includes(source.slice(2))) wrong.push(`compose.yaml: ${name} mounts ${source}, which is not there`);
  return wrong;
}

/**
 * Judges the file.
 * @param {string} text
 * @param {readonly string[]} files names of the files beside it
 * @returns {{ compose: Compose | null, wrong: string[] }}
 */
export function judgeCompose(text, files) {
  const { value, wrong } = parseYaml("compose.yaml", text);
  if (value === null) return { compose: null, wrong };
  const top = Object.keys(value).filter((key) => !TOP.has(key) && !key.startsWith("x-"));
  wrong.push(...top.map((key) => `compose.yaml: ${key} is not known here`));
  /** @type {Compose} */
  const compose = { volumes: {}, networks: {}, services: {}, ...value };
  const services = Object.entries(compose.services);
  for (const [name, service] of services) wrong.push(...judgeService(name, service, files));
  const all = services.map(([, service]) => service);
  const mounted = all.flatMap(({ volumes = [] }) => volumes.map(sourceOf)).filter((source) => !/^[./]/.test(source));
  wrong.push(...compare("the volume", mounted, Object.keys(compose.volumes)));
  const joined = all.flatMap(({ networks = [] }) => networks);
  wrong.push(...compare("the network", joined, Object.keys(compose.networks)));
  const needed = all.flatMap(({ depends_on: needs = {} }) => Object.keys(needs)).filter((name) => !(name in compose.services));
  wrong.push(...needed.map((name) => `compose.yaml: the service ${name} is declared nowhere`));
  return { compose, wrong };
}
