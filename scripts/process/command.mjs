/** The frame around every command: signals stop what was started, and a failure is a sentence and an exit code. */
import { constants } from "node:os";
import { Children } from "./children.mjs";
import { SetupError } from "./say.mjs";

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a command to its end and exits with its code. The first signal stops everything in order, a second one at once.
 * @param {(children: Children) => Promise<number>} work gives the exit code
 * @returns {Promise<never>}
 */
export async function command(work) {
  const children = new Children();
  /** @type {NodeJS.Signals | undefined} */
  let stopped;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stopped) children.kill();
      stopped ??= signal;
      void children.close();
    });
  }
  let code = 1;
  try {
    code = await work(children);
  } catch (error) {
    if (!stopped) process.stderr.write(error instanceof SetupError ? `\n${error.message}\n` : `\n${String(Reflect.get(Object(error), "stack") ?? error)}\n`);
  }
  await children.close();
  process.exit(stopped ? 128 + constants.signals[stopped] : code);
}
