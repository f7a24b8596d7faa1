/** Reads a finished MP4 back, with a parser that shares nothing with its writer, and compares it with what was planned. */
import type { FlatExpectation } from "./flat.js";

/** Reads `length` bytes at `offset` of the finished file; fewer only at its end. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * Checks that the file is the one that was planned: `moov` before `mdat`, sample counts, durations, edit lists, every sample inside `mdat` and none overlapping,
 * first and last sample of each track readable (length-prefixed NAL units with an IDR picture first; Opus packets).
 * Reads the head and a few samples, not the payload.
 * @throws MediaFormatError (`mismatch` for a sound MP4 that is another one); errors of `read` pass through.
 */
export async function verifyFlat(read: ReadAt, sizeBytes: number, expected: FlatExpectation): Promise<void> {
  throw new Error(`being built ${typeof read} ${sizeBytes} ${expected.sizeBytes}`);
}
