/** Clips of egress's segments in a real Chromium: the playlist in hls.js as soon as it is pinned, the MP4 in a video element. What is judged is the picture on screen. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { micros, wallMs } from "@livekit-replay/contract";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clipPlaylist, describeTransport, type ListedSegment, writePlaylist } from "../src/index.js";
import { Theatre } from "./player.js";
import { FRAME_RATE, join, makeTransportFilm, remux, type TransportFilm } from "./transport-film.js";

const WALL = 1_790_000_000_000;
const START_FRAME = 17;
const files = new Map<string, Uint8Array | string>();
let theatre: Theatre;
let film: TransportFilm;

beforeAll(async () => {
  [theatre, film] = await Promise.all([Theatre.start(files), makeTransportFilm({ segments: 4, seconds: 2 })]);
});
afterAll(async () => {
  await theatre?.close();
  await film?.remove();
});

/** The middle of a frame, in seconds from the first one. */
const middleOf = (frame: number): number => (frame + 0.5) / FRAME_RATE;

async function listed(number: number): Promise<ListedSegment> {
  const bytes = await readFile(film.files[number] ?? "");
  const { startPts, endPts, pts, sizeBytes } = describeTransport(bytes);
  const name = path.basename(film.files[number] ?? "");
  files.set(name, bytes);
  const startWall = wallMs(WALL + number * 2000);
  const info = {
    run: 0,
    number,
    runReason: "start",
    startPts,
    endPts,
    startWall,
    endWall: wallMs(startWall + 2000),
    sizeBytes,
    headBytes: 0,
  } as const;
  return { info: { ...info, frames: pts.length, packets: 1, gaps: [] }, path: name, map: null };
}

it("the playlist starts at its frame, goes over a missing segment, and plays to its end", async () => {
  const segments = [await listed(0), await listed(1), await listed(3)];
  const first = describeTransport(await readFile(film.files[0] ?? ""));
  const playlist = clipPlaylist(segments, micros(first.pts[START_FRAME] ?? 0), first.lead);
  expect(playlist.segments.map(({ discontinuity }) => discontinuity)).toEqual([false, false, true]);
  files.set("clip.m3u8", writePlaylist(playlist));
  const player = await theatre.player();
  expect(await player.openPlaylist("clip.m3u8", (playlist.start ?? 0) / 1e6)).toMatchObject({ number: START_FRAME, problems: [] });
  const seen: number[] = [];
  for (const frame of [30, 100, 119, 130, 179]) seen.push((await player.seek(first.lead / 1e6 + middleOf(frame))).number);
  expect(seen.slice(0, 3)).toEqual([30, 100, 119]);
  // Behind a joint hls.js begins anew with the earliest decoding time: up to the lead, two frames, later.
  for (const [i, frame] of [190, 239].entries()) expect(frame - (seen[3 + i] ?? 0)).toBeOneOf([0, 1, 2]);
  await player.seek(1);
  const end = await player.playToEnd(4);
  expect(end.problems).toEqual([]);
  expect(end.time).toBeCloseTo(6, 0);
});

it("the MP4 starts at its frame, shows each frame where it belongs, and plays to its end", async () => {
  const whole = await remux(film.files, path.join(film.folder, "part.mp4"));
  const { bytes } = await join([whole], whole.segments[0]?.pts[START_FRAME] ?? 0);
  files.set("clip.mp4", bytes);
  const player = await theatre.player();
  expect(await player.openFile("clip.mp4")).toMatchObject({ number: START_FRAME, time: 0, problems: [] });
  for (const frame of [0, 1, 50, 102, 103, 222]) expect((await player.seek(middleOf(frame))).number).toBe(START_FRAME + frame);
  const end = await player.playToEnd(4);
  expect(end.problems).toEqual([]);
  expect(end.time).toBeCloseTo(8 - START_FRAME / FRAME_RATE, 1);
});
