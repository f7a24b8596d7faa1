/** What tests of the store work on: temporary roots, a clock that is stepped, small real segments (right in form, no pictures), a logger that remembers. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Gap, micros, millis, type WallMs, wallMs } from "@livekit-replay/contract";
import { muxInit, muxSegment, type RunReason, type Sample } from "@livekit-replay/media";
import { pictureParameterSet, sequenceParameterSet, syntheticPicture } from "@livekit-replay/media/testing";
import type { Clock } from "../src/platform/clock.js";
import type { Logger } from "../src/store/log.js";
import type { SessionFolder } from "../src/store/paths.js";
import { SyncQueue } from "../src/store/sync-queue.js";
import { SessionWriter } from "../src/store/write.js";

/** Where wall time begins in these tests. */
export const START = Date.UTC(2026, 10, 24, 14, 3, 45, 839);
/** A second in µs. */
export const SECOND = 1_000_000;
export const BUFFER = millis(12 * 60_000);
export const GRACE = millis(15 * 60_000);

/** The session of most tests; its names need escaping. */
export const SESSION: SessionFolder = { roomName: "Übung/../1", userId: "Alice", sessionId: "session-0000000001" };

/** A clock that stands still until it is told otherwise. */
export class SteppedClock implements Clock {
  at: number;

  constructor(at: number = START) {
    this.at = at;
  }

  now(): WallMs {
    return wallMs(this.at);
  }
}

/** Remembers what was logged. */
export class LogLines implements Logger {
  readonly lines: string[] = [];

  info(_fields: object, message: string): void {
    this.lines.push(`info ${message}`);
  }

  warn(_fields: object, message: string): void {
    this.lines.push(`warn ${message}`);
  }

  error(_fields: object, message: string): void {
    this.lines.push(`error ${message}`);
  }
}

/** A new empty folder and how to remove it. */
export async function tempRoot(): Promise<{ root: string; remove: () => Promise<void> }> {
  const root = await mkdtemp(path.join(tmpdir(), "replay-store-"));
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

const sets = [sequenceParameterSet({ width: 320, height: 180 }), pictureParameterSet()];
const format = { video: { kind: "h264", codec: "avc1.42e01f", width: 320, height: 180 }, audio: null } as const;

/** What a segment is like. Everything has a default: two seconds, ten frames, at the place that its number says. */
export interface SegmentOptions {
  readonly run?: number;
  readonly number?: number;
  readonly reason?: RunReason;
  /** Length in µs. */
  readonly length?: number;
  readonly startPts?: number;
  readonly startWall?: number;
  readonly frames?: number;
  /** Bytes of each frame. */
  readonly frameBytes?: number;
  readonly gaps?: readonly Gap[];
}

/** The bytes of a run's init file. */
export const initBytes = (): Promise<Uint8Array> => muxInit(format, syntheticPicture({ index: 0, key: true, sets }));

/** The bytes of a segment. */
export function segmentBytes(options: SegmentOptions = {}): Uint8Array {
  const { run = 0, number = 0, reason = "start", length = 2 * SECOND, frames = 10, frameBytes = 40, gaps = [] } = options;
  const { startPts = number * length, startWall = START + startPts / 1000 } = options;
  const each = length / frames;
  const video: Sample[] = Array.from({ length: frames }, (_, i) => ({
    pts: micros(startPts + i * each),
    duration: micros(each),
    key: i === 0,
    data: syntheticPicture({ index: number * frames + i, key: i === 0, size: frameBytes, sets }),
  }));
  return muxSegment({
    run,
    number,
    runReason: reason,
    format,
    startPts: micros(startPts),
    endPts: micros(startPts + length),
    startWall: wallMs(startWall),
    video,
    audio: [],
    gaps,
  });
}

/** A writer with its own queue of syncs, and how to end both. */
export async function openWriter(
  root: string,
  session: SessionFolder = SESSION,
): Promise<{ writer: SessionWriter; logger: LogLines; close: () => Promise<void> }> {
  const logger = new LogLines();
  const syncs = new SyncQueue({ logger });
  const writer = await SessionWriter.open({ root, ...session, logger, syncs });
  const close = async (): Promise<void> => {
    await writer.close();
    await syncs.close();
  };
  return { writer, logger, close };
}

/** Writes a run of segments of two seconds. */
export async function writeRun(writer: SessionWriter, count: number, options: SegmentOptions = {}): Promise<void> {
  const { run = 0 } = options;
  await writer.writeInit(run, await initBytes());
  for (let number = 0; number < count; number += 1) await writer.writeSegment(run, number, segmentBytes({ ...options, run, number }));
}

/** All files below a folder, as relative paths, sorted. */
export async function tree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
