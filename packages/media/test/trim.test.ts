/** Parts of clips, of segments and of MP4s: judged by decoding them with FFmpeg. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fc, test } from "@fast-check/vitest";
import { micros } from "@livekit-replay/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FlatPlan, FlatStretch } from "../src/index.js";
import { cutSegment, keepFrames, planFlat, readMovieFile, trimMovie, trimPieces, verifyFlat } from "../src/index.js";
import { concat } from "../src/segment/box.js";
import { muxRun, stretchOf, withFile, writeFlat } from "./clip.js";
import { complaints, decodeFrames, findClicks, probe } from "./judge.js";
import { gopsOf, makeStream, steadyTimes } from "./stream.js";
import { join, makeTransportFilm, remux, type TransportFilm } from "./transport-film.js";

const WALL = 1_790_000_000_000;
const frameUs = 1e6 / 60;
/** The frame that the whole clip begins with. */
const begun = 47;
let folder = "";
let film: TransportFilm;
/** Two runs of 4 s with half a second between them, the second one without sound. */
let stretches: FlatStretch<Uint8Array>[];
let startPts = micros(0);

const file = (name: string): string => path.join(folder, `${name}.mp4`);
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);
const ms = (start: number, end: number): { start: ReturnType<typeof micros>; end: ReturnType<typeof micros> } => ({
  start: micros(start * 1000),
  end: micros(end * 1000),
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "trim-"));
  const [first, second, madeFilm] = await Promise.all([
    makeStream({ times: steadyTimes(480), end: 8_000_000 }),
    makeStream({ times: steadyTimes(240), end: 4_000_000, firstNumber: 480 }),
    makeTransportFilm({ segments: 4, seconds: 2 }),
  ]);
  film = madeFilm;
  const quiet = gopsOf(second, { run: 1, basePts: 0, startWall: WALL + 8500 }).map((gop) => ({
    ...gop,
    audio: [],
    format: { ...gop.format, audio: null },
  }));
  const sounding = await muxRun(gopsOf(first, { run: 0, basePts: 1_000_003, startWall: WALL }));
  stretches = [stretchOf(sounding, 500_000), stretchOf(await muxRun(quiet))];
  startPts = micros(1_000_003 + Math.round(begun * frameUs));
  await writeFlat(file("whole"), stretches, startPts);
});

afterAll(async () => {
  await film.remove();
  await rm(folder, { recursive: true, force: true });
});

/** Trims an MP4 and writes the part. */
async function trimFile(from: string, to: string, startMs: number, endMs: number): Promise<FlatPlan<string>> {
  const { size } = await stat(from);
  const { tracks } = await withFile(from, (read) => readMovieFile(read, size));
  const trimmed = trimMovie(tracks, from, ms(startMs, endMs));
  if (trimmed.kind !== "kept") throw new Error(`refused: ${trimmed.kind}`);
  const { plan } = trimmed;
  const source = await readFile(from);
  const bytes = concat([
    plan.head,
    ...plan.parts.map((part) => (part.kind === "bytes" ? part.bytes : source.subarray(part.offset, part.offset + part.length))),
  ]);
  await writeFile(to, bytes);
  await withFile(to, (read) => verifyFlat(read, bytes.length, plan.expected));
  return plan;
}

/** What holds for every part: FFmpeg has nothing to say, it begins at 0, sound and picture are as long, every flash has its click. */
async function judge(part: string, numbers: readonly number[], soundFrames: number, tolerance = 0.005): Promise<void> {
  expect(await complaints(part)).toBe("");
  const frames = await decodeFrames(part);
  expect(frames.map(({ number }) => number)).toEqual(numbers);
  expect(frames[0]?.time).toBe(0);
  const { format, streams } = await probe(part);
  const lengths = [format, ...streams].map(({ duration }) => Number(duration));
  expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThan(0.05);
  const flashes = frames.filter(({ flash, number }, i) => flash && number < soundFrames && frames[i - 1]?.flash === false);
  const clicks = await findClicks(part);
  for (const { time } of flashes) expect(Math.min(...clicks.map((click) => Math.abs(click - time)))).toBeLessThan(tolerance);
}

describe("a part of an MP4", () => {
  it.each([
    { what: "in the middle of GOPs", startMs: 1000, endMs: 3000, first: begun + 60, end: begun + 180 },
    { what: "over a joint to the end", startMs: 6500, endMs: 11_716.667, first: begun + 390, end: 720 },
    { what: "between two frames", startMs: 1010, endMs: 1040, first: begun + 60, end: begun + 63 },
  ])("$what has each frame once, and nothing else", async ({ startMs, endMs, first, end }) => {
    await trimFile(file("whole"), file("part"), startMs, endMs);
    await judge(file("part"), range(first, end), 480);
  });

  it("of a part is exact again", async () => {
    await trimFile(file("whole"), file("once"), 1000, 7000);
    await trimFile(file("once"), file("twice"), 500, 1500);
    await judge(file("twice"), range(begun + 90, begun + 150), 480);
  });

  it("has no byte of the frames behind its end", async () => {
    const plan = await trimFile(file("whole"), file("part"), 0, 1000);
    const { size } = await stat(file("whole"));
    expect(plan.sizeBytes).toBeLessThan(size / 4);
    // What is decoded without the edit list: hidden frames back to the keyframe, and the last frame of the part.
    const all = await decodeFrames(file("part"), ["-ignore_editlist", "1"]);
    expect(all.map(({ number }) => number)).toEqual(range(0, begun + 60));
  });

  it("of transport segments is exact, though frames are decoded in another order than they are shown", async () => {
    const whole = await remux(film.files, file("remuxed"));
    const { bytes } = await join([whole], whole.segments[0]?.pts[17] ?? 0);
    await writeFile(file("film"), bytes);
    for (const [startMs, endMs] of [
      [1000, 3000],
      [1766.6, 2966.7],
    ] as const) {
      await trimFile(file("film"), file("film-part"), startMs, endMs);
      await judge(file("film-part"), range(17 + Math.round(startMs * 0.03), 17 + Math.round(endMs * 0.03)), Infinity, 0.04);
    }
  });

  it("that lies outside, or is shorter than a frame, is none", async () => {
    const { size } = await stat(file("whole"));
    const { tracks } = await withFile(file("whole"), (read) => readMovieFile(read, size));
    expect(trimMovie(tracks, "", ms(20_000, 21_000))).toEqual({ kind: "outside" });
    expect(trimMovie(tracks, "", ms(0, 21_000))).toEqual({ kind: "outside" });
    expect(trimMovie(tracks, "", ms(1002, 1008))).toEqual({ kind: "short" });
    expect(trimPieces(stretches, startPts, ms(20_000, 21_000))).toEqual({ kind: "outside" });
    expect(trimPieces(stretches, startPts, ms(1002, 1008))).toEqual({ kind: "short" });
  });
});

describe("a part of segments", () => {
  it("keeps the frames that the same part of the MP4 keeps, wherever it lies", async () => {
    const { size } = await stat(file("whole"));
    const { tracks } = await withFile(file("whole"), (read) => readMovieFile(read, size));
    const { expected } = planFlat(stretches, startPts);
    fc.assert(
      fc.property(fc.nat(Math.floor(expected.videoDuration / 1000) - 20), fc.nat(8000), (startMs, lengthMs) => {
        const asked = ms(startMs, Math.min(startMs + 17 + lengthMs, expected.videoDuration / 1000));
        const movie = trimMovie(tracks, "", asked);
        const pieces = trimPieces(stretches, startPts, asked);
        expect(pieces.kind).toBe(movie.kind);
        if (movie.kind === "kept" && pieces.kind === "kept") expect(pieces.duration).toBe(movie.end - movie.start);
      }),
      { numRuns: 200 },
    );
  });

  it("becomes an MP4 with exactly these frames", async () => {
    const part = trimPieces(stretches, startPts, ms(2500, 9500));
    if (part.kind !== "kept") throw new Error("refused");
    const { firstSegment, lastSegment, cut } = part;
    expect([firstSegment, lastSegment]).toEqual([1, 4]);
    const cutFile = (bytes: Uint8Array): Uint8Array => (cut ? cutSegment(bytes, cut) : bytes);
    let at = 0;
    const kept = stretches.map(({ segments, ...rest }) => ({
      ...rest,
      segments: segments.flatMap((segment) => {
        const index = at;
        at += 1;
        if (index < firstSegment || index > lastSegment) return [];
        const bytes = index === lastSegment ? cutFile(segment.ref) : segment.ref;
        return [{ head: bytes, sizeBytes: bytes.length, ref: bytes }];
      }),
    }));
    const plan = await writeFlat(file("pieces"), kept, part.startPts);
    await judge(file("pieces"), range(begun + 150, 480 + Math.ceil((9500 - 7716.667) * 0.06)), 480);
    expect(Math.abs(plan.expected.videoDuration - part.duration)).toBeLessThan(3000);
  });
});

describe("the frames of a range", () => {
  const times = Float64Array.from([-500_000, 0, 1_000_000, 1_016_667]);

  it("are those on the screen, and a picture that stands is not shown much longer than asked", () => {
    expect(keepFrames(times, 3_000_000, ms(200, 400))).toEqual({ kind: "kept", first: 1, last: 1, start: 0, end: 400_000 });
    expect(keepFrames(times, 3_000_000, ms(200, 950))).toEqual({ kind: "kept", first: 1, last: 1, start: 0, end: 1_000_000 });
    expect(keepFrames(times, 3_000_000, ms(1000, 1017))).toEqual({ kind: "kept", first: 2, last: 2, start: 1_000_000, end: 1_016_667 });
    expect(keepFrames(times, 3_000_000, ms(1017, 3040))).toMatchObject({ first: 3, last: 3, start: 1_016_667, end: 3_000_000 });
  });

  test.prop([fc.integer({ min: 0, max: 2999 }), fc.integer({ min: 1, max: 3000 })])(
    "last as long as asked, to half a millisecond",
    (startMs, lengthMs) => {
      const kept = keepFrames(times, 3_000_000, ms(startMs, Math.min(startMs + lengthMs, 3000)));
      if (kept.kind !== "kept") return;
      expect(kept.start).toBeLessThanOrEqual(startMs * 1000 + 500);
      expect(kept.end).toBeGreaterThanOrEqual(Math.min(startMs + lengthMs, 3000) * 1000 - 500);
    },
  );
});
