/** Real VP8, VP9 and AV1 with Opus: received over a bad network, as flat MP4s and as WebM, judged by decoding them with FFmpeg. */
import { mkdtemp, open, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Micros, micros } from "@livekit-replay/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitOneFile, MixedCodecsError } from "../src/clip/codecs.js";
import { planFlat } from "../src/clip/flat.js";
import type { FlatStretch } from "../src/clip/parts.js";
import { verifyFlat } from "../src/clip/verify.js";
import { writeWebm, type WrittenWebm } from "../src/clip/webm.js";
import { cutSegment } from "../src/segment/cut.js";
import { describeInit } from "../src/segment/describe-init.js";
import { describeSegment } from "../src/segment/describe.js";
import type { Gop } from "../src/segment/gop.js";
import { gopFaults } from "../src/testing/index.js";
import { type MuxedRun, muxRun, stretchOf, withFile, writeFlat } from "./clip.js";
import type { WebKind } from "./encode.js";
import { complaints, decodeFrames, findClicks, probe } from "./judge.js";
import { receive } from "./publish.js";
import { gopsOf, makeStream, type RunOptions, steadyTimes, type TestStream } from "./stream.js";

const WALL = 1_790_000_000_000;
const kinds: readonly WebKind[] = ["vp8", "vp9", "av1"];
const codecs = { vp8: "vp8", vp9: "vp09.00.11.08", av1: "av01.0.00M.08" } as const;
let folder = "";
/** Of each codec: 3 s at 60 frames per second, a keyframe each second; and a second of twice the size, numbered from 5000. */
const small = new Map<WebKind, TestStream>();
const large = new Map<WebKind, TestStream>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "codecs-"));
  for (const kind of kinds) {
    small.set(kind, await makeStream({ kind, times: steadyTimes(180), end: 3_000_000, gop: 60 }));
    large.set(kind, await makeStream({ kind, times: steadyTimes(60), end: 1_000_000, firstNumber: 5000, gop: 60, scale: 2 }));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

const numbers = async (file: string): Promise<readonly number[]> => (await decodeFrames(file)).map(({ number }) => number);

function streamOf(streams: ReadonlyMap<WebKind, TestStream>, kind: WebKind): TestStream {
  const stream = streams.get(kind);
  if (!stream) throw new Error(`${kind} was not made`);
  return stream;
}

const mux = (stream: TestStream, options: Partial<RunOptions> = {}): Promise<MuxedRun> =>
  muxRun(gopsOf(stream, { run: 0, basePts: 7_000_003, startWall: WALL, ...options }));

async function writeRun(name: string, gops: readonly Gop[]): Promise<string> {
  const file = join(folder, name);
  const { init, segments } = await muxRun(gops);
  await writeFile(file, Buffer.concat([init, ...segments]));
  return file;
}

/** Writes a WebM as the store would: at the positions that are asked for. */
async function webm(
  name: string,
  stretches: readonly FlatStretch<Uint8Array>[],
  startPts: Micros,
): Promise<WrittenWebm & { readonly file: string }> {
  const file = join(folder, name);
  const handle = await open(file, "w");
  try {
    const written = await writeWebm({
      stretches,
      startPts,
      read: (ref, offset, length) => Promise.resolve(ref.subarray(offset, offset + length)),
      write: async (bytes, position) => void (await handle.write(bytes, 0, bytes.length, position)),
    });
    expect((await handle.stat()).size).toBe(written.sizeBytes);
    return { ...written, file };
  } finally {
    await handle.close();
  }
}

describe.each(kinds)("a share in %s", (kind) => {
  it("says its codec and size, in the stream and in the init", async () => {
    const { format } = streamOf(small, kind);
    expect(format).toEqual({ kind, codec: codecs[kind], width: 320, height: 180 });
    const { init } = await mux(streamOf(small, kind));
    expect(describeInit(init).format).toEqual({ video: format, audio: { kind: "opus", channels: 1, sampleRate: 48000 } });
  });

  for (const loss of [0, 0.03]) {
    it(`at ${loss * 100} % loss is decoded to every frame`, async () => {
      const { gops } = receive([[kind, streamOf(small, kind)]], loss);
      expect(gopFaults(gops)).toEqual([]);
      const file = await writeRun(`${kind}-${loss}.mp4`, gops);
      expect(await complaints(file)).toBe("");
      expect(await numbers(file)).toEqual(range(0, 180));
    });
  }

  it("goes on in its run when the size changes", async () => {
    const { gops } = receive(
      [
        [kind, streamOf(small, kind)],
        [kind, streamOf(large, kind)],
      ],
      0,
    );
    expect(new Set(gops.map(({ run }) => run))).toEqual(new Set([0]));
    const file = await writeRun(`${kind}-sizes.mp4`, gops);
    expect(await complaints(file)).toBe("");
    expect(await numbers(file)).toEqual([...range(0, 180), ...range(5000, 5060)]);
  });
});

describe.each(kinds)("a flat MP4 of %s", (kind) => {
  it("starts and ends with the exact frame, over runs of different sizes", async () => {
    const stream = streamOf(small, kind);
    const runs = [await mux(stream), await mux(streamOf(large, kind), { run: 1, reason: "reconnect", basePts: 5, sound: false })];
    expect(fitOneFile(runs.map(({ init }) => init))).toBe(true);
    const [first, second] = runs;
    if (!first || !second) throw new Error("there are two runs");
    const endPts = micros(5 + (streamOf(large, kind).frames[40]?.time ?? 0));
    const before = second.segments.filter((segment) => describeSegment(segment).info.startPts < endPts);
    const cut = before.map((segment, i) => (i < before.length - 1 ? segment : cutSegment(segment, { endPts, holdUntilPts: endPts })));
    const file = join(folder, `${kind}-flat.mp4`);
    const startPts = micros(7_000_003 + (stream.frames[47]?.time ?? 0));
    const plan = await writeFlat(file, [stretchOf(first), stretchOf({ init: second.init, segments: cut })], startPts);
    // Frames before the edit are decoded and not shown. FFmpeg 5.1 gives those of AV1 out all the same, at times before 0.
    const frames = (await decodeFrames(file)).filter(({ time }) => time >= 0);
    expect(frames.map(({ number }) => number)).toEqual([...range(47, 180), ...range(5000, 5040)]);
    expect(frames[0]?.time).toBe(0);
    expect(await complaints(file)).toBe("");
    expect((await probe(file)).streams.map(({ codec_name }) => codec_name)).toEqual([kind, "opus"]);
    const { size } = await stat(file);
    await withFile(file, (read) => verifyFlat(read, size, plan.expected));
  });
});

describe.each(kinds)("a WebM of %s", (kind) => {
  it("says where its first frame is, when that is no keyframe", async () => {
    const stream = streamOf(small, kind);
    const time = stream.frames[47]?.time ?? 0;
    const { file, startOffset, durationUs } = await webm(`${kind}-offset.webm`, [stretchOf(await mux(stream))], micros(7_000_003 + time));
    expect([startOffset, durationUs]).toEqual([time, 3_000_000 - time]);
    const frames = await decodeFrames(file);
    expect(frames.map(({ number }) => number)).toEqual(range(0, 180));
    expect(frames.find(({ number }) => number === 47)?.time).toBeCloseTo(startOffset / 1e6, 3);
    expect(await complaints(file)).toBe("");
    expect(Number((await probe(file)).format.duration)).toBeCloseTo(3, 2);
  });

  it("holds nothing in front of its first frame, when that is a keyframe, and keeps runs and their sound in step", async () => {
    const gops = gopsOf(streamOf(small, kind), { run: 0, basePts: 7_000_003, startWall: WALL });
    const [first, second, third] = gops;
    if (!first || !second || !third) throw new Error("there are three GOPs");
    // Two GOPs in one piece, as a tail has them: the start is the keyframe in its middle.
    const piece = { ...first, endPts: second.endPts, video: [...first.video, ...second.video], audio: [...first.audio, ...second.audio] };
    const joined = await muxRun([piece, third]);
    const quiet = await mux(streamOf(large, kind), { run: 1, reason: "reconnect", basePts: 5, sound: false });
    const { startPts } = second;
    const { file, startOffset, durationUs } = await webm(`${kind}-key.webm`, [stretchOf(joined, 300_000), stretchOf(quiet)], startPts);
    expect(startOffset).toBe(0);
    expect(durationUs / 1e6).toBeCloseTo(3.3, 1);
    const frames = await decodeFrames(file);
    expect(frames.map(({ number }) => number)).toEqual([...range(60, 180), ...range(5000, 5060)]);
    expect(await complaints(file)).toBe("");
    const flashes = frames.filter(({ flash, number }, i) => flash && number < 5000 && !frames[i - 1]?.flash).map(({ time }) => time);
    const clicks = await findClicks(file);
    expect(flashes.length).toBe(2);
    for (const flash of flashes) expect(Math.min(...clicks.map((click) => Math.abs(click - flash)))).toBeLessThan(0.01);
  });
});

describe("a change of codec", () => {
  it("on the same track begins a new run", () => {
    const { gops, receiver } = receive(
      [
        ["vp8", streamOf(small, "vp8")],
        ["av1", streamOf(small, "av1")],
        ["vp8", streamOf(small, "vp8")],
      ],
      0,
    );
    expect(gopFaults(gops)).toEqual([]);
    const runs = new Map(gops.map((gop) => [gop.run, gop]));
    expect([...runs.values()].map(({ runReason, format }) => [runReason, format.video.codec])).toEqual([
      ["start", "vp8"],
      ["format", "av01.0.00M.08"],
      ["format", "vp8"],
    ]);
    expect(receiver.stats()).toMatchObject({ frames: 540, framesDropped: 0, width: 320 });
  });

  it("makes one file impossible, and says so", async () => {
    const runs = [await mux(streamOf(small, "vp9")), await mux(streamOf(small, "av1"), { run: 1 })];
    expect(fitOneFile(runs.map(({ init }) => init))).toBe(false);
    const stretches = runs.map((run) => stretchOf(run));
    expect(() => planFlat(stretches, micros(7_000_003))).toThrow(MixedCodecsError);
    const write = (): Promise<void> => Promise.resolve();
    await expect(writeWebm({ stretches, startPts: micros(7_000_003), read: (ref) => Promise.resolve(ref), write })).rejects.toThrow(
      MixedCodecsError,
    );
  });
});

describe("a WebM that cannot be written", () => {
  it("fails with the error of what reads or writes", async () => {
    const stretches = [stretchOf(await mux(streamOf(small, "vp8")))];
    const startPts = micros(7_000_003);
    const read = (ref: Uint8Array): Promise<Uint8Array> => Promise.resolve(ref);
    const full = new Error("the disk is full");
    await expect(writeWebm({ stretches, startPts, read, write: () => Promise.reject(full) })).rejects.toThrow("the disk is full");
    const gone = (): Promise<Uint8Array> => Promise.reject(new Error("the segment is gone"));
    await expect(writeWebm({ stretches, startPts, read: gone, write: () => Promise.resolve() })).rejects.toThrow("the segment is gone");
  });
});
