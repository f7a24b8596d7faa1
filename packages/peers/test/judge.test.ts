/** The judge reads clips with known faults, made by FFmpeg: it must find each, and nothing in a clean one. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFilm, SMALL_FILM } from "../src/film/make.js";
import { readFilm } from "../src/film/read.js";
import { checkSequence, checkSync, lengthSpread } from "../src/judge/compare.js";
import { readClip } from "../src/judge/read.js";
import { runForText } from "../src/process/run.js";

const FRAMES = SMALL_FILM.seconds * SMALL_FILM.frameRate;
let folder: string;
let film: string;

const ffmpeg = async (name: string, ...args: string[]): Promise<string> => {
  const path = join(folder, name);
  await runForText("ffmpeg", ["-v", "error", "-y", ...args, path]);
  return path;
};
const reencode = (filter: string): string[] => [
  "-i",
  film,
  "-vf",
  filter,
  "-c:v",
  "libx264",
  "-preset",
  "ultrafast",
  "-bf",
  "0",
  "-c:a",
  "copy",
  "-movflags",
  "+faststart",
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "judge-"));
  film = await makeFilm(SMALL_FILM);
});
afterAll(() => rm(folder, { recursive: true }));

describe("judge", () => {
  it("finds nothing in a clean film", async () => {
    const reading = await readClip(film);
    expect(checkSequence(reading.frames, FRAMES)).toEqual({ unreadable: 0, repeated: 0, outOfOrder: 0, missing: 0, jumps: [] });
    expect(reading.frames.map((frame) => frame.number)).toEqual(Array.from({ length: FRAMES }, (_, number) => number));
    const sync = checkSync(reading);
    expect(sync.points).toHaveLength(SMALL_FILM.seconds);
    expect(sync.alone).toBe(0);
    expect(sync.worstUs).toBeLessThan(2_000);
    expect(lengthSpread(reading)).toBeLessThan(1_000);
    expect(reading).toMatchObject({ complaints: [], moovFirst: true, width: 320, height: 180, videoCodec: "h264", audioCodec: "opus" });
  });

  it("finds a missing frame and a repeated one", async () => {
    const path = await ffmpeg("edited.mp4", ...reencode("select='not(eq(n,100))',loop=loop=1:size=1:start=200,setpts=N/30/TB"));
    const faults = checkSequence((await readClip(path)).frames, FRAMES);
    expect(faults).toMatchObject({ unreadable: 0, missing: 1, repeated: 1, outOfOrder: 0 });
    expect(faults.jumps).toEqual([
      { index: 100, from: 99, to: 101, missing: 1 },
      { index: 200, from: 200, to: 200, missing: 0 },
    ]);
  });

  it("finds a covered barcode", async () => {
    const path = await ffmpeg("covered.mp4", ...reencode("drawbox=w=iw:h=ih*0.1:t=fill:color=gray:enable='between(n,50,51)'"));
    expect(checkSequence((await readClip(path)).frames, FRAMES)).toMatchObject({ unreadable: 2, missing: 0, jumps: [] });
  });

  it("finds sound that is 60 ms late", async () => {
    const path = await ffmpeg("late.mp4", "-i", film, "-itsoffset", "0.06", "-i", film, "-map", "0:v", "-map", "1:a", "-c", "copy");
    const { worstUs, points } = checkSync(await readClip(path));
    expect(points.length).toBeGreaterThan(15);
    expect(worstUs).toBeGreaterThan(58_000);
    expect(worstUs).toBeLessThan(62_000);
  });

  it("finds a click that is gone, and sound that is shorter than its picture", async () => {
    const quiet = await ffmpeg("quiet.mp4", "-i", film, "-c:v", "copy", "-af", "volume=0:enable='between(t,4.1,4.9)'", "-c:a", "libopus");
    expect(checkSync(await readClip(quiet)).alone).toBe(1);
    const short = await ffmpeg("short.mp4", "-i", film, "-t", "19.5", "-i", film, "-map", "0:v", "-map", "1:a", "-c", "copy");
    expect(lengthSpread(await readClip(short))).toBeGreaterThan(450_000);
  });

  it("finds a moov at the end and broken pictures", async () => {
    const late = await ffmpeg("moov-last.mp4", "-i", film, "-c", "copy");
    expect((await readClip(late)).moovFirst).toBe(false);
    const bytes = await readFile(film);
    for (let offset = bytes.length >> 1; offset < (bytes.length >> 1) + 20_000; offset += 3) bytes[offset] = 0xa5;
    const broken = join(folder, "broken.mp4");
    await writeFile(broken, bytes);
    expect((await readClip(broken)).complaints.length).toBeGreaterThan(0);
  });

  it("reads a change of resolution in one clip", async () => {
    const halves = await Promise.all([
      ffmpeg("a.h264", "-t", "2", "-i", film, "-c:v", "copy", "-an", "-bsf:v", "h264_mp4toannexb"),
      ffmpeg(
        "b.h264",
        "-ss",
        "2",
        "-t",
        "2",
        "-i",
        film,
        "-vf",
        "scale=640:360",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-bf",
        "0",
        "-an",
      ),
    ]);
    await writeFile(join(folder, "both.h264"), Buffer.concat(await Promise.all(halves.map((path) => readFile(path)))));
    const path = await ffmpeg("both.mp4", "-framerate", "30", "-i", join(folder, "both.h264"), "-c", "copy");
    const { frames } = await readClip(path);
    expect(frames.length).toBe(120);
    expect(checkSequence(frames, FRAMES)).toMatchObject({ unreadable: 0, missing: 0, repeated: 0, jumps: [] });
  });
});

describe("film", () => {
  it("is read whole: keyframes with parameter sets, sound in step, a loop without a seam", async () => {
    const { frames, packets, durationUs, frameRate } = await readFilm(film);
    expect(frames).toHaveLength(FRAMES);
    expect(frameRate).toBe(SMALL_FILM.frameRate);
    expect(durationUs).toBe(SMALL_FILM.seconds * 1e6);
    expect(packets).toHaveLength(SMALL_FILM.seconds * 50);
    expect(packets?.[0]?.pts).toBe(-6500);
    expect(frames.filter((frame) => frame.key)).toHaveLength(SMALL_FILM.seconds / SMALL_FILM.keyframeSeconds);
    for (const frame of frames) expect(frame.data[4] === 0x67).toBe(frame.key);
  });
});
