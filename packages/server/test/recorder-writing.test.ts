/** Writing GOPs as segments into real folders: in order, bounded, and going on after the disk failed. */
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Gap, micros, type SegmentEntry, wallMs } from "@livekit-replay/contract";
import { describeSegment, type Gop, type Sample } from "@livekit-replay/media";
import { type Film, loadFilm, SMALL_FILM } from "@livekit-replay/peers";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../src/platform/ids.js";
import { type SegmentFiles, SessionWriting, type SessionWritingOptions } from "../src/recorders/writing/session.js";
import { SyncQueue } from "../src/store/sync-queue.js";
import { SessionWriter } from "../src/store/write.js";

const logger = { info: () => {}, warn: () => {}, error: () => {} };
const folder = { roomName: "studio", userId: "alice" };
let film: Film;
let root: string;
let syncs: SyncQueue;

beforeAll(async () => {
  film = await loadFilm(SMALL_FILM);
});
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "writing-"));
  syncs = new SyncQueue({ logger });
});
afterEach(async () => {
  await syncs.close();
  await rm(root, { recursive: true });
});

/** The film's GOP of that number, a second long, as a segment of a run without sound. */
function gopOf(number: number, run = 0): Gop {
  const keys = film.frames.flatMap((frame, index) => (frame.key ? [index] : []));
  const frames = film.frames.slice(keys[number], keys[number + 1]);
  const video: Sample[] = frames.map((frame, index) => ({
    pts: micros(frame.pts),
    duration: micros((frames[index + 1]?.pts ?? number * 1e6 + 1e6) - frame.pts),
    key: frame.key,
    data: frame.data,
  }));
  return {
    run,
    number,
    runReason: "start",
    format: { video: { kind: "h264", codec: "avc1.42c00d", width: film.width, height: film.height }, audio: null },
    startPts: micros(number * 1e6),
    endPts: micros(number * 1e6 + 1e6),
    startWall: wallMs(1_700_000_000_000 + number * 1_000),
    video,
    audio: [],
    gaps: [],
  };
}

interface Heard {
  readonly segments: SegmentEntry[];
  readonly gaps: Gap[];
  readonly health: [string, string | null][];
  readonly errors: unknown[];
}

function writingTo(
  files: SegmentFiles,
  limits: Pick<SessionWritingOptions, "maxWaiting" | "maxWaitingBytes"> = {},
): { writing: SessionWriting; heard: Heard } {
  const heard: Heard = { segments: [], gaps: [], health: [], errors: [] };
  const writing = new SessionWriting({
    files,
    events: {
      onSegment: (segment) => heard.segments.push(segment),
      onGap: (gap) => heard.gaps.push(gap),
      onHealth: (state, reason) => heard.health.push([state, reason]),
      onError: (error) => heard.errors.push(error),
    },
    ...limits,
  });
  return { writing, heard };
}

const openWriter = (maxPendingBytes?: number): Promise<SessionWriter> =>
  SessionWriter.open({ root, ...folder, sessionId: newId(), logger, syncs, ...(maxPendingBytes === undefined ? {} : { maxPendingBytes }) });

/** A disk that stands still until it is told to go on. */
class HeldFiles implements SegmentFiles {
  readonly #writer: SessionWriter;
  readonly #held = Promise.withResolvers<void>();

  constructor(writer: SessionWriter) {
    this.#writer = writer;
  }

  release(): void {
    this.#held.resolve();
  }

  async writeInit(run: number, bytes: Uint8Array): Promise<void> {
    await this.#held.promise;
    await this.#writer.writeInit(run, bytes);
  }

  async writeSegment(run: number, number: number, bytes: Uint8Array): Promise<void> {
    await this.#held.promise;
    await this.#writer.writeSegment(run, number, bytes);
  }

  async writeTail(captureId: string, bytes: Uint8Array): Promise<void> {
    await this.#held.promise;
    await this.#writer.writeTail(captureId, bytes);
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}

describe("writing a session", () => {
  it("announces each segment once it is on disk, and says what the file itself says", async () => {
    const writer = await openWriter();
    const { writing, heard } = writingTo(writer);
    for (const number of [0, 1, 2]) writing.add(gopOf(number));
    await writing.close();
    expect(heard.segments.map(({ number }) => number)).toEqual([0, 1, 2]);
    expect((await readdir(writer.folder)).sort()).toEqual(["init-0.mp4", "segment-0-0.m4s", "segment-0-1.m4s", "segment-0-2.m4s"]);
    for (const segment of heard.segments) {
      const { info } = describeSegment(await readFile(join(writer.folder, `segment-0-${segment.number}.m4s`)));
      const { headBytes: _head, packets: _packets, ...described } = info;
      expect(segment).toEqual({ ...described, gaps: [...described.gaps] });
    }
    expect(heard.health).toEqual([]);
  });

  it("writes a tail after the segments before it, with the init file of its run", async () => {
    const writer = await openWriter();
    const { writing, heard } = writingTo(writer);
    writing.add(gopOf(0));
    const captureId = newId();
    const entry = await writing.addTail(captureId, { gop: gopOf(1, 1), numbers: [1, 2], lastFrameWall: wallMs(0) });
    expect(heard.segments.map(({ number }) => number)).toEqual([0]);
    expect(entry).toMatchObject({ run: 1, number: 1, coversFrom: 1, coversTo: 2, frames: 30 });
    expect((await readdir(writer.folder)).sort()).toEqual(["init-0.mp4", "init-1.mp4", "segment-0-0.m4s", `tail-${captureId}.m4s`]);
    await writing.close();
  });

  it("drops whole segments while the disk stands still, says so, and goes on in order", async () => {
    const files = new HeldFiles(await openWriter());
    const { writing, heard } = writingTo(files, { maxWaiting: 2 });
    for (const number of [0, 1, 2, 3]) writing.add(gopOf(number));
    expect(heard.health).toEqual([["degraded", "Storage does not keep up: parts of the recording are missing"]]);
    expect(heard.gaps.map(({ fromMs, toMs, reason }) => [fromMs - 1_700_000_000_000, toMs - 1_700_000_000_000, reason])).toEqual([
      [2_000, 3_000, "disk"],
      [3_000, 4_000, "disk"],
    ]);
    files.release();
    await writing.settled();
    writing.add(gopOf(4));
    await writing.close();
    expect(heard.segments.map(({ number }) => number)).toEqual([0, 1, 4]);
    expect(heard.health.at(-1)).toEqual(["ok", null]);
    expect(writing.counts).toMatchObject({ segments: 3, dropped: 2 });
  });

  it("drops by bytes as well", async () => {
    const files = new HeldFiles(await openWriter());
    const { writing, heard } = writingTo(files, { maxWaitingBytes: 100 });
    writing.add(gopOf(0));
    expect(heard.health).toHaveLength(1);
    files.release();
    await writing.close();
  });

  it("says that storage is full, drops the segment and goes on when there is room", async () => {
    const large = gopOf(0);
    const small: Gop = {
      ...gopOf(1),
      video: gopOf(1)
        .video.slice(0, 1)
        .map((frame) => ({ ...frame, duration: micros(1e6) })),
    };
    const limit = large.video.reduce((sum, { data }) => sum + data.length, 0);
    const { writing, heard } = writingTo(await openWriter(limit));
    writing.add(large);
    await writing.settled();
    expect(heard.health).toEqual([["degraded", "Storage is full: parts of the recording are missing"]]);
    await expect(writing.addTail(newId(), { gop: large, numbers: [0], lastFrameWall: wallMs(0) })).rejects.toMatchObject({
      code: "disk_full",
    });
    writing.add(small);
    await writing.close();
    expect(heard.segments.map(({ number }) => number)).toEqual([1]);
    expect(heard.health.at(-1)).toEqual(["ok", null]);
    expect(heard.errors).toEqual([]);
  });

  it("survives a folder that is in the way, and gives the run its init file with the first segment that is kept", async () => {
    const writer = await openWriter();
    const { writing, heard } = writingTo(writer);
    await rename(writer.folder, `${writer.folder}.away`);
    await writeFile(writer.folder, "not a folder");
    writing.add(gopOf(0));
    await writing.settled();
    expect(heard.health).toEqual([["degraded", "A part of the recording could not be written"]]);
    expect(heard.errors).toHaveLength(1);
    await rm(writer.folder);
    await rename(`${writer.folder}.away`, writer.folder);
    writing.add(gopOf(1));
    await writing.close();
    expect((await readdir(writer.folder)).sort()).toEqual(["init-0.mp4", "segment-0-1.m4s"]);
    expect(heard.health.at(-1)).toEqual(["ok", null]);
  });
});
