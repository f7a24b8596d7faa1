/** An init file's bytes become the run's format. */
import type { RunInfo } from "./info.js";
import { parseInit } from "./init-parse.js";

/**
 * The format of a run, from its init file.
 * @throws MediaFormatError for everything that `muxInit` did not write, whole.
 */
export const describeInit = (bytes: Uint8Array): RunInfo => ({ format: parseInit(bytes).format, sizeBytes: bytes.length });
