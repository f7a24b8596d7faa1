/** Playlists read by FFmpeg's HLS demuxer: the frames it finds behind them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { micros } from "@livekit-replay/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clipPlaylist, fullPlaylist, type ListedSegment, livePlaylist } from "../src/playlist/make.js";
import type { Playlist } from "../src/playlist/model.js";
import { writePlaylist } from "../src/playlist/write.js";
import { describeSegment } from "../src/segment/describe.js";
import { muxRun } from "./clip.js";
import { complaints, decodeFrames } from "./judge.js";
import { run } from "./run.js";
import { gopsOf, makeStream, type RunOptions, steadyTimes, type TestStream } from "./stream.js";

const WALL = 1_790_000_000_000;
const LOCAL = ["-allowed_extensions", "ALL"];
let folder = "";
let stream: TestStream;
let first: readonly ListedSegment[];
let second: readonly ListedSegment[];

/** Writes a run to disk; plain names, because FFmpeg does not unescape those of files. */
async function store(options: RunOptions): Promise<readonly ListedSegment[]> {
  const { init, segments } = await muxRun(gopsOf(stream, options));
  const map = `init-${options.run}.mp4`;
  await writeFile(join(folder, map), init);
  return await Promise.all(
    segments.map(async (bytes, i) => {
      const path = `segment-${options.run}-${i}.m4s`;
      await writeFile(join(folder, path), bytes);
      return { info: describeSegment(bytes).info, path, map };
    }),
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playlist-"));
  stream = await makeStream({ times: steadyTimes(480), end: 8_000_000 });
  first = await store({ run: 0, basePts: 33_000_000, startWall: WALL });
  second = await store({ run: 1, reason: "reconnect", basePts: 53_000_500, startWall: WALL + 20_000 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function decode(name: string, playlist: Playlist, before: readonly string[] = []): Promise<readonly number[]> {
  const path = join(folder, name);
  await writeFile(path, writePlaylist(playlist));
  return (await decodeFrames(path, [...LOCAL, ...before])).map(({ number }) => number);
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe("FFmpeg", () => {
  it("reads a VOD playlist of one run without a word", async () => {
    expect(await decode("full.m3u8", fullPlaylist(first, { ended: true }))).toEqual(range(0, 480));
    expect(await complaints(join(folder, "full.m3u8"), LOCAL)).toBe("");
  });

  it("reads a live window from where it begins", async () => {
    const before = livePlaylist(null, first.slice(0, 3), { ended: false });
    const window = livePlaylist(before, first.slice(1), { ended: true });
    expect(await decode("live.m3u8", window, ["-live_start_index", "0"])).toEqual(range(120, 480));
  });

  it("reads a clip of two runs, with both inits and every frame", async () => {
    const clip = clipPlaylist([...first, ...second], micros(33_500_000));
    // Its MP4 demuxer throws away the first segment of a run whose media time is not after the one before: the second run's is.
    // Its HLS demuxer starts at the first segment: EXT-X-START is for players.
    expect(await decode("clip.m3u8", clip)).toEqual([...range(0, 480), ...range(0, 480)]);
  });

  it("finds the lengths that the playlist says", async () => {
    await decode("lengths.m3u8", fullPlaylist(first, { ended: true }));
    const { stdout } = await run("ffprobe", [
      "-v",
      "error",
      ...LOCAL,
      "-show_entries",
      "format=duration",
      "-of",
      "csv=p=0",
      join(folder, "lengths.m3u8"),
    ]);
    expect(Number(stdout.toString())).toBeCloseTo(8, 3);
  });
});
