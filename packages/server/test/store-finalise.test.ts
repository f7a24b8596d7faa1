/** A clip's finished files: byte for byte as planned, or not there. */
import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { micros, wallMs } from "@livekit-replay/contract";
import { type FlatPlan, planFlat, verifyFlat } from "@livekit-replay/media";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Counters } from "../src/store/counters.js";
import { ClipFiles } from "../src/store/finalise.js";
import { clipsRoot, userPath } from "../src/store/paths.js";
import { Pins } from "../src/store/pin.js";
import { LogLines, openWriter, segmentBytes, SESSION, START, tempRoot, writeRun } from "./store-material.js";

const clip = { userId: "bob", key: "2026-11-24T14-03-45-839Z" };
const files = [0, 1, 2].map((number) => `segment-0-${number}.m4s`);
const never = async (): Promise<void> => {};
let root: string;
let remove: () => Promise<void>;
let pins: Pins;
let clips: ClipFiles;
let counters: Counters;

const owner = (): string => userPath(root, "bob");
const names = async (): Promise<string[]> => (await readdir(owner())).sort();

async function plan(): Promise<FlatPlan<string>> {
  const init = await pins.readFile(clip, "init-0.mp4");
  const segments = await Promise.all(files.map(async (ref) => ({ ref, ...(await pins.readHead(clip, ref)) })));
  return planFlat([{ init, segments, hold: micros(0) }], micros(200_000));
}

beforeEach(async () => {
  ({ root, remove } = await tempRoot());
  await mkdir(clipsRoot(root));
  const { writer, close } = await openWriter(root);
  await writeRun(writer, 3, { frameBytes: 300_000 });
  await close();
  counters = new Counters();
  pins = new Pins(root, new LogLines(), counters);
  clips = new ClipFiles(root, pins, counters);
  await pins.pin({
    userId: "bob",
    atMs: wallMs(START),
    from: SESSION,
    files: ["init-0.mp4", ...files],
    tail: null,
    playlist: "#EXTM3U\n",
  });
});
afterEach(() => remove());

describe("writing an MP4", () => {
  it("copies what was planned, lets it be verified, and then gives it its name", async () => {
    const planned = await plan();
    const seen: string[][] = [];
    const verify = async (read: (offset: number, length: number) => Promise<Uint8Array>, sizeBytes: number): Promise<void> => {
      seen.push(await names());
      await verifyFlat(read, sizeBytes, planned.expected);
    };
    const { sizeBytes } = await clips.writeMp4({ clip, plan: planned, verify });
    expect(sizeBytes).toBe(planned.sizeBytes);
    expect(seen).toEqual([[`${clip.key}.mp4.tmp`, `${clip.key}.pins`]]);
    expect(await names()).toEqual([`${clip.key}.mp4`, `${clip.key}.pins`]);
    const parts = planned.parts.map((part) =>
      part.kind === "bytes"
        ? part.bytes
        : segmentBytes({ number: files.indexOf(part.ref), frameBytes: 300_000 }).subarray(part.offset, part.offset + part.length),
    );
    expect(Buffer.concat([planned.head, ...parts]).equals(await readFile(path.join(owner(), `${clip.key}.mp4`)))).toBe(true);
    await clips.writeMp4({ clip, plan: planned, verify: never });
    expect(await clips.sizes(clip)).toMatchObject({ mp4: sizeBytes, poster: null });
  });

  it("leaves nothing when the verification says no, a pin is gone or shorter, or the plan is wrong", async () => {
    const planned = await plan();
    const no = new Error("not what was planned");
    await expect(clips.writeMp4({ clip, plan: planned, verify: () => Promise.reject(no) })).rejects.toBe(no);
    await expect(clips.writeMp4({ clip, plan: { ...planned, sizeBytes: 1 }, verify: never })).rejects.toThrow(TypeError);
    await expect(
      clips.writeMp4({ clip, plan: { ...planned, parts: [{ kind: "copy", ref: "../../x", offset: 0, length: 1 }] }, verify: never }),
    ).rejects.toThrow(TypeError);
    await truncate(path.join(owner(), `${clip.key}.pins`, "segment-0-1.m4s"), 1000);
    await expect(clips.writeMp4({ clip, plan: planned, verify: never })).rejects.toMatchObject({ code: "clip_not_found" });
    await rm(path.join(owner(), `${clip.key}.pins`, "segment-0-1.m4s"));
    await expect(clips.writeMp4({ clip, plan: planned, verify: never })).rejects.toMatchObject({ code: "clip_not_found" });
    expect(await names()).toEqual([`${clip.key}.pins`]);
    expect(counters.get("mp4s_failed")).toBe(5);
  });

  it("stops when it is told to", async () => {
    const planned = await plan();
    const stop = new AbortController();
    const reason = new Error("deleted");
    const writing = clips.writeMp4({ clip, plan: planned, verify: never, signal: stop.signal });
    stop.abort(reason);
    await expect(writing).rejects.toBe(reason);
    const whileVerifying = new AbortController();
    const verify = async (): Promise<void> => {
      whileVerifying.abort(reason);
      whileVerifying.signal.throwIfAborted();
    };
    await expect(clips.writeMp4({ clip, plan: planned, verify, signal: whileVerifying.signal })).rejects.toBe(reason);
    expect(await names()).toEqual([`${clip.key}.pins`]);
  });

  it("needs no more memory for a longer clip", { timeout: 60_000 }, async () => {
    const planned = await plan();
    const copies = planned.parts.filter((part) => part.kind === "copy");
    const parts = Array.from({ length: 40 }, () => copies).flat();
    const sizeBytes = planned.head.length + parts.reduce((sum, { length }) => sum + length, 0);
    await clips.writeMp4({ clip, plan: planned, verify: never });
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 2);
    await clips.writeMp4({ clip, plan: { head: planned.head, parts, sizeBytes }, verify: never });
    clearInterval(watch);
    expect(sizeBytes).toBeGreaterThan(300_000_000);
    expect(most - before).toBeLessThan(32_000_000);
  });
});

describe("a clip that is removed", () => {
  it("is gone with everything, once or twice, and gets no file any more", async () => {
    const planned = await plan();
    await clips.writeMp4({ clip, plan: planned, verify: never });
    await clips.writePoster(clip, Uint8Array.of(1, 2, 3));
    await writeFile(path.join(owner(), `${clip.key}.jpg.tmp`), "x");
    expect(await clips.sizes(clip)).toMatchObject({ poster: 3 });
    await clips.remove(clip);
    await clips.remove(clip);
    expect(await names()).toEqual([]);
    expect(await clips.sizes(clip)).toEqual({ mp4: null, aac: null, poster: null, pins: null });
    await expect(clips.writePoster(clip, Uint8Array.of(1))).rejects.toMatchObject({ code: "clip_not_found" });
    await expect(clips.writeMp4({ clip, plan: { head: Uint8Array.of(1), parts: [], sizeBytes: 1 }, verify: never })).rejects.toMatchObject({
      code: "clip_not_found",
    });
    expect(await names()).toEqual([]);
  });

  it("waits for an MP4 that is being written, so that none comes after it", async () => {
    const planned = await plan();
    const order: string[] = [];
    const writing = clips.writeMp4({ clip, plan: planned, verify: never }).then(() => order.push("written"));
    const removing = clips.remove(clip).then(() => order.push("removed"));
    const poster = clips.writePoster(clip, Uint8Array.of(1)).catch((error: unknown) => error);
    await Promise.all([writing, removing]);
    expect(order).toEqual(["written", "removed"]);
    expect(await poster).toMatchObject({ code: "clip_not_found" });
    expect(await names()).toEqual([]);
  });

  it("of nobody is nothing", async () => {
    await clips.remove({ userId: "Nobody at all", key: clip.key });
    expect(await readdir(clipsRoot(root))).toEqual(["bob"]);
  });

  it("tries all files before it says what went wrong", async () => {
    await clips.writeMp4({ clip, plan: await plan(), verify: never });
    await mkdir(path.join(owner(), `${clip.key}.jpg`));
    await expect(clips.remove(clip)).rejects.toMatchObject({ syscall: "unlink" });
    expect(await names()).toEqual([`${clip.key}.jpg`]);
  });
});
