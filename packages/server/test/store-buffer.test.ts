/** The index of a buffer: a cache of its folder, whatever lies in it. */
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { readPlaylist } from "@livekit-replay/media";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionBuffer } from "../src/store/buffer.js";
import { Buffers } from "../src/store/buffers.js";
import { Counters } from "../src/store/counters.js";
import { sessionPath } from "../src/store/paths.js";
import type { SessionWriter } from "../src/store/write.js";
import {
  BUFFER,
  initBytes,
  LogLines,
  openWriter,
  SECOND,
  segmentBytes,
  SESSION,
  START,
  SteppedClock,
  tempRoot,
  writeRun,
} from "./store-material.js";

let root: string;
let remove: () => Promise<void>;
let writer: SessionWriter;
let closeWriter: () => Promise<void>;
const logger = new LogLines();
const clock = new SteppedClock();
let counters: Counters;
let buffers: Buffers;

const names = (buffer: SessionBuffer): string[] => buffer.segments.map(({ file }) => file);
const playlist = async (buffer: SessionBuffer, name: string): Promise<ReturnType<typeof readPlaylist>> =>
  readPlaylist(await readFile(path.join(buffer.folder, name), "utf8"));
const newBuffers = (): Buffers => new Buffers({ root, bufferMs: BUFFER, clock, logger, counters });

beforeEach(async () => {
  ({ root, remove } = await tempRoot());
  ({ writer, close: closeWriter } = await openWriter(root));
  counters = new Counters();
  buffers = newBuffers();
});
afterEach(async () => {
  await buffers.close();
  await closeWriter();
  await remove();
});

describe("a buffer", () => {
  it("lists what is announced, in order, and writes playlists after each segment", async () => {
    const buffer = await buffers.open(SESSION);
    expect(buffer.window()).toBeNull();
    await writeRun(writer, 3);
    const added = await Promise.all([0, 1, 2].map((number) => buffer.add({ run: 0, number })));
    expect(added.map((segment) => segment?.file)).toEqual(names(buffer));
    expect(buffer.window()).toEqual({
      fromMs: START,
      toMs: START + 6000,
      gaps: [],
      sizeBytes: (await initBytes()).length + 3 * segmentBytes().length,
    });
    await buffer.settled();
    for (const name of ["live.m3u8", "full.m3u8"]) {
      const written = await playlist(buffer, name);
      expect(written.segments.map(({ path: file, map }) => [file, map])).toEqual(names(buffer).map((file) => [file, "init-0.mp4"]));
      expect(written.ended).toBe(false);
    }
    expect(buffers.get(SESSION.sessionId)).toBe(buffer);
    expect(await buffers.open(SESSION)).toBe(buffer);
  });

  it("sees the same after a restart, and its playlists go on where they were", async () => {
    const buffer = await buffers.open(SESSION);
    await writeRun(writer, 370);
    for (let number = 0; number < 370; number += 1) await buffer.add({ run: 0, number });
    await buffer.settled();
    const before = { segments: buffer.segments, window: buffer.window(), live: await playlist(buffer, "live.m3u8") };
    expect(before.live.mediaSequence).toBe(10);
    const again = newBuffers();
    const reopened = await again.open(SESSION);
    await reopened.settled();
    expect(reopened.segments).toEqual(before.segments);
    expect(reopened.window()).toEqual(before.window);
    await writer.writeSegment(0, 370, segmentBytes({ number: 370 }));
    await reopened.add({ run: 0, number: 370 });
    await reopened.settled();
    expect(await playlist(reopened, "live.m3u8")).toMatchObject({ mediaSequence: 11, segments: { length: 360 } });
    await again.close();
  });

  it("puts runs in order, marks joints, and says the next run's number from the folder", async () => {
    const buffer = await buffers.open(SESSION);
    expect(await buffer.nextRun()).toBe(0);
    await writeRun(writer, 2);
    await writeRun(writer, 1, { run: 2, reason: "reconnect", startPts: 0, startWall: START + 10_000 });
    await buffer.add({ run: 2, number: 0 });
    await buffer.add({ run: 0, number: 1 });
    await buffer.add({ run: 0, number: 0 });
    expect(names(buffer)).toEqual(["segment-0-0.m4s", "segment-0-1.m4s", "segment-2-0.m4s"]);
    expect(buffer.window()?.gaps).toEqual([{ fromMs: START + 4000, toMs: START + 10_000, reason: "reconnect" }]);
    await buffer.settled();
    expect((await playlist(buffer, "live.m3u8")).segments.map(({ discontinuity }) => discontinuity)).toEqual([false, false, true]);
    await writeFile(path.join(buffer.folder, "segment-7-3.m4s"), "not whole");
    expect(await buffer.nextRun()).toBe(8);
  });

  it("gives playlists an end, and takes it away again", async () => {
    const buffer = await buffers.open(SESSION);
    await writeRun(writer, 1);
    await buffer.add({ run: 0, number: 0 });
    buffer.setEnded(true);
    await buffer.settled();
    expect((await playlist(buffer, "live.m3u8")).ended).toBe(true);
    expect(buffer.playlists.full?.ended).toBe(true);
    buffer.setEnded(false);
    await buffer.settled();
    expect((await playlist(buffer, "full.m3u8")).ended).toBe(false);
  });

  it("answers null for a segment that is not there, not whole, or without its init file, and goes on", async () => {
    const buffer = await buffers.open(SESSION);
    await writer.writeSegment(0, 0, segmentBytes());
    expect(await buffer.add({ run: 0, number: 0 })).toBeNull();
    await writer.writeInit(0, await initBytes());
    await writer.writeSegment(0, 1, segmentBytes({ number: 1 }).subarray(0, 200));
    await writer.writeSegment(0, 2, segmentBytes({ number: 7 }));
    for (const number of [1, 2, 9]) expect(await buffer.add({ run: 0, number })).toBeNull();
    expect(await buffer.add({ run: 0, number: 0 })).not.toBeNull();
    expect(counters.get("segments_unreadable")).toBe(4);
    expect(names(buffer)).toEqual(["segment-0-0.m4s"]);
  });

  it("reads tails and whole segments, and says when they are gone", async () => {
    const buffer = await buffers.open(SESSION);
    await writeRun(writer, 1);
    const segment = await buffer.add({ run: 0, number: 0 });
    await writer.writeTail("capture-000000000001", segmentBytes({ number: 1, frames: 3, length: SECOND, startPts: 2 * SECOND }));
    const tail = await buffer.tail("capture-000000000001");
    expect(tail).toMatchObject({ file: "tail-capture-000000000001.m4s", number: 1, frames: 3 });
    expect((await buffer.describe(tail)).video.count).toBe(3);
    if (segment === null) throw new Error("the segment was not listed");
    expect(Buffer.from(await buffer.read(segment)).equals(segmentBytes())).toBe(true);
    expect((await buffer.runInfo(0)).format.video.codec).toBe("avc1.42e01f");
    await buffer.removeTail("capture-000000000001");
    await expect(buffer.tail("capture-000000000001")).rejects.toMatchObject({ code: "no_segments" });
    await expect(buffer.runInfo(5)).rejects.toMatchObject({ code: "no_segments" });
    await rm(path.join(buffer.folder, segment.file));
    await expect(buffer.describe(segment)).rejects.toMatchObject({ code: "no_segments" });
    await buffer.removeTail("capture-000000000001");
  });
});

describe("a folder with hostile files", () => {
  it("is read, and everything that is not ours or not whole is named and left alone", async () => {
    await writeRun(writer, 3);
    const at = (name: string): string => path.join(writer.folder, name);
    await truncate(at("segment-0-1.m4s"), 300);
    await writeFile(at("segment-0-3.m4s"), "");
    await writeFile(at("segment-0-4.m4s"), Buffer.alloc(100_000, 0xff));
    await symlink("/etc/passwd", at("segment-0-5.m4s"));
    await mkdir(at("segment-0-6.m4s"));
    execFileSync("mkfifo", [at("segment-0-7.m4s")]);
    await writeFile(at("segment-1-0.m4s"), segmentBytes({ run: 1 }));
    await writeFile(at("init-2.mp4"), "no init");
    await writeFile(at("notes.txt"), "hello");
    const before = (await readdir(writer.folder)).sort();
    const buffer = await buffers.open(SESSION);
    await buffer.settled();
    expect(names(buffer)).toEqual(["segment-0-0.m4s", "segment-0-2.m4s"]);
    expect(buffer.window()?.gaps).toEqual([{ fromMs: START + 2000, toMs: START + 4000, reason: "disk" }]);
    expect(buffer.strays.map(({ file }) => file).sort()).toEqual(
      [...[1, 3, 4, 5, 6, 7].map((n) => `segment-0-${n}.m4s`), "segment-1-0.m4s", "init-2.mp4", "notes.txt"].sort(),
    );
    expect((await readdir(writer.folder)).sort()).toEqual([...before, "full.m3u8", "live.m3u8"].sort());
    await buffers.sweep();
    expect((await readdir(writer.folder)).length).toBe(before.length + 2);
  });

  it("with random bytes under our names, never throws", async () => {
    const good = segmentBytes({ number: 0 });
    for (let number = 0; number < 60; number += 1) {
      const bytes = Buffer.from(good);
      for (let i = 0; i < 3; i += 1) bytes[(number * 31 + i * 17) % bytes.length] = (number * 7 + i) % 256;
      await writeFile(path.join(writer.folder, `segment-0-${number}.m4s`), bytes);
    }
    await writer.writeInit(0, await initBytes());
    const buffer = await buffers.open(SESSION);
    expect(buffer.segments.length + buffer.strays.length).toBe(60);
  });

  it("a broken playlist begins anew", async () => {
    await writeRun(writer, 1);
    await writeFile(path.join(writer.folder, "live.m3u8"), "#EXTM3U\n#EXT-X-TARGETDURATION:x\n");
    const buffer = await buffers.open(SESSION);
    await buffer.settled();
    expect((await playlist(buffer, "live.m3u8")).mediaSequence).toBe(0);
    expect(counters.get("playlist_unreadable")).toBe(1);
  });
});

describe("sweeping", () => {
  it("finds what was never announced, forgets what is gone, and removes leftovers by age", async () => {
    const buffer = await buffers.open(SESSION);
    clock.at = Date.now();
    await writeRun(writer, 3, { startWall: clock.at - 60_000 });
    await buffer.add({ run: 0, number: 0 });
    await rm(path.join(buffer.folder, "segment-0-0.m4s"));
    await writer.writeTail("capture-000000000001", segmentBytes());
    await writer.writeTail("capture-000000000002", segmentBytes());
    for (const name of ["segment-0-9.m4s.tmp", "segment-0-8.m4s.tmp"]) await writeFile(path.join(buffer.folder, name), "x");
    const old = (seconds: number): Date => new Date(clock.at - seconds * 1000);
    await utimes(path.join(buffer.folder, "tail-capture-000000000001.m4s"), old(61), old(61));
    await utimes(path.join(buffer.folder, "segment-0-9.m4s.tmp"), old(3601), old(3601));
    expect(await buffers.sweep()).toEqual({ sessions: 1, failed: 0 });
    expect(names(buffer)).toEqual(["segment-0-1.m4s", "segment-0-2.m4s"]);
    expect((await readdir(buffer.folder)).sort()).toEqual([
      "full.m3u8",
      "init-0.mp4",
      "live.m3u8",
      "segment-0-1.m4s",
      "segment-0-2.m4s",
      "segment-0-8.m4s.tmp",
      "tail-capture-000000000002.m4s",
    ]);
  });

  it("waits for a capture that has the session to itself", async () => {
    const buffer = await buffers.open(SESSION);
    await writeRun(writer, 400);
    const inside = Promise.withResolvers<void>();
    const capture = buffer.exclusive(async () => {
      await inside.promise;
      return readdir(buffer.folder);
    });
    for (let number = 0; number < 400; number += 1) await buffer.add({ run: 0, number });
    await buffer.upToDate();
    expect(buffer.segments.length).toBe(400);
    inside.resolve();
    expect((await capture).filter((name) => name.endsWith(".m4s")).length).toBe(400);
    await buffer.settled();
    expect(buffer.segments.length).toBe(360);
  });
});

describe("forgetting and removing", () => {
  it("forgets from an instant on, or everything, and the session goes on", async () => {
    const buffer = await buffers.open(SESSION);
    await writeRun(writer, 5);
    for (let number = 0; number < 5; number += 1) await buffer.add({ run: 0, number });
    expect(await buffers.forget(SESSION, START + 5000)).toMatchObject({ files: 3, failed: 0 });
    expect(names(buffer)).toEqual(["segment-0-0.m4s", "segment-0-1.m4s"]);
    expect((await playlist(buffer, "live.m3u8")).segments.length).toBe(2);
    expect(await buffers.forget(SESSION, null)).toMatchObject({ files: 2 });
    expect(buffer.window()).toBeNull();
    await writer.writeSegment(0, 5, segmentBytes({ number: 5 }));
    await buffer.add({ run: 0, number: 5 });
    expect(names(buffer)).toEqual(["segment-0-5.m4s"]);
  });

  it("forgets what cannot be played too, when it may be later than the instant", async () => {
    const buffer = await buffers.open(SESSION);
    await writeRun(writer, 3);
    for (let number = 0; number < 3; number += 1) await buffer.add({ run: 0, number });
    // A run whose init file is lost: nothing of it is listed, and it was recorded after all that is.
    await writer.writeSegment(1, 3, segmentBytes({ number: 3, run: 1 }));
    const lost = path.join(buffer.folder, "segment-1-3.m4s");
    const end = (START + 7000) / 1000;
    await utimes(lost, end, end);
    expect(await buffers.forget(SESSION, START + 8000)).toMatchObject({ files: 0, failed: 0, span: null });
    expect(await readdir(buffer.folder)).toContain("segment-1-3.m4s");
    expect(await buffers.forget(SESSION, START + 6500)).toMatchObject({ files: 0, failed: 0, span: null });
    expect(await readdir(buffer.folder)).not.toContain("segment-1-3.m4s");
    expect(names(buffer)).toHaveLength(3);
  });

  it("removes a session's folder with everything in it, and parents that are empty then", async () => {
    await writeRun(writer, 2);
    await writeFile(path.join(writer.folder, "notes.txt"), "hello");
    await symlink("/etc", path.join(writer.folder, "link"));
    const other = { ...SESSION, sessionId: "session-0000000002" };
    await mkdir(sessionPath(root, other));
    await buffers.open(SESSION);
    expect(await buffers.remove(SESSION)).toMatchObject({ files: 7, failed: 0 });
    expect(buffers.get(SESSION.sessionId)).toBeNull();
    expect(await readdir(path.dirname(writer.folder))).toEqual([other.sessionId]);
    await buffers.remove(other);
    await buffers.remove(other);
    expect(await readdir(path.join(root, "replay-buffer"))).toEqual([]);
    expect((await readdir("/etc")).length).toBeGreaterThan(0);
  });

  it("leaves folders inside a session's folder alone, and says so", async () => {
    await mkdir(path.join(writer.folder, "inner"));
    await writeFile(path.join(writer.folder, "inner", "precious"), "x");
    await writeRun(writer, 1);
    expect(await buffers.remove(SESSION)).toMatchObject({ files: 2, failed: 1 });
    expect(await readdir(writer.folder)).toEqual(["inner"]);
    expect(logger.lines).toContain("error a folder inside a session's folder is none of ours and stays");
  });
});
