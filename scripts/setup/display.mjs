/** A screen for the browser of the tests: Xvfb on a display number that it chooses itself, so that it disturbs nobody. */
import { SetupError, step } from "../process/say.mjs";

/** How long Xvfb may take to be ready, in ms. */
const READY_LIMIT_MS = 20_000;

/**
 * Starts Xvfb; it stops with the other children.
 * @param {import("../process/children.mjs").Children} children
 * @returns {Promise<string>} the value for DISPLAY
 * @throws {SetupError} when it does not start
 */
export async function startDisplay(children) {
  const args = ["-displayfd", "3", "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"];
  const { child, done } = children.start("Xvfb", args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = child.stdio[3];
  /** @type {Promise<string>} */
  const ready = new Promise((resolve, reject) => {
    const fail = () => reject(new SetupError("Xvfb did not start; the browser tests need it."));
    const timer = setTimeout(fail, READY_LIMIT_MS);
    number?.once("data", (text) => resolve(`:${String(text).trim()}`));
    done.then(fail, fail).finally(() => clearTimeout(timer));
  });
  const display = await ready;
  step("display", `Xvfb on ${display}`);
  return display;
}
