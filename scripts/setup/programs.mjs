/** Step "programs": what the tests need from the system. Installed where that is possible without asking, else named with the command to type. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SetupError, step } from "../process/say.mjs";

/**
 * A program and where it comes from.
 * @typedef {object} Program
 * @property {string} name
 * @property {readonly string[]} names what it is called on the path, best first
 * @property {readonly string[]} [places] absolute paths where it may be besides
 * @property {string} debian packages for apt-get
 * @property {string} fedora packages for dnf
 * @property {string} brew arguments of brew install
 */

/** FFmpeg, with ffprobe. @type {Program} */
export const FFMPEG = { name: "FFmpeg", names: ["ffmpeg"], debian: "ffmpeg", fedora: "ffmpeg-free", brew: "ffmpeg" };

/** A browser that is a real Chromium. @type {Program} */
export const CHROMIUM = {
  name: "Chromium",
  names: ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
  places: ["/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
  debian: "chromium fonts-liberation",
  fedora: "chromium",
  brew: "--cask google-chrome",
};

/** The screen that Chromium shares in the tests; macOS has one of its own. @type {Program} */
export const XVFB = { name: "Xvfb", names: ["Xvfb"], debian: "xvfb", fedora: "xorg-x11-server-Xvfb", brew: "" };

/** What livekit-server and egress talk by. @type {Program} */
export const REDIS = { name: "Redis", names: ["redis-server"], debian: "redis-server", fedora: "redis", brew: "redis" };

/**
 * The path of a program.
 * @param {Pick<Program, "names" | "places">} program
 * @returns {string | undefined} undefined when it is not on this machine
 */
export function findProgram({ names, places = [] }) {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * The command that installs programs on this machine, as a person would type it.
 * @param {readonly Program[]} programs
 * @returns {string}
 */
export function commandFor(programs) {
  const sudo = process.getuid?.() === 0 ? "" : "sudo ";
  const list = (/** @type {"debian" | "fedora" | "brew"} */ key) => programs.map((program) => program[key]).join(" ");
  if (process.platform === "darwin") return programs.map((program) => `brew install ${program.brew}`.trim()).join(" && ");
  if (findProgram({ names: ["apt-get"] })) return `${sudo}apt-get install -y ${list("debian")}`;
  if (findProgram({ names: ["dnf"] })) return `${sudo}dnf install -y ${list("fedora")}`;
  return `the package manager of this system, for: ${list("debian")}`;
}

/**
 * Installs Debian packages.
 * @param {import("../process/children.mjs").Children} children
 * @param {readonly Program[]} programs
 * @returns {Promise<string>} what apt-get said; whether it worked is seen by looking for the programs
 */
async function aptInstall(children, programs) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const packages = programs.flatMap((program) => program.debian.split(" "));
  const update = await children.run("apt-get", ["update"], { env, output: "keep" });
  const install = await children.run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env, output: "keep" });
  return update.output + install.output;
}

/**
 * Makes sure that programs are on this machine.
 * @param {import("../process/children.mjs").Children} children
 * @param {readonly Program[]} wanted
 * @returns {Promise<void>}
 * @throws {SetupError} that names what is missing and the command to type
 */
export async function ensurePrograms(children, wanted) {
  const missing = () => wanted.filter((program) => !findProgram(program));
  const before = missing();
  if (before.length === 0) return step("programs", `${wanted.map((program) => program.name).join(", ")}: here`);
  const names = before.map((program) => program.name).join(", ");
  let said = "";
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    step("programs", `installing ${names} with apt-get`);
    said = await aptInstall(children, before);
  }
  const after = missing();
  if (after.length === 0) return;
  const list = after.map((program) => program.name).join(", ");
  throw new SetupError(
    `${said}\nThe tests need ${list}, which cannot be installed without you. Type this, then try again:\n\n  ${commandFor(after)}`,
  );
}
