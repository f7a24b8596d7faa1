/** From GOPs to files on disk and back, for tests: what the store does around this package, in its simplest form. */
import { open, writeFile } from "node:fs/promises";
import type { Micros } from "@livekit-replay/contract";
import { micros } from "@livekit-replay/contract";
import { type FlatPlan, planFlat } from "../src/clip/flat.js";
import type { FlatStretch } from "../src/clip/parts.js";
import type { ReadAt } from "../src/clip/verify.js";
import { concat } from "../src/segment/box.js";
import { describeSegment } from "../src/segment/describe.js";
import type { Gop } from "../src/segment/gop.js";
import { muxInit } from "../src/segment/init.js";
import { muxSegment } from "../src/segment/mux.js";

/** A run muxed in memory. */
export interface MuxedRun {
  readonly init: Uint8Array;
  readonly segments: readonly Uint8Array[];
}

/** Muxes the GOPs of one run. */
export async function muxRun(gops: readonly Gop[]): Promise<MuxedRun> {
  const [first] = gops;
  const keyframe = first?.video[0];
  if (!first || !keyframe) throw new TypeError("gops must not be empty");
  return { init: await muxInit(first.format, keyframe.data), segments: gops.map(muxSegment) };
}

/** A run as a stretch of a flat MP4; only the heads are handed over. */
export const stretchOf = ({ init, segments }: MuxedRun, hold = 0): FlatStretch<Uint8Array> => ({
  init,
  hold: micros(hold),
  segments: segments.map((bytes) => ({ head: bytes.slice(0, describeSegment(bytes).info.headBytes), sizeBytes: bytes.length, ref: bytes })),
});

/** The bytes of a planned MP4. */
export const bytesOf = ({ head, parts }: FlatPlan<Uint8Array>): Uint8Array =>
  concat([head, ...parts.map((part) => (part.kind === "bytes" ? part.bytes : part.ref.subarray(part.offset, part.offset + part.length)))]);

/** Plans and writes an MP4. */
export async function writeFlat(
  file: string,
  stretches: readonly FlatStretch<Uint8Array>[],
  startPts: Micros,
): Promise<FlatPlan<Uint8Array>> {
  const plan = planFlat(stretches, startPts);
  await writeFile(file, bytesOf(plan));
  return plan;
}

/** Reads a file as `verifyFlat` wants it, for the time of `use`. */
export async function withFile<T>(file: string, use: (read: ReadAt) => Promise<T>): Promise<T> {
  const handle = await open(file);
  try {
    return await use(async (offset, length) => {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    });
  } finally {
    await handle.close();
  }
}
