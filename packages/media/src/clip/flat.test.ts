/** Flat MP4s as tables: what a plan says, what verification accepts, and what it refuses. Pictures and sound are judged in `test/flat.test.ts`. */
import { micros } from "@livekit-replay/contract";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { bytesOf } from "../../test/clip.js";
import { cutAt, damaged, frameData, syntheticFormat, syntheticGop, syntheticRuns, type SyntheticSegment } from "../../test/synthetic.js";
import { opusTicks } from "../codec/opus.js";
import { MediaFormatError } from "../segment/error.js";
import { continues } from "../segment/info.js";
import { muxInit } from "../segment/init.js";
import { muxSegment } from "../segment/mux.js";
import { upperBoundBytes } from "./bound.js";
import { type FlatExpectation, planFlat } from "./flat.js";
import { parseMovie } from "./movie-parse.js";
import type { FlatStretch } from "./parts.js";
import { planClip } from "./plan.js";
import { type ReadAt, verifyFlat } from "./verify.js";

let withSound: Uint8Array;
let withoutSound: Uint8Array;

beforeAll(async () => {
  withSound = await muxInit(syntheticFormat(true), frameData(true, 20));
  withoutSound = await muxInit(syntheticFormat(false), frameData(true, 20));
});

const from =
  (file: Uint8Array): ReadAt =>
  (offset, length) =>
    Promise.resolve(file.subarray(offset, offset + length));

/** One stretch per run. */
function stretches(segments: readonly SyntheticSegment[], hold = 0): readonly FlatStretch<Uint8Array>[] {
  const starts = segments.flatMap((segment, i) => (i === 0 || !continues(segments[i - 1]?.info ?? segment.info, segment.info) ? [i] : []));
  return starts.map((start, i) => {
    const own = segments.slice(start, starts[i + 1]);
    return {
      init: own[0]?.audio ? withSound : withoutSound,
      hold: micros(i === starts.length - 1 ? 0 : hold),
      segments: own.map(({ bytes, info }) => ({ head: bytes.subarray(0, info.headBytes), sizeBytes: bytes.length, ref: bytes })),
    };
  });
}

const moovOf = (file: Uint8Array): ReturnType<typeof parseMovie> => {
  const view = new DataView(file.buffer, file.byteOffset);
  const start = view.getUint32(0);
  return parseMovie(file.subarray(start, start + view.getUint32(start)));
};

const startOf = (segments: readonly SyntheticSegment[]): number => segments[0]?.info.startPts ?? 0;

describe("a flat MP4", () => {
  it("is verified, fits its bound, and has sound and picture of one length, for any runs", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 19 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(0, 1234, 700_000),
        async (runs, startFrame, lastFrames, hold) => {
          const all = syntheticRuns(
            runs.map(([length]) => length),
            5000,
            { sound: (run) => runs[run]?.[1] === true },
          );
          const last = all.at(-1);
          if (!last) throw new Error("no segments");
          const cut = cutAt(last, last.info.startPts + lastFrames * 100_000);
          const segments = [...all.slice(0, -1), cut];
          const wanted = Math.min(startFrame, (segments[0]?.info.frames ?? 1) - 1);
          const plan = planFlat(stretches(segments, hold), micros(startOf(segments) + wanted * 100_000));
          const file = bytesOf(plan);
          await verifyFlat(from(file), file.length, plan.expected);
          const { videoDuration, audioDuration, duration, videoSamples } = plan.expected;
          expect(videoSamples).toBe(segments.reduce((sum, { info }) => sum + info.frames, 0));
          expect(Math.abs((audioDuration ?? videoDuration) - videoDuration)).toBeLessThan(21_000);
          const played = (segments.reduce((sum, { info }) => sum + info.frames, 0) - wanted) * 100_000 + (runs.length - 1) * hold;
          expect(duration - played).toBeGreaterThanOrEqual(0);
          expect(duration - played).toBeLessThan(21_000 * runs.length);
          expect(plan.sizeBytes).toBeLessThan(
            upperBoundBytes({
              stretches: stretches(segments).map((_, i) => ({ segments: i === 0 ? all.map(({ info }) => info) : [], hold: micros(0) })),
            }),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it("leaves no hole in the sound at joints: every sample sounds as long as its packet", () => {
    const segments = syntheticRuns([2, 1, 2, 1, 3], 5000, { sound: (run) => run !== 1 });
    const plan = planFlat(stretches(segments, 333), micros(startOf(segments)));
    const file = bytesOf(plan);
    const [, sound] = moovOf(file).tracks;
    if (!sound) throw new Error("no sound");
    expect(sound.timed.samples).toBe(plan.expected.audioSamples);
    const heard = sound.sizes.reduce(
      (sum, size, i) => sum + (opusTicks(file.subarray(sound.offsets[i] ?? 0, (sound.offsets[i] ?? 0) + size)) ?? 0),
      0,
    );
    // Less than a step of 2.5 ms may be left where silence does not follow a joint's grid: before and after the run without sound.
    expect(Math.abs(sound.duration - heard)).toBeLessThan(2 * 120);
  });

  it("starts both tracks at the same instant by their edit lists", () => {
    const segments = syntheticRuns([2], 0);
    const plan = planFlat(stretches(segments), micros(startOf(segments) + 1_700_000));
    const [video, sound] = moovOf(bytesOf(plan)).tracks;
    expect([video?.edit, sound?.edit]).toEqual([
      { mediaTime: 1_700_000, duration: 2_300_000 },
      { mediaTime: 81_600, duration: 2_300_000 },
    ]);
  });

  it("stays small for ten minutes of 60 frames per second", () => {
    const many = Array.from({ length: 300 }, (_, number) => {
      const frames = Array.from({ length: 120 }, (__, i) => (i % 3 === 2 ? 16_666 : 16_667));
      return muxSegment(syntheticGop({ number, startPts: number * 2_000_000, frames }));
    });
    const plan = planFlat(
      [
        {
          init: withSound,
          hold: micros(0),
          segments: many.map((bytes) => ({ head: bytes.subarray(0, 8000), sizeBytes: bytes.length, ref: bytes })),
        },
      ],
      micros(0),
    );
    expect(plan.expected).toMatchObject({ videoSamples: 36_000, audioSamples: 30_000, keyframes: 300, duration: 600_000_000 });
    expect(plan.head.length).toBeLessThan(600_000);
  });

  it("refuses stretches with holes, and starts outside", () => {
    const segments = syntheticRuns([3], 0);
    const [whole] = stretches(segments);
    if (!whole) throw new Error("no stretch");
    expect(() => planFlat([{ ...whole, segments: whole.segments.filter((_, i) => i !== 1) }], micros(startOf(segments)))).toThrow(
      MediaFormatError,
    );
    expect(() => planFlat([whole], micros(startOf(segments) + 2_000_000))).toThrow(/startPts/u);
    expect(() => planFlat([], micros(0))).toThrow(/stretches/u);
    expect(() => planFlat([{ ...whole, init: Uint8Array.of(1, 2, 3) }], micros(startOf(segments)))).toThrow(MediaFormatError);
  });
});

describe("verification", () => {
  let file: Uint8Array;
  let expected: FlatExpectation;
  beforeAll(() => {
    const segments = syntheticRuns([1, 1], 5000);
    const plan = planFlat(stretches(segments), micros(startOf(segments) + 300_000));
    file = bytesOf(plan);
    expected = plan.expected;
  });

  const outcome = async (bytes: Uint8Array, wanted: FlatExpectation): Promise<string> => {
    try {
      await verifyFlat(from(bytes), bytes.length, wanted);
    } catch (error) {
      if (error instanceof MediaFormatError) return error.code;
      throw error;
    }
    return "verified";
  };

  it("accepts the file that was planned", async () => {
    expect(await outcome(file, expected)).toBe("verified");
  });

  it.each<[string, (wanted: FlatExpectation) => Partial<FlatExpectation>]>([
    ["sizeBytes", (wanted) => ({ sizeBytes: wanted.sizeBytes + 1 })],
    ["videoSamples", (wanted) => ({ videoSamples: wanted.videoSamples - 1 })],
    ["keyframes", (wanted) => ({ keyframes: wanted.keyframes + 1 })],
    ["audioSamples", (wanted) => ({ audioSamples: (wanted.audioSamples ?? 0) + 1 })],
    ["no sound", () => ({ audioSamples: null, audioDuration: null })],
    ["videoDuration", (wanted) => ({ videoDuration: micros(wanted.videoDuration + 10) })],
    ["audioDuration", (wanted) => ({ audioDuration: micros((wanted.audioDuration ?? 0) - 10) })],
    ["duration", (wanted) => ({ duration: micros(wanted.duration + 10) })],
  ])("refuses another %s", async (_, change) => {
    expect(await outcome(file, { ...expected, ...change(expected) })).toBe("mismatch");
  });

  it("refuses samples that are not there", async () => {
    const lost = file.slice();
    const moov = new DataView(lost.buffer).getUint32(0);
    lost.fill(0, moov + new DataView(lost.buffer).getUint32(moov) + 16);
    expect(await outcome(lost, expected)).toBe("malformed");
    expect(await outcome(file.subarray(0, file.length - 1), { ...expected, sizeBytes: file.length - 1 })).toBe("malformed");
  });

  it("throws nothing but its own error, whatever the bytes are", async () => {
    const head = file.length - 4000;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          damaged(file),
          damaged(file.subarray(0, head)).map((start) => Uint8Array.of(...start, ...file.subarray(head))),
        ),
        async (broken) => void (await outcome(broken, { ...expected, sizeBytes: broken.length })),
      ),
      { numRuns: 2000 },
    );
  });
});

describe("the bound", () => {
  it("covers the pins of a plan too", async () => {
    const segments = syntheticRuns([3, 2], 5000, { sound: (run) => run === 0 });
    const found = await planClip(
      segments.map((segment) => ({ ...segment.info, segment })),
      { fromMs: segments[0]?.info.startWall ?? (0 as never), toMs: null },
      ({ segment }) => segment,
    );
    if (found.kind === "empty") throw new Error("the plan is empty");
    const pins = segments.reduce((sum, { bytes }) => sum + bytes.length, withSound.length + withoutSound.length);
    expect(upperBoundBytes(found)).toBeGreaterThan(pins + 2000);
    expect(upperBoundBytes(found)).toBeLessThan(pins + 40_000);
  });
});
