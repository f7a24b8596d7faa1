/** What the commands print: one line for each step, and sentences that end a command. */

/**
 * Prints the line of a step.
 * @param {string} name what the step is about, one word
 * @param {string} what what happens now, or that nothing has to
 */
export function step(name, what) {
  process.stdout.write(`${name.padEnd(9)} ${what}\n`);
}

/** A reason to stop that a person can act on. Its message is printed without a stack; the exit code is 1. */
export class SetupError extends Error {
  /** @override */
  name = "SetupError";
}
