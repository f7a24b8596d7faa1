/** Which variables the deploy files and the documentation name, and what is wrong with that. */

/** Variables of Compose itself. */
const OF_COMPOSE = new Set(["COMPOSE_PROFILES"]);

/** What something else reads: LiveKit's image; the tests. A variable of the tests that a page names is added here. */
const OF_OTHERS = new Set([
  "LIVEKIT_KEYS",
  "LIVEKIT_WEBHOOK_API_KEY",
  "REDIS_HOST",
  "EGRESS_FIXTURE",
  "MONGODB_URL",
  "REPLAY_TEST_DATABASE",
]);

/**
 * One line of example.env. Without `#` before it, it is needed.
 * @typedef {{ name: string, value: string, needed: boolean, line: number }} Example
 */

/**
 * Reads example.env.
 * @param {string} text
 * @returns {{ examples: Example[], wrong: string[] }}
 */
export function readExamples(text) {
  /** @type {Example[]} */
  const examples = [];
  /** @type {string[]} */
  const wrong = [];
  text.split("\n").forEach((content, index) => {
    const line = index + 1;
    const match = /^(#?)([A-Z][A-Z0-9_]*)=(.*)$/.exec(content);
    if (match) examples.push({ name: match[2] ?? "", value: match[3] ?? "", needed: match[1] === "", line });
    else if (content !== "" && !content.startsWith("# "))
      wrong.push(`example.env:${line}: is neither a variable nor a comment: ${content}`);
  });
  for (const [index, { name, line }] of examples.entries())
    if (examples.findIndex((one) => one.name === name) < index) wrong.push(`example.env:${line}: ${name} is there twice`);
  return { examples, wrong };
}

/**
 * Compares what compose.yaml asks for, what example.env offers, and what the configuration knows.
 * @param {object} parts
 * @param {readonly Example[]} parts.examples
 * @param {readonly import("./compose.mjs").Interpolation[]} parts.asked
 * @param {Readonly<Record<string, unknown>>} parts.fixed what compose.yaml itself sets for the backend
 * @param {readonly string[]} parts.known variables of the configuration
 * @returns {string[]}
 */
export function judgeExamples({ examples, asked, fixed, known }) {
  const wrong = Object.keys(fixed)
    .filter((name) => !known.includes(name))
    .map((name) => `compose.yaml: the configuration knows no ${name}`);
  for (const { name, value, needed, line } of examples) {
    const where = `example.env:${line}: ${name}`;
    const places = asked.filter((one) => one.name === name);
    if (!known.includes(name) && !OF_COMPOSE.has(name) && places.length === 0)
      wrong.push(`${where} is known to neither the configuration nor compose.yaml`);
    if (name in fixed && places.length === 0) wrong.push(`${where} has no effect: compose.yaml sets it`);
    if (needed && value !== "") wrong.push(`${where} is needed, so it has no value that would be forgotten`);
    if (needed !== places.some((one) => one.required))
      wrong.push(`${where}: example.env and compose.yaml disagree on whether it is needed`);
  }
  const offered = new Set(examples.map(({ name }) => name));
  for (const name of new Set(asked.map((one) => one.name)))
    if (!offered.has(name)) wrong.push(`example.env: ${name} is missing, which compose.yaml asks for`);
  for (const name of known)
    if (!offered.has(name) && !(name in fixed)) wrong.push(`example.env: ${name} is missing, which the configuration knows`);
  return wrong;
}

/**
 * Names of variables that a page of the documentation mentions, and nothing knows.
 * @param {string} file its name, for sentences
 * @param {string} text
 * @param {ReadonlySet<string>} known variables, and whatever else is written like one (permissions)
 * @returns {string[]}
 */
export function findUnknown(file, text, known) {
  let fenced = false;
  return text.split("\n").flatMap((line, index) => {
    if (/^\s*```/.test(line)) fenced = !fenced;
    const pattern = fenced ? /(?<![\w$.{])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?==)/g : /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g;
    const names = [...line.matchAll(pattern)].map((match) => match[1] ?? "");
    return names
      .filter((name) => !known.has(name) && !OF_COMPOSE.has(name) && !OF_OTHERS.has(name))
      .map((name) => `${file}:${index + 1}: nothing knows the variable ${name}`);
  });
}

/** What Prometheus adds to the name of a histogram. */
const OF_HISTOGRAMS = /_(?:bucket|count|sum)$/;

/**
 * Names of metrics that the server's code registers, without their prefix.
 * @param {string} source
 * @returns {string[]}
 */
export const metricsOf = (source) =>
  [...source.matchAll(/\.(?:count|gauge|gauges|seconds)\(\s*"([a-z0-9_]+)"/g)].map((match) => match[1] ?? "");

/**
 * Names of metrics that a page mentions, and the server does not have.
 * @param {string} file its name, for sentences
 * @param {string} text
 * @param {ReadonlySet<string>} known without their prefix
 * @returns {string[]}
 */
export function findUnknownMetrics(file, text, known) {
  return text.split("\n").flatMap((line, index) => {
    const names = [...line.matchAll(/\breplay_([a-z0-9_]+)/g)].map((match) => match[1] ?? "");
    return names
      .filter((name) => !known.has(name) && !known.has(name.replace(OF_HISTOGRAMS, "")))
      .map((name) => `${file}:${index + 1}: the server has no metric replay_${name}`);
  });
}
