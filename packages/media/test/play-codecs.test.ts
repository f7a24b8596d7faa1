/** VP9 and AV1 as MP4 and in hls.js, VP8 as WebM, in a real Chromium: what is on screen at the start, after seeks and at the end. */
import { micros } from "@livekit-replay/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFlat } from "../src/clip/flat.js";
import { writeWebm } from "../src/clip/webm.js";
import { clipPlaylist, type ListedSegment } from "../src/playlist/make.js";
import { writePlaylist } from "../src/playlist/write.js";
import { describeSegment } from "../src/segment/describe.js";
import { bytesOf, type MuxedRun, muxRun, stretchOf } from "./clip.js";
import type { WebKind } from "./encode.js";
import { type Player, Theatre } from "./player.js";
import { gopsOf, makeStream, steadyTimes, type TestStream } from "./stream.js";

const WALL = 1_790_000_000_000;
const FRAME = 1 / 60;
const BASE = 77_000_003;
/** The clips begin with this frame of the first run. */
const START_FRAME = 37;
const startPts = micros(BASE + Math.round((START_FRAME * 1e6) / 60));
const files = new Map<string, Uint8Array | string>();
let theatre: Theatre;

beforeAll(async () => {
  theatre = await Theatre.start(files);
});

afterAll(() => theatre?.close());

interface Sizes {
  readonly small: TestStream;
  readonly large: TestStream;
}

const makeSizes = async (kind: WebKind): Promise<Sizes> => ({
  small: await makeStream({ kind, times: steadyTimes(120), end: 2_000_000, gop: 60 }),
  large: await makeStream({ kind, times: steadyTimes(60), end: 1_000_000, firstNumber: 5000, gop: 60, scale: 2 }),
});

/** Frames 0 to 119, then 5000 to 5059 in another size. */
async function twoRuns(kind: WebKind): Promise<readonly MuxedRun[]> {
  const { small, large } = await makeSizes(kind);
  return await Promise.all([
    muxRun(gopsOf(small, { run: 0, basePts: BASE, startWall: WALL })),
    muxRun(gopsOf(large, { run: 1, reason: "reconnect", basePts: 5, startWall: WALL + 2500 })),
  ]);
}

/** The same frames in one run: the size changes at a keyframe, and the init says the first. */
async function oneRun(kind: WebKind): Promise<MuxedRun> {
  const { small, large } = await makeSizes(kind);
  const first = gopsOf(small, { run: 0, basePts: BASE, startWall: WALL });
  const second = gopsOf(large, { run: 0, basePts: BASE + small.end, startWall: WALL + 2000 });
  return await muxRun([...first, ...second.map((gop, i) => ({ ...gop, number: first.length + i }))]);
}

/** Puts runs and their playlist on the server; gives its name and where it starts, in seconds. */
function servePlaylist(name: string, runs: readonly MuxedRun[]): { readonly path: string; readonly start: number } {
  const listed = runs.flatMap(({ init, segments }, run): ListedSegment[] => {
    const map = `${name}-init-${run}.mp4`;
    files.set(map, init);
    return segments.map((bytes, i) => {
      const path = `${name}-${run}-${i}.m4s`;
      files.set(path, bytes);
      return { info: describeSegment(bytes).info, path, map };
    });
  });
  const playlist = clipPlaylist(listed, startPts);
  files.set(`${name}.m3u8`, writePlaylist(playlist));
  return { path: `${name}.m3u8`, start: (playlist.start ?? 0) / 1e6 };
}

/** Number of the nth frame of the two runs. */
const numberOf = (n: number): number => (n < 120 ? n : 4880 + n);

async function look(player: Player, frames: readonly number[], zero: number): Promise<readonly number[]> {
  const seen: number[] = [];
  for (const n of frames) seen.push((await player.seek(zero + (n + 0.5) * FRAME)).number);
  return seen;
}

const frames = [START_FRAME, 90, 119, 121, 150, 179];

describe.each<WebKind>(["vp9", "av1"])("Chromium plays %s", (kind) => {
  it("as MP4, from the exact first frame to the end, over runs of different sizes", async () => {
    const plan = planFlat(
      (await twoRuns(kind)).map((run) => stretchOf(run)),
      startPts,
    );
    files.set(`${kind}.mp4`, bytesOf(plan));
    const player = await theatre.player();
    expect(await player.openFile(`${kind}.mp4`)).toMatchObject({ number: START_FRAME, time: 0, problems: [] });
    expect(await look(player, frames, -START_FRAME * FRAME)).toEqual(frames.map(numberOf));
    expect((await player.playToEnd(2)).problems).toEqual([]);
  });

  for (const [change, runs] of [
    ["at a joint", twoRuns],
    ["inside a run", async (codec: WebKind) => [await oneRun(codec)]],
  ] as const) {
    it(`from its playlist in hls.js, where the size changes ${change}`, async () => {
      const { path, start } = servePlaylist(`${kind} ${change}`, await runs(kind));
      const player = await theatre.player();
      expect(await player.openPlaylist(path, start)).toMatchObject({ number: START_FRAME, problems: [] });
      expect(await look(player, frames, 0)).toEqual(frames.map(numberOf));
      expect((await player.playToEnd(2)).problems).toEqual([]);
    });
  }
});

describe("Chromium plays vp8", () => {
  it("as WebM, from where the writer says, to the end, over runs of different sizes", async () => {
    const file = new Uint8Array(8 * 1024 * 1024);
    const { startOffset, sizeBytes, durationUs } = await writeWebm({
      stretches: (await twoRuns("vp8")).map((run) => stretchOf(run)),
      startPts,
      read: (ref, offset, length) => Promise.resolve(ref.subarray(offset, offset + length)),
      write: (bytes, position) => Promise.resolve(file.set(bytes, position)),
    });
    files.set("vp8.webm", file.subarray(0, sizeBytes));
    const player = await theatre.player();
    const opened = await player.openFile("vp8.webm");
    expect(opened).toMatchObject({ number: 0, problems: [] });
    expect(opened.duration).toBeCloseTo((startOffset + durationUs) / 1e6, 1);
    // Times in WebM are whole ms: half of one into the frame is inside it.
    expect((await player.seek(startOffset / 1e6 + 0.001)).number).toBe(START_FRAME);
    expect(await look(player, frames, 0)).toEqual(frames.map(numberOf));
    expect((await player.playToEnd(2)).problems).toEqual([]);
  });
});
