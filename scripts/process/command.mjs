/** The frame around every command: signals stop what was started, and a failure is a sentence and an exit code. */
import { constants } from "node:os";
import { Children } from "./children.mjs";
import { SetupError } from "./say.mjs";

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/** A second signal sooner than this after the first is the same one: the terminal sends it, and npm passes it on as well. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Runs a command to its end and exits with its code. The first signal stops everything in order, a later one at once.
 * @param {(children: Children) => Promise<number>} work gives the exit code
 * @returns {Promise<never>}
 */
export async function command(work) {
  const children = new Children();
  /** @type {{ signal: NodeJS.Signals, atMs: number } | undefined} */
  let stop;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stop && Date.now() - stop.atMs > SAME_SIGNAL_MS) return children.kill();
      stop ??= { signal, atMs: Date.now() };
      void children.close();
    });
  }
  let code = 1;
  try {
    code = await work(children);
  } catch (error) {
    const sentence = error instanceof SetupError ? error.message : String(Reflect.get(Object(error), "stack") ?? error);
    if (!stop) process.stderr.write(`\n${sentence}\n`);
  }
  await children.close();
  process.exit(stop ? 128 + constants.signals[stop.signal] : code);
}
