/** Where the server gets its `whip` recorder from: the supervisor with its child processes, behind the recorder port. */
import type { WhipRecorder, WhipRecorderOptions } from "./options.js";

/**
 * Starts the recorder processes and answers once the first of them is up.
 * @throws Error when none says hello in time (nothing is left running then).
 */
export async function createWhipRecorder(options: WhipRecorderOptions): Promise<WhipRecorder> {
  throw new Error(`being built ${options.root}`);
}
