/** What writing a WebM asks of the disk: one write at a time, and no reading ahead of it. What is in the file is judged by FFmpeg and Chromium elsewhere. */
import { micros, wallMs } from "@livekit-replay/contract";
import { expect, it } from "vitest";
import { describeSegment } from "../segment/describe.js";
import type { Gop } from "../segment/gop.js";
import { muxInit } from "../segment/init.js";
import { muxSegment } from "../segment/mux.js";
import { syntheticVp8 } from "../testing/index.js";
import { writeWebm } from "./webm.js";

const FRAME_BYTES = 100_000;
const FRAMES = 15;
const SEGMENTS = 12;
const frameMicros = 100_000;

const gop = (number: number): Gop => ({
  run: 0,
  number,
  runReason: "start",
  format: { video: { kind: "vp8", codec: "vp8", width: 640, height: 360 }, audio: null },
  startPts: micros(number * FRAMES * frameMicros),
  endPts: micros((number + 1) * FRAMES * frameMicros),
  startWall: wallMs(1_790_000_000_000 + number * 1500),
  video: Array.from({ length: FRAMES }, (_, i) => ({
    pts: micros((number * FRAMES + i) * frameMicros),
    duration: micros(frameMicros),
    key: i === 0,
    data: syntheticVp8({ index: number * FRAMES + i, key: i === 0, size: FRAME_BYTES }),
  })),
  audio: [],
  gaps: [],
});

it("reads a segment only when what was read before is nearly written, and writes one piece at a time", async () => {
  const files = Array.from({ length: SEGMENTS }, (_, number) => muxSegment(gop(number)));
  const init = await muxInit(gop(0).format, syntheticVp8({ index: 0, key: true }));
  let read = 0;
  let written = 0;
  let writing = 0;
  let furthest = 0;
  let most = 0;
  const result = await writeWebm({
    stretches: [
      {
        init,
        hold: micros(0),
        segments: files.map((file) => ({ head: file.slice(0, describeSegment(file).info.headBytes), sizeBytes: file.length, ref: file })),
      },
    ],
    startPts: micros(0),
    read: (ref, offset, length) => {
      read += length;
      furthest = Math.max(furthest, read - written);
      return Promise.resolve(ref.subarray(offset, offset + length));
    },
    write: async (bytes, position) => {
      writing += 1;
      most = Math.max(most, writing);
      await new Promise(setImmediate);
      writing -= 1;
      written = Math.max(written, position + bytes.length);
    },
  });
  expect(most).toBe(1);
  expect(written).toBe(result.sizeBytes);
  expect(written).toBeGreaterThan(SEGMENTS * FRAMES * FRAME_BYTES);
  // The segment that is read, and at most four pieces of a MiB that wait.
  expect(furthest).toBeLessThan(FRAMES * FRAME_BYTES + 4 * 1024 * 1024 + FRAME_BYTES);
  expect(result).toMatchObject({ startOffset: 0, durationUs: SEGMENTS * FRAMES * frameMicros });
});
