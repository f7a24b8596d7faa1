/**
 * Step "tools": the parts of the tests that are written in Go (`tools/`), livekit-server and a database among them, built into `.cache/tools`.
 * What was built from the same sources is left alone.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { arch, platform } from "node:os";
import { dirname, join, sep } from "node:path";
import { SetupError, step } from "../process/say.mjs";
import { CACHE, ROOT } from "./place.mjs";
import { ensurePrograms, findProgram } from "./programs.mjs";

const SOURCES = join(ROOT, "tools");
const BUILT = join(CACHE, "tools");

/** Written after a build: what it was made from. */
const STAMP = join(BUILT, "sources.sha256");

/** FerretDB is a Go module of its own: its dependencies and LiveKit's have nothing to do with each other. */
const DATABASE = { sources: join(SOURCES, "ferretdb"), program: join(BUILT, "ferretdb"), stamp: join(BUILT, "ferretdb.sha256") };

/** The package of livekit-server; go.mod says which version. */
const LIVEKIT = "github.com/livekit/livekit-server";

/** @type {import("./programs.mjs").Program} */
const GO = { name: "Go", names: ["go"], places: ["/usr/local/go/bin/go"], debian: "golang-go", fedora: "golang", brew: "go" };

/** What Go calls a system and a processor. @type {Record<string, string>} */
const GO_NAMES = { x64: "amd64", ia32: "386" };

/**
 * What go.mod says: the Go that it needs at least, and the version of livekit-server.
 * @param {string} goMod its text
 * @returns {{ go: string, livekit: string }} such as 1.26.0 and 1.13.5
 */
export function wantedVersions(goMod) {
  const go = /^go (\d+\.\d+)(\.\d+)?$/m.exec(goMod);
  const livekit = /^\s*(?:require )?github\.com\/livekit\/livekit-server v(\S+)/m.exec(goMod)?.[1];
  if (!go?.[1] || !livekit) throw new Error("tools/go.mod names no Go or no livekit-server");
  return { go: `${go[1]}${go[2] ?? ".0"}`, livekit };
}

/**
 * Whether a Go is as new as another, or newer.
 * @param {string} version what `go version` prints
 * @param {string} wanted such as 1.26.0
 * @returns {boolean}
 */
export function isGoNewEnough(version, wanted) {
  const numbers = (/** @type {string} */ text) => (/(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? []).slice(1).map((part) => Number(part ?? 0));
  const [have, want] = [numbers(version), numbers(wanted)];
  const place = want.findIndex((number, index) => have[index] !== number);
  return have.length > 0 && (place === -1 || (have[place] ?? 0) > (want[place] ?? 0));
}

/**
 * A digest of everything that a module's programs are made from.
 * @param {string} [folder] with go.mod, go.sum and a folder for each program; folders that are modules of their own do not belong to it
 * @returns {Promise<string>}
 */
export async function toolsDigest(folder = SOURCES) {
  const all = await readdir(folder, { recursive: true });
  const others = all.filter((file) => file.endsWith(`${sep}go.mod`)).map((file) => `${dirname(file)}${sep}`);
  const own = all.filter((file) => !others.some((other) => file.startsWith(other)));
  const files = own.filter((file) => /\.go$|^go\.(mod|sum)$/.test(file)).toSorted();
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(await readFile(join(folder, file)));
  return hash.digest("hex");
}

/**
 * The livekit-server on the path, when it is exactly the version that the tests are made for.
 * @param {import("../process/children.mjs").Children} children
 * @param {string} version
 * @returns {Promise<string | undefined>} its path
 */
async function findLivekit(children, version) {
  const path = findProgram({ names: ["livekit-server"] });
  if (!path) return undefined;
  const { code, output } = await children.run(path, ["--version"], { output: "keep" }).catch(() => ({ code: 1, output: "" }));
  return code === 0 && output.trim().endsWith(` ${version}`) ? path : undefined;
}

/**
 * A Go that is new enough: the one on this machine, else one that it fetches. Newer ones are modules like any other, so that every Go can
 * do it, also one that knows nothing of toolchains, and it is checked as every module is.
 * @param {import("../process/children.mjs").Children} children
 * @param {string} version
 * @returns {Promise<string>} path of the program
 */
async function ensureGo(children, version) {
  await ensurePrograms(children, [GO]);
  const go = findProgram(GO) ?? "go";
  // GOTOOLCHAIN=local: which one is this, not which one would it fetch for some folder.
  const { output } = await children.run(go, ["version"], { cwd: CACHE, env: { ...process.env, GOTOOLCHAIN: "local" }, output: "keep" });
  if (isGoNewEnough(output, version)) return go;
  const name = `v0.0.1-go${version}.${platform()}-${GO_NAMES[arch()] ?? arch()}`;
  const folder = join(CACHE, "go");
  const root = join(folder, "golang.org", `toolchain@${name}`);
  const program = join(root, "bin", "go");
  if (existsSync(`${root}.done`)) return program;
  step("tools", `fetching Go ${version}: this machine has ${output.trim()}`);
  await mkdir(folder, { recursive: true });
  const env = { ...process.env, GOTOOLCHAIN: "local", GOMODCACHE: folder, GOFLAGS: "-modcacherw" };
  const fetched = await children.run(go, ["mod", "download", `golang.org/toolchain@${name}`], { cwd: folder, env, output: "keep" });
  if (fetched.code !== 0) throw new SetupError(`${fetched.output}\nThe tests need Go ${version} or later: https://go.dev/doc/install`);
  await makeExecutable(root);
  await writeFile(`${root}.done`, "");
  return program;
}

/**
 * Files of a module come without the right to be run.
 * @param {string} root of a Go toolchain
 */
async function makeExecutable(root) {
  for (const folder of [join(root, "bin"), join(root, "pkg", "tool")]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries) if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
}

/**
 * Runs `go build`.
 * @param {import("../process/children.mjs").Children} children
 * @param {string} go path of the program
 * @param {string} cwd the module
 * @param {readonly string[]} what output and packages
 * @throws {SetupError} with the compiler's words
 */
async function goBuild(children, go, cwd, what) {
  const args = ["build", "-trimpath", "-buildvcs=false", "-o", ...what];
  const { code, output } = await children.run(go, args, { cwd, output: "keep" });
  if (code !== 0) throw new SetupError(`${output}\nThe tools do not build; the lines above say why. Go fetches modules once.`);
}

/** @param {string} stamp file that says what was built last */
const stampOf = async (stamp) => (existsSync(stamp) ? await readFile(stamp, "utf8") : "");

/**
 * Builds the tools, unless they were built from the same sources.
 * @param {import("../process/children.mjs").Children} children
 * @returns {Promise<NodeJS.ProcessEnv>} what tells the tests where livekit-server is
 * @throws {SetupError} with the compiler's words, or the command that installs what is missing
 */
export async function buildTools(children) {
  const wanted = wantedVersions(await readFile(join(SOURCES, "go.mod"), "utf8"));
  const found = await findLivekit(children, wanted.livekit);
  const server = join(BUILT, "livekit-server");
  const env = { LIVEKIT_SERVER_PATH: found ?? server };
  const digest = await toolsDigest();
  if ((await stampOf(STAMP)) === digest && existsSync(env.LIVEKIT_SERVER_PATH)) {
    step("tools", `livekit-server ${wanted.livekit} and what drives it: here`);
    return env;
  }
  await mkdir(BUILT, { recursive: true });
  const go = await ensureGo(children, wanted.go);
  step("tools", `building livekit-server ${wanted.livekit} and what drives it with Go (a few minutes, once)`);
  if (!found) await goBuild(children, go, SOURCES, [server, `${LIVEKIT}/cmd/server`]);
  await goBuild(children, go, SOURCES, [`${BUILT}/`, "./..."]);
  await writeFile(STAMP, digest);
  return env;
}

/**
 * The database that speaks MongoDB's protocol: `mongod` on the path, else FerretDB, built from its sources. Tests that stop and start one need it even
 * where `MONGODB_URL` names one for the others.
 * @param {import("../process/children.mjs").Children} children
 * @returns {Promise<NodeJS.ProcessEnv>} what tells the tests where it is
 * @throws {SetupError} with the compiler's words, or the command that installs what is missing
 */
export async function ensureDatabase(children) {
  const mongod = findProgram({ names: ["mongod"] });
  if (mongod) {
    step("tools", `MongoDB: ${mongod}`);
    return { MONGOD_PATH: mongod };
  }
  const { sources, program, stamp } = DATABASE;
  const env = { FERRETDB_PATH: program };
  const digest = await toolsDigest(sources);
  if ((await stampOf(stamp)) === digest && existsSync(program)) {
    step("tools", "FerretDB: here");
    return env;
  }
  await mkdir(BUILT, { recursive: true });
  const go = await ensureGo(children, wantedVersions(await readFile(join(SOURCES, "go.mod"), "utf8")).go);
  step("tools", "building FerretDB, for there is no MongoDB, with Go (a few minutes, once)");
  await goBuild(children, go, sources, [program, "."]);
  await writeFile(stamp, digest);
  return env;
}
