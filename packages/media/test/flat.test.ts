/** Flat MP4s made from real H.264 and Opus, judged by decoding them with FFmpeg. */
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { micros } from "@livekit-replay/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FlatPlan } from "../src/clip/flat.js";
import type { FlatStretch } from "../src/clip/parts.js";
import { verifyFlat } from "../src/clip/verify.js";
import { cutSegment } from "../src/segment/cut.js";
import { describeSegment } from "../src/segment/describe.js";
import { muxSegment } from "../src/segment/mux.js";
import { muxRun, stretchOf, withFile, writeFlat } from "./clip.js";
import { complaints, decodeFrames, findClicks, probe } from "./judge.js";
import { gopsOf, makeStream, type RunOptions, steadyTimes, type TestStream } from "./stream.js";

const WALL = 1_790_000_000_000;
let folder = "";
/** 12 s at 60 frames per second, a keyframe every 2 s. */
let steady: TestStream;
/** 8 s whose frames come when they like: between 8 and 240 ms apart. */
let jittery: TestStream;
/** 4 s of twice the width and height, numbered from 5000. */
let large: TestStream;

const jitter = (count: number): readonly number[] => {
  let time = 0;
  return Array.from({ length: count }, (_, i) => {
    const now = time;
    time += 8_000 + ((i * 7919) % 25_013) + (i % 50 === 49 ? 207_111 : 0);
    return now;
  });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flat-"));
  const times = jitter(340);
  [steady, jittery, large] = await Promise.all([
    makeStream({ times: steadyTimes(720), end: 12_000_000 }),
    makeStream({ times, end: (times.at(-1) ?? 0) + 16_667, firstNumber: 2000, gop: 85, flashEvery: 40 }),
    makeStream({ times: steadyTimes(240), end: 4_000_000, firstNumber: 5000, scale: 2 }),
  ]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (name: string): string => join(folder, `${name}.mp4`);

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** A stream as a stretch. */
const stretch = async (stream: TestStream, options: RunOptions, hold = 0): Promise<FlatStretch<Uint8Array>> =>
  stretchOf(await muxRun(gopsOf(stream, options)), hold);

/** Clicks against flashes, in ms. */
async function soundOffsets(path: string, frames: Awaited<ReturnType<typeof decodeFrames>>): Promise<readonly number[]> {
  const flashes = frames.filter(({ flash }, i) => flash && !frames[i - 1]?.flash).map(({ time }) => time);
  const clicks = await findClicks(path);
  return flashes.map(
    (flash) =>
      1000 *
      Math.min(
        ...clicks
          .map((click) => click - flash)
          .toSorted((a, b) => Math.abs(a) - Math.abs(b))
          .slice(0, 1),
      ),
  );
}

/** What holds for every clip: FFmpeg has nothing to say, lengths agree, and verification passes. */
async function expectSound(path: string, { expected }: FlatPlan<unknown>): Promise<void> {
  expect(await complaints(path)).toBe("");
  const { format, streams } = await probe(path);
  const lengths = [format, ...streams].map(({ duration }) => Number(duration));
  expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThan(0.05);
  expect(Number(format.duration)).toBeCloseTo(expected.duration / 1e6, 3);
  expect(streams.map(({ start_time }) => Number(start_time))).toEqual(streams.map(() => 0));
  const { size } = await stat(path);
  await withFile(path, (read) => verifyFlat(read, size, expected));
}

describe("a clip of one run", () => {
  it("starts on the exact frame, whatever the run's timeline begins with", async () => {
    const basePts = 7_000_000_000_123;
    const plan = await writeFlat(
      file("one"),
      [await stretch(steady, { run: 3, basePts, startWall: WALL })],
      micros(basePts + (steady.frames[47]?.time ?? 0)),
    );
    const frames = await decodeFrames(file("one"));
    expect(frames.map(({ number }) => number)).toEqual(range(47, 720));
    expect(frames[0]?.time).toBe(0);
    await expectSound(file("one"), plan);
    expect((await soundOffsets(file("one"), frames)).filter((offset) => Math.abs(offset) > 5)).toEqual([]);
  });

  it("shows frames that come irregularly at exactly their times", async () => {
    const plan = await writeFlat(
      file("jitter"),
      [await stretch(jittery, { run: 0, basePts: 1_000_001, startWall: WALL, audioDelay: 11_000 })],
      micros(1_000_001 + (jittery.frames[33]?.time ?? 0)),
    );
    const frames = await decodeFrames(file("jitter"));
    expect(frames.map(({ number }) => number)).toEqual(range(2033, 2340));
    const zero = jittery.frames[33]?.time ?? 0;
    // showinfo prints at most six significant digits.
    expect(frames.filter(({ time }, i) => Math.abs(time - ((jittery.frames[33 + i]?.time ?? 0) - zero) / 1e6) > 0.000_006)).toEqual([]);
    await expectSound(file("jitter"), plan);
    expect((await soundOffsets(file("jitter"), frames)).filter((offset) => Math.abs(offset - 11) > 5)).toEqual([]);
  });

  it("ends at the frame it was cut at, which is held with silence", async () => {
    const muxed = await muxRun(gopsOf(steady, { run: 0, basePts: 0, startWall: WALL }));
    const last = muxed.segments[2] ?? new Uint8Array(0);
    const cut = cutSegment(last, { endPts: micros(5_000_000), holdUntilPts: micros(5_300_000) });
    const plan = await writeFlat(file("cut"), [stretchOf({ ...muxed, segments: [...muxed.segments.slice(0, 2), cut] })], micros(0));
    const frames = await decodeFrames(file("cut"));
    expect(frames.map(({ number }) => number)).toEqual(range(0, 300));
    expect(plan.expected.duration).toBeGreaterThanOrEqual(5_300_000);
    expect(plan.expected.duration).toBeLessThan(5_303_000);
    expect(cut.length).toBeLessThan(last.length);
    await expectSound(file("cut"), plan);
  });

  it("ends with a tail: the open GOP muxed like any other, while the recording goes on", async () => {
    const gops = gopsOf(steady, { run: 0, basePts: 0, startWall: WALL });
    const open = gops[2];
    if (!open) throw new Error("no third GOP");
    const endPts = open.video[31]?.pts ?? open.endPts;
    const tail = muxSegment({ ...open, endPts, video: open.video.slice(0, 31), audio: open.audio.filter(({ pts }) => pts < endPts) });
    const { init, segments } = await muxRun(gops.slice(0, 2));
    const plan = await writeFlat(file("tail"), [stretchOf({ init, segments: [...segments, tail] })], micros(2_000_000 - 16_667));
    expect((await decodeFrames(file("tail"))).map(({ number }) => number)).toEqual(range(119, 271));
    await expectSound(file("tail"), plan);
  });

  it("survives a change of resolution inside the run", async () => {
    const before = gopsOf(steady, { run: 0, basePts: 0, startWall: WALL }).slice(0, 2);
    const after = gopsOf(large, { run: 0, basePts: 4_000_000, startWall: WALL + 4000 });
    const plan = await writeFlat(
      file("resize"),
      [stretchOf(await muxRun([...before, ...after.map((gop, i) => ({ ...gop, number: 2 + i }))]))],
      micros(500_000),
    );
    expect((await decodeFrames(file("resize"))).map(({ number }) => number)).toEqual([...range(30, 240), ...range(5000, 5240)]);
    await expectSound(file("resize"), plan);
  });
});

describe("a clip of several runs", () => {
  it("joins timelines, sizes and a run without sound, with click and flash together to the end", async () => {
    const stretches = [
      await stretch(steady, { run: 0, basePts: 90_000_000, startWall: WALL }),
      await stretch(large, { run: 1, reason: "format", basePts: 17, startWall: WALL + 20_000, sound: false }, 400_000),
      await stretch(jittery, { run: 2, reason: "reconnect", basePts: 3_600_000_000_007, startWall: WALL + 24_400, audioDelay: 9000 }),
    ];
    const plan = await writeFlat(file("runs"), stretches, micros(90_000_000 + (steady.frames[100]?.time ?? 0)));
    const frames = await decodeFrames(file("runs"));
    expect(frames.map(({ number }) => number)).toEqual([...range(100, 720), ...range(5000, 5240), ...range(2000, 2340)]);
    await expectSound(file("runs"), plan);
    const quiet = frames.filter(({ number }) => number >= 5000);
    const loud = frames.filter(({ number }) => number < 5000);
    expect((await soundOffsets(file("runs"), loud)).filter((offset) => Math.abs(offset) > 15)).toEqual([]);
    const clicks = await findClicks(file("runs"));
    expect(clicks.filter((click) => click > (quiet[0]?.time ?? 0) + 0.02 && click < (quiet.at(-1)?.time ?? 0))).toEqual([]);
    // The picture before the last run is held for the 400 ms in which there was none.
    expect((frames.find(({ number }) => number === 2000)?.time ?? 0) - (quiet.at(-1)?.time ?? 0)).toBeCloseTo(0.4167, 1);
  });

  it("gives a clip that begins without sound a track of silence until there is some", async () => {
    const stretches = [
      await stretch(large, { run: 0, basePts: 0, startWall: WALL, sound: false }),
      await stretch(steady, { run: 1, basePts: 0, startWall: WALL + 9000 }),
    ];
    const plan = await writeFlat(file("late"), stretches, micros(1_000_000));
    const frames = await decodeFrames(file("late"));
    expect(frames.map(({ number }) => number)).toEqual([...range(5060, 5240), ...range(0, 720)]);
    await expectSound(file("late"), plan);
    expect(
      (
        await soundOffsets(
          file("late"),
          frames.filter(({ number }) => number < 5000),
        )
      ).filter((offset) => Math.abs(offset) > 5),
    ).toEqual([]);
  });

  it("has no sound at all when no run has any", async () => {
    const plan = await writeFlat(file("mute"), [await stretch(large, { run: 0, basePts: 0, startWall: WALL, sound: false })], micros(0));
    expect((await probe(file("mute"))).streams.map(({ codec_name }) => codec_name)).toEqual(["h264"]);
    await expectSound(file("mute"), plan);
  });

  it("keeps click and flash together over twenty runs whose sound begins and ends askew", async () => {
    const gops = gopsOf(steady, { run: 0, basePts: 0, startWall: WALL });
    const stretches: FlatStretch<Uint8Array>[] = [];
    for (let run = 0; run < 20; run += 1) {
      const delayed = gopsOf(steady, {
        run,
        reason: "loss",
        basePts: run * 1_234_567,
        startWall: WALL,
        audioDelay: (run * 3_700) % 19_000,
      })[run % gops.length];
      if (delayed) stretches.push(stretchOf(await muxRun([delayed])));
    }
    const plan = await writeFlat(file("twenty"), stretches, micros(500_000));
    const frames = await decodeFrames(file("twenty"));
    const expected = range(0, 20).flatMap((run) => range((run % 6) * 120, (run % 6) * 120 + 120));
    expect(frames.map(({ number }) => number)).toEqual(expected.slice(30));
    await expectSound(file("twenty"), plan);
    const offsets = await soundOffsets(file("twenty"), frames);
    expect(offsets).toHaveLength(40);
    const wanted = range(0, 20).flatMap((run) => [(run * 3.7) % 19, (run * 3.7) % 19]);
    expect(offsets.filter((offset, i) => Math.abs(offset - (wanted[i] ?? 0)) > 6)).toEqual([]);
  });
});

describe("a segment behind its init", () => {
  it("is decoded by FFmpeg as it stands", async () => {
    const { init, segments } = await muxRun(gopsOf(steady, { run: 0, basePts: 5_000_000, startWall: WALL }));
    const path = file("fragmented");
    await writeFile(path, Buffer.concat([init, ...segments.slice(1, 3)]));
    expect((await decodeFrames(path)).map(({ number }) => number)).toEqual(range(120, 360));
    expect(await complaints(path)).toBe("");
    expect(describeSegment(segments[1] ?? init).info.frames).toBe(120);
  });
});
