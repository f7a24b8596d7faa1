/** Runs an assembled image as a container would: its own Node, its user, its environment, nothing writable but its two folders. */
import { chown, constants, copyFile, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { SetupError } from "../process/say.mjs";

/** Where the image keeps what outlives it. */
const DATA = "/var/lib/livekit-replay";

/** How long the server may take until it is ready, in ms. */
const START_LIMIT_MS = 60_000;

/** How many of its lines are kept for the sentence that says why it did not start. */
const KEPT_LINES = 40;

/**
 * @typedef {object} Running
 * @property {string} url
 * @property {string[]} log its last lines
 * @property {() => Promise<number>} health runs the image's health check; gives its exit code
 * @property {() => Promise<number>} close stops it as Docker does; gives its exit code
 */

/**
 * The user of the image, where this process may become another one.
 * @param {import("./read.mjs").Stage} stage
 */
function userOf(stage) {
  const [uid, gid] = (stage.user ?? "").split(":").map(Number);
  if (uid === undefined || gid === undefined || !(uid > 0))
    throw new SetupError(`the image's user is ${stage.user}: not a number, or root`);
  return process.getuid?.() === 0 ? { uid, gid } : {};
}

/**
 * Makes the folders that the image has, and puts Node where its base image has it.
 * @param {string} root
 * @param {{ uid?: number, gid?: number }} user
 */
async function furnish(root, { uid, gid }) {
  const bin = join(root, "usr", "local", "bin");
  await mkdir(bin, { recursive: true });
  await copyFile(process.execPath, join(bin, "node"), constants.COPYFILE_FICLONE);
  for (const name of ["storage", "data"]) {
    const folder = join(root, DATA, name);
    await mkdir(folder, { recursive: true });
    if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
  }
  return bin;
}

/**
 * Waits for the line that says where the server is.
 * @param {import("node:child_process").ChildProcess} child
 * @param {string[]} log
 * @param {Promise<number>} done
 * @returns {Promise<string>}
 */
function whenReady(child, log, done) {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new SetupError(`${log.join("\n")}\nThe image did not start.`));
    const limit = setTimeout(fail, START_LIMIT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
        log.push(...text.split("\n").filter((line) => line !== ""));
        log.splice(0, log.length - KEPT_LINES);
        const url = /ready: open (\S+)/.exec(text)?.[1];
        if (url === undefined) return;
        clearTimeout(limit);
        resolve(url);
      });
    }
    done.then(fail, reject).finally(() => clearTimeout(limit));
  });
}

/**
 * Starts an image and waits until it is ready.
 * @param {import("./assemble.mjs").Image} image
 * @param {import("../process/children.mjs").Children} children
 * @param {Readonly<Record<string, string>>} env as `docker run --env` adds it
 * @returns {Promise<Running>}
 * @throws {SetupError} with its last lines when it does not become ready
 */
export async function startImage({ root, stage }, children, env) {
  const user = userOf(stage);
  const bin = await furnish(root, user);
  const path = [bin, process.env["PATH"]].join(delimiter);
  const mapped = Object.entries(stage.env).map(([name, value]) => [name, value.replace(DATA, join(root, DATA))]);
  // Only the loopback address, and a port that nobody has: the one thing that is not as in the image.
  const inside = { ...Object.fromEntries(mapped), HOST: "127.0.0.1", PORT: "0", ...env, PATH: path, HOME: "/nonexistent" };
  const options = { cwd: join(root, stage.folder), env: inside, ...user };
  const [program = "", ...args] = stage.command;
  /** @type {string[]} */
  const log = [];
  const { child, done } = children.start(join(bin, program), args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const url = await whenReady(child, log, done);
  const [checker = "", ...checkArgs] = stage.healthcheck;
  return {
    url,
    log,
    health: async () => {
      const there = { ...options, env: { ...inside, PORT: new URL(url).port }, output: /** @type {const} */ ("keep") };
      return (await children.run(join(bin, checker), checkArgs, there)).code;
    },
    close: () => {
      child.kill("SIGTERM");
      return done;
    },
  };
}
