/** Clips in a real Chromium: the MP4 in a video element, the playlist in hls.js. What is judged is the picture on screen. */
import { micros } from "@livekit-replay/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFlat } from "../src/clip/flat.js";
import { clipPlaylist, type ListedSegment } from "../src/playlist/make.js";
import { writePlaylist } from "../src/playlist/write.js";
import { describeSegment } from "../src/segment/describe.js";
import { silentInit, silentSegment } from "../src/segment/silent.js";
import { bytesOf, type MuxedRun, muxRun, stretchOf } from "./clip.js";
import { type Player, Theatre } from "./player.js";
import { gopsOf, makeStream, type RunOptions, steadyTimes, type TestStream } from "./stream.js";

const WALL = 1_790_000_000_000;
const FRAME = 1 / 60;
/** Media time of the first run; its odd µs make rounding show. */
const BASE = 77_000_003;
/** The clips begin with this frame of the first run. */
const START_FRAME = 77;
const files = new Map<string, Uint8Array | string>();
let theatre: Theatre;
let steady: TestStream;
let large: TestStream;

beforeAll(async () => {
  [theatre, steady, large] = await Promise.all([
    Theatre.start(files),
    makeStream({ times: steadyTimes(360), end: 6_000_000 }),
    makeStream({ times: steadyTimes(240), end: 4_000_000, firstNumber: 5000, scale: 2 }),
  ]);
});

afterAll(() => theatre?.close());

const mux = (stream: TestStream, options: RunOptions): Promise<MuxedRun> => muxRun(gopsOf(stream, options));

/** Frames 0 to 359, then 5000 to 5239 in another size, then 0 to 359 again with sound that comes late; 600 frames and 16 s together. */
const threeRuns = (soundInTheMiddle: boolean): Promise<readonly MuxedRun[]> =>
  Promise.all([
    mux(steady, { run: 0, basePts: BASE, startWall: WALL }),
    mux(large, { run: 1, reason: "format", basePts: 5, startWall: WALL + 9000, sound: soundInTheMiddle }),
    mux(steady, { run: 2, reason: "reconnect", basePts: 1_000_000, startWall: WALL + 15_000, audioDelay: 13_000 }),
  ]);

/** Number of the nth frame of the three runs. */
const numberOf = (n: number): number => (n < 360 ? n : n < 600 ? 4640 + n : n - 600);

const startPts = (): number => BASE + (steady.frames[START_FRAME]?.time ?? 0);

/** Puts runs and their playlist on the server; gives its name and where it starts, in seconds. */
function servePlaylist(name: string, runs: readonly MuxedRun[]): { readonly path: string; readonly start: number } {
  const listed = runs.flatMap(({ init, segments }, run): ListedSegment[] => {
    const map = `${name}-init-${run}.mp4`;
    files.set(map, init);
    return segments.map((bytes, i) => {
      const path = `${name} segment ${run}-${i}.m4s`;
      files.set(path, bytes);
      return { info: describeSegment(bytes).info, path, map };
    });
  });
  const playlist = clipPlaylist(listed, micros(startPts()));
  files.set(`${name}.m3u8`, writePlaylist(playlist));
  return { path: `${name}.m3u8`, start: (playlist.start ?? 0) / 1e6 };
}

/** The frames on screen at the middles of the nth frames, where frame 0 stands at `zero` seconds. */
async function look(player: Player, frames: readonly number[], zero: number): Promise<readonly number[]> {
  const seen: number[] = [];
  for (const n of frames) seen.push((await player.seek(zero + (n + 0.5) * FRAME)).number);
  return seen;
}

describe("the MP4", () => {
  it("shows the exact first frame, seeks to the frame over joints, and plays to its end", async () => {
    const plan = planFlat(
      (await threeRuns(false)).map((run) => stretchOf(run)),
      micros(startPts()),
    );
    files.set("clip.mp4", bytesOf(plan));
    const player = await theatre.player();
    const first = await player.openFile("clip.mp4");
    expect(first).toMatchObject({ number: START_FRAME, time: 0, problems: [] });
    expect(first.duration).toBeCloseTo(plan.expected.duration / 1e6, 3);
    const frames = [START_FRAME, 200, 359, 360, 480, 599, 601, 800];
    expect(await look(player, frames, -START_FRAME * FRAME)).toEqual(frames.map(numberOf));
    expect((await player.seek(plan.expected.videoDuration / 1e6 - 0.001)).number).toBe(359);
    await player.seek(8);
    const end = await player.playToEnd(4);
    expect(end.problems).toEqual([]);
    expect(end.time).toBeCloseTo(plan.expected.duration / 1e6, 1);
  });
});

describe("the playlist in hls.js", () => {
  it("starts at the frame, seeks over discontinuities, and ends with the last frame", async () => {
    const { path, start } = servePlaylist("runs", await threeRuns(true));
    const player = await theatre.player();
    expect(await player.openPlaylist(path, start)).toMatchObject({ number: START_FRAME, problems: [] });
    const frames = [100, 359, 360, 599, 600, 700, 959];
    expect(await look(player, frames, 0)).toEqual(frames.map(numberOf));
    await player.seek(9);
    const end = await player.playToEnd(4);
    expect(end.problems).toEqual([]);
    expect(end.time).toBeCloseTo(16, 1);
  });

  it("plays runs without sound between others when they are served with silence", async () => {
    const [first, quiet, last] = await threeRuns(false);
    if (!first || !quiet || !last) throw new Error("there are three runs");
    const { path, start } = servePlaylist("mixed", [
      first,
      { init: silentInit(quiet.init), segments: quiet.segments.map(silentSegment) },
      last,
    ]);
    const player = await theatre.player();
    expect(await player.openPlaylist(path, start)).toMatchObject({ number: START_FRAME, problems: [] });
    const frames = [100, 500, 700, 959];
    expect(await look(player, frames, 0)).toEqual(frames.map(numberOf));
    await player.seek(5);
    expect(await player.playToEnd(8)).toMatchObject({ problems: [] });
  });

  it("needs that silence: as recorded, hls.js stops where the sound does", async () => {
    const { path, start } = servePlaylist("bare", await threeRuns(false));
    const player = await theatre.player();
    await player.openPlaylist(path, start);
    expect((await player.seek(8)).problems).toEqual(["hls.js: bufferAppendError"]);
  });
});
