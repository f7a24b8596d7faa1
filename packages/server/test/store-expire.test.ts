/** Two hours of recording, by the clock of the media: the disk stays flat, and the playlists are right at every step. */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Playlist, readPlaylist } from "@livekit-replay/media";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionBuffer } from "../src/store/buffer.js";
import { Buffers } from "../src/store/buffers.js";
import { Counters } from "../src/store/counters.js";
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

const LENGTH = 4 * SECOND;
const IN_WINDOW = BUFFER / (LENGTH / 1000);

let root: string;
let remove: () => Promise<void>;
let writer: SessionWriter;
let closeWriter: () => Promise<void>;
let buffers: Buffers;
let counters: Counters;
const logger = new LogLines();

beforeEach(async () => {
  ({ root, remove } = await tempRoot());
  ({ writer, close: closeWriter } = await openWriter(root));
  counters = new Counters();
  buffers = new Buffers({ root, bufferMs: BUFFER, clock: new SteppedClock(), logger, counters });
});
afterEach(async () => {
  await buffers.close();
  await closeWriter();
  await remove();
});

/** Bytes in use after a full collection. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  if (typeof gc !== "function") throw new Error("no gc");
  Reflect.apply(gc, undefined, []);
  return process.memoryUsage().heapUsed;
}

/** What a player that polls would object to. */
class Player {
  private readonly byNumber = new Map<number, string>();
  private target = 0;
  private joints = 0;

  look(playlist: Playlist, buffer: SessionBuffer, onDisk: ReadonlySet<string>): void {
    expect(playlist.segments.map(({ path: file }) => file)).toEqual(buffer.segments.map(({ file }) => file));
    expect(playlist.segments.every(({ path: file, map }) => onDisk.has(file) && map !== null && onDisk.has(map))).toBe(true);
    expect(playlist.targetSeconds).toBeGreaterThanOrEqual(
      Math.max(this.target, ...playlist.segments.map(({ duration }) => duration / SECOND)),
    );
    this.target = playlist.targetSeconds;
    for (const [i, { path: file }] of playlist.segments.entries()) {
      const known = this.byNumber.get(playlist.mediaSequence + i);
      if (known !== undefined) expect(file).toBe(known);
      this.byNumber.set(playlist.mediaSequence + i, file);
    }
    for (const number of this.byNumber.keys()) if (number < playlist.mediaSequence) this.byNumber.delete(number);
    expect(playlist.discontinuitySequence).toBeGreaterThanOrEqual(this.joints);
    this.joints = playlist.discontinuitySequence;
  }

  /** Joints that went by. */
  get jointsGone(): number {
    return this.joints;
  }
}

describe("two hours", () => {
  it("keep twelve minutes and a segment on disk, with playlists that are right at each step", { timeout: 120_000 }, async () => {
    const buffer = await buffers.open(SESSION);
    const player = new Player();
    const steps = 7200 / (LENGTH / SECOND);
    let wall = START;
    let atQuarter = 0;
    let longest = 0;
    for (let step = 0; step < steps; step += 1) {
      // A new run every ten minutes, after ten seconds without picture.
      const run = Math.floor(step / 150);
      const number = step % 150;
      if (number === 0) await writer.writeInit(run, await initBytes());
      if (number === 0 && run > 0) wall += 10_000;
      await writer.writeSegment(
        run,
        number,
        segmentBytes({ run, number, reason: run === 0 ? "start" : "silence", length: LENGTH, startWall: wall }),
      );
      wall += LENGTH / 1000;
      expect(await buffer.add({ run, number })).not.toBeNull();
      await buffer.settled();
      const onDisk = new Set(await readdir(buffer.folder));
      longest = Math.max(longest, onDisk.size);
      player.look(readPlaylist(await readFile(path.join(buffer.folder, "live.m3u8"), "utf8")), buffer, onDisk);
      if (step === steps / 4) atQuarter = heapUsed();
    }
    // Segments, the init files of at most three runs, two playlists.
    expect(longest).toBeLessThanOrEqual(IN_WINDOW + 1 + 3 + 2);
    expect(buffer.segments.length).toBeGreaterThanOrEqual(IN_WINDOW - 5);
    expect(buffer.window()).toMatchObject({ toMs: wall, fromMs: wall - BUFFER });
    expect(player.jointsGone).toBe(10);
    expect(heapUsed() - atQuarter).toBeLessThan(8_000_000);
    expect(counters.get("buffer_files_removed")).toBe(steps - buffer.segments.length + 10);
    expect(logger.lines).toEqual([]);
  });
});

describe("expiry", () => {
  it("goes on when a file cannot be removed, says so once, and removes it when it can", async () => {
    const buffer = await buffers.open(SESSION);
    await writeRun(writer, 362);
    // A folder under a segment's name cannot be unlinked, whoever asks.
    await rm(path.join(buffer.folder, "segment-0-0.m4s"));
    for (let number = 1; number < 361; number += 1) await buffer.add({ run: 0, number });
    await buffer.settled();
    const stuck = path.join(buffer.folder, "segment-0-1.m4s");
    await rm(stuck);
    await mkdir(stuck);
    await buffer.add({ run: 0, number: 361 });
    await writer.writeSegment(0, 362, segmentBytes({ number: 362 }));
    await writer.writeSegment(0, 363, segmentBytes({ number: 363 }));
    for (const number of [362, 363]) {
      await buffer.add({ run: 0, number });
      await buffer.settled();
    }
    expect(buffer.segments[0]?.file).toBe("segment-0-1.m4s");
    expect(buffer.segments[1]?.file).toBe("segment-0-4.m4s");
    expect(logger.lines.filter((line) => line.includes("could not be removed"))).toHaveLength(1);
    expect(counters.get("buffer_remove_failed")).toBeGreaterThan(1);
    await rm(stuck, { recursive: true });
    await buffers.sweep();
    expect(buffer.segments[0]?.file).toBe("segment-0-4.m4s");
  });

  it("counts back from the newest frame, not from now: an ended session keeps its minutes", async () => {
    const clock = new SteppedClock(START + 86_400_000);
    const late = new Buffers({ root, bufferMs: BUFFER, clock, logger, counters });
    await writeRun(writer, 10);
    const buffer = await late.open(SESSION);
    await late.sweep();
    expect(buffer.segments.length).toBe(10);
    await late.close();
  });

  it("keeps the init file of a run that has no segment yet, and removes it once a later run has one", async () => {
    const buffer = await buffers.open(SESSION);
    await writeRun(writer, 1);
    await writeRun(writer, 0, { run: 1 });
    await buffer.add({ run: 0, number: 0 });
    await buffers.sweep();
    expect(await readdir(buffer.folder)).toContain("init-1.mp4");
    await writeRun(writer, 1, { run: 2, startWall: START + 10_000 });
    await buffer.add({ run: 2, number: 0 });
    await buffers.sweep();
    expect((await readdir(buffer.folder)).filter((name) => name.startsWith("init"))).toEqual(["init-0.mp4", "init-2.mp4"]);
  });
});
