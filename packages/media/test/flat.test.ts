/** Flat MP4s made from real H.264 and Opus, judged by decoding them with FFmpeg. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { micros } from "@livekit-replay/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFlat } from "../src/clip/verify.js";
import { muxRun, stretchOf, withFile, writeFlat } from "./clip.js";
import { complaints, decodeFrames, findClicks, probe } from "./judge.js";
import { gopsOf, makeStream, steadyTimes, type TestStream } from "./stream.js";

const WALL = 1_790_000_000_000;
let folder = "";
let steady: TestStream;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flat-"));
  steady = await makeStream({ times: steadyTimes(720), end: 12_000_000 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (name: string): string => join(folder, `${name}.mp4`);

/** Clicks against flashes, in ms. */
async function offsets(path: string): Promise<readonly number[]> {
  const flashes = (await decodeFrames(path)).filter(({ flash }, i, all) => flash && !all[i - 1]?.flash).map(({ time }) => time);
  const clicks = await findClicks(path);
  return flashes.map((flash) => 1000 * ((clicks.toSorted((a, b) => Math.abs(a - flash) - Math.abs(b - flash))[0] ?? Number.POSITIVE_INFINITY) - flash));
}

describe("one run", () => {
  it("starts on the exact frame, ends with the last, and FFmpeg finds nothing wrong", async () => {
    const gops = gopsOf(steady, { run: 3, basePts: 7_000_123, startWall: WALL });
    const startFrame = 47;
    const startPts = micros(7_000_123 + (steady.frames[startFrame]?.time ?? 0));
    const plan = await writeFlat(file("one"), [stretchOf(await muxRun(gops))], startPts);
    const frames = await decodeFrames(file("one"));
    expect(frames.map(({ number }) => number)).toEqual(Array.from({ length: 720 - startFrame }, (_, i) => startFrame + i));
    expect(frames[0]?.time).toBe(0);
    expect(await complaints(file("one"))).toBe("");
    const found = await probe(file("one"));
    console.log(JSON.stringify(found.streams.map((s)=>[s.codec_name,s.start_time,s.duration,s.nb_frames])), found.format.duration, plan.expected, await offsets(file("one")));
    await withFile(file("one"), async (read) => verifyFlat(read, (await stat(file("one"))).size, plan.expected));
  });
});
