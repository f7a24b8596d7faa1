/** An init file's bytes become the run's format. */
import type { RunInfo } from "./info.js";

/**
 * The format of a run, from its init file.
 * @throws MediaFormatError for everything that `muxInit` did not write, whole.
 */
export function describeInit(bytes: Uint8Array): RunInfo {
  throw new Error(`being built ${bytes.length}`);
}
