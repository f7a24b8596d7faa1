/** The judge of exactness must miss nothing: a frame too early, too late, lost or strange. */
import { micros, millis, rtpTicks, wallMs } from "@livekit-replay/contract";
import { describe, expect, it } from "vitest";
import type { FrameReading } from "../judge/read.js";
import { FrameLog, type SentFrame } from "../publish/frame-log.js";
import { seededRandom } from "../random/seeded.js";
import { planCaptures } from "./plan.js";
import { followRuns, judgeRuns } from "./runs.js";
import { judgeFirst, judgeLast, type Way } from "./verdict.js";

const FRAME_MS = 20;
const CLEAN: Way = { delayMs: 0, lossy: false };
const sentAt = (due: number): SentFrame => ({ index: 0, number: 0, timestamp: rtpTicks(0), due: wallMs(due), sent: wallMs(due) });
const frames = (...numbers: (number | null)[]): FrameReading[] =>
  numbers.map((number, index) => ({ pts: micros(index), number, flash: false }));

describe("first and last frame", () => {
  const first = (due: number): boolean =>
    judgeFirst({ asked: { from: wallMs(1000), to: wallMs(2000), press: true }, way: CLEAN, frameMs: FRAME_MS }, sentAt(due)).ok;
  const last = (due: number, press: boolean): boolean =>
    judgeLast({ asked: { from: wallMs(1000), to: wallMs(2000), press }, way: CLEAN, frameMs: FRAME_MS }, sentAt(due)).ok;

  it("takes only the last frame at or before the start", () => {
    expect([970, 985, 1000, 1010].map(first)).toEqual([false, true, true, false]);
    expect(judgeFirst({ asked: { from: wallMs(0), to: wallMs(1), press: true }, way: CLEAN, frameMs: FRAME_MS }, null).ok).toBe(false);
  });

  it("takes an end from the press to 250 ms and a frame after it", () => {
    expect([1980, 2000, 2200, 2268, 2290].map((due) => last(due, true))).toEqual([false, true, true, true, false]);
  });

  it("takes only the first frame at or after the end of a range", () => {
    expect([1980, 2000, 2015, 2040].map((due) => last(due, false))).toEqual([false, true, true, false]);
  });

  it("counts the way of the packets", () => {
    const expected = {
      asked: { from: wallMs(1000), to: wallMs(2000), press: true },
      way: { delayMs: 100, lossy: false },
      frameMs: FRAME_MS,
    };
    expect(judgeFirst(expected, sentAt(895)).ok).toBe(true);
    expect(judgeFirst(expected, sentAt(995)).ok).toBe(false);
  });
});

describe("runs", () => {
  const sent = [
    [0, 1, 2, 3],
    [0, 1, 2],
    [0, 1, 2, 3],
  ];

  it("follows every frame of every run", () => {
    const reading = followRuns(frames(2, 3, 0, 1, 2, 0, 1), sent, 2);
    expect(reading).toEqual({ missing: 0, strange: 0, runs: 3, leftOver: 2 });
    expect(judgeRuns(reading, 3).every(({ ok }) => ok)).toBe(true);
  });

  it("finds what is missing, and what was never sent", () => {
    expect(followRuns(frames(2, 0, 1, 2, 0, 1), sent, 2)).toMatchObject({ missing: 1, strange: 0 });
    expect(followRuns(frames(2, 3, 9, 0, 1, 2, null, 0), sent, 2)).toMatchObject({ missing: 0, strange: 2 });
    expect(judgeRuns(followRuns(frames(2, 3), sent, 2), 3).map(({ ok }) => ok)).toEqual([true, false]);
  });
});

describe("plan", () => {
  const options = { captures: 20, recordingMs: millis(660_000), minutes: [1, 2, 5, 10], maxSeconds: 300 };

  it("is the same for the same seed, in order, and asks only for what was recorded", () => {
    const plan = planCaptures({ ...options, random: seededRandom(5) });
    expect(plan).toEqual(planCaptures({ ...options, random: seededRandom(5) }));
    expect(plan).not.toEqual(planCaptures({ ...options, random: seededRandom(6) }));
    expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(["minutes", "seconds", "range"]));
    for (const [index, { at, length, back }] of plan.entries()) {
      expect(at).toBeGreaterThanOrEqual(plan[index - 1]?.at ?? 0);
      expect(at - length - back).toBeGreaterThanOrEqual(4000);
      expect(at).toBeLessThanOrEqual(options.recordingMs);
    }
  });
});

describe("FrameLog", () => {
  it("finds frames by their instant and by their number, and forgets the oldest", () => {
    const log = new FrameLog();
    expect(log.lastDue(wallMs(5))).toBeNull();
    const total = 72_100;
    for (let index = 0; index < total; index += 1)
      log.add({ number: index % 1000, timestamp: rtpTicks(index), due: wallMs(index * FRAME_MS), sent: wallMs(index * FRAME_MS) });
    expect(log.at(99)).toBeNull();
    expect(log.at(100)?.number).toBe(100);
    expect(log.lastDue(wallMs(50_000 * FRAME_MS + 5))?.index).toBe(50_000);
    expect(log.lastDue(wallMs(0))).toBeNull();
    expect(log.nearest(7, wallMs(50_010 * FRAME_MS), 8000)?.index).toBe(50_007);
    expect(log.nearest(700, wallMs(50_010 * FRAME_MS), 1000)).toBeNull();
  });
});
