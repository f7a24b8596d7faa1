/** Ranges of wall time against buffers of every kind. Segments last 2 s with frames every 100 ms; runs begin at 5 s, 10 s, … of media time. */
import { millis, wallMs } from "@livekit-replay/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutAt, type SyntheticSegment, syntheticRuns, syntheticSegment } from "../../test/synthetic.js";
import type { SegmentInfo } from "../segment/info.js";
import { type ClipPlan, type EmptyPlan, planClip } from "./plan.js";

const WALL = 1_790_000_000_000;

interface Indexed extends SegmentInfo {
  readonly source: SyntheticSegment;
}

const index = (segments: readonly SyntheticSegment[]): readonly Indexed[] => segments.map((source) => ({ ...source.info, source }));

/** Times in ms from the first frame of the buffer. */
const plan = (segments: readonly SyntheticSegment[], fromMs: number, toMs: number | null): Promise<ClipPlan<Indexed> | EmptyPlan> =>
  planClip(index(segments), { fromMs: wallMs(WALL + fromMs), toMs: toMs === null ? null : wallMs(WALL + toMs) }, ({ source }) => source);

async function clip(segments: readonly SyntheticSegment[], fromMs: number, toMs: number | null): Promise<ClipPlan<Indexed>> {
  const found = await plan(segments, fromMs, toMs);
  if (found.kind === "empty") throw new Error("the plan is empty");
  return found;
}

const numbers = ({ stretches }: ClipPlan<Indexed>): readonly string[] =>
  stretches.map(({ segments }) => segments.map(({ run, number }) => `${run}.${number}`).join(" "));

const summary = (found: ClipPlan<Indexed>): object => ({
  segments: numbers(found),
  startPts: found.startPts,
  cut: found.cut?.endPts ?? null,
  ms: [found.startsAtMs - WALL, found.endsAtMs - WALL, found.durationMs],
});

describe("planning in one run", () => {
  const five = syntheticRuns([5], 0);

  it("starts with the last frame at or before, and ends after the first at or after", async () => {
    expect(summary(await clip(five, 2550, 6310))).toEqual({
      segments: ["0.1 0.2 0.3"],
      startPts: 7_500_000,
      cut: 11_500_000,
      ms: [2500, 6500, 4000],
    });
  });

  it("takes a frame at exactly the instants asked for", async () => {
    expect(summary(await clip(five, 2500, 6300))).toEqual({
      segments: ["0.1 0.2 0.3"],
      startPts: 7_500_000,
      cut: 11_400_000,
      ms: [2500, 6400, 3900],
    });
  });

  it("takes a segment's first frame at its boundary, and one more when the end lies behind the last frame of a segment", async () => {
    expect(summary(await clip(five, 2000, 3950))).toEqual({
      segments: ["0.1 0.2"],
      startPts: 7_000_000,
      cut: 9_100_000,
      ms: [2000, 4100, 2100],
    });
  });

  it("cuts nothing when the last frame is a segment's last", async () => {
    expect(summary(await clip(five, 0, 3900))).toEqual({ segments: ["0.0 0.1"], startPts: 5_000_000, cut: null, ms: [0, 4000, 4000] });
  });

  it("ends with the newest segment for a capture now", async () => {
    expect(summary(await clip(five, 7010, null))).toEqual({
      segments: ["0.3 0.4"],
      startPts: 12_000_000,
      cut: null,
      ms: [7000, 10_000, 3000],
    });
  });

  it("gives the whole buffer when more is asked", async () => {
    expect(summary(await clip(five, -60_000, 60_000))).toEqual({
      segments: ["0.0 0.1 0.2 0.3 0.4"],
      startPts: 5_000_000,
      cut: null,
      ms: [0, 10_000, 10_000],
    });
  });

  it("ends with a tail", async () => {
    const last = five[4];
    if (!last) throw new Error("no segment");
    const tail = cutAt(last, 13_700_000);
    expect(summary(await clip([...five.slice(0, 4), tail], 7000, null))).toEqual({
      segments: ["0.3 0.4"],
      startPts: 12_000_000,
      cut: null,
      ms: [7000, 8700, 1700],
    });
  });

  it("finds nothing where nothing is", async () => {
    expect(await plan([], 0, null)).toEqual({ kind: "empty" });
    expect(await plan(five, -5000, -1)).toEqual({ kind: "empty" });
    expect(await plan(five, 10_000, 11_000)).toEqual({ kind: "empty" });
    await expect(plan(five, 5, 5)).rejects.toThrow(TypeError);
  });

  it("is never shorter than asked when the buffer has it, and by at most a frame at each end longer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(9998), fc.nat(9998), async (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b) + 1];
        const found = await clip(five, from, to);
        expect(found.startsAtMs - WALL).toBeLessThanOrEqual(from);
        expect(found.startsAtMs - WALL).toBeGreaterThan(from - 100);
        expect(found.endsAtMs - WALL).toBeGreaterThanOrEqual(Math.min(to, 10_000));
        expect(found.endsAtMs - WALL).toBeLessThan(to + 200);
        expect(found.durationMs).toBe(found.endsAtMs - found.startsAtMs);
      }),
    );
  });
});

describe("planning over runs", () => {
  const two = syntheticRuns([2, 2], 5000, { reason: "reconnect" });

  it("leaves out a long gap and lists it", async () => {
    const found = await clip(two, 1000, 12_000);
    expect(summary(found)).toEqual({ segments: ["0.0 0.1", "1.0 1.1"], startPts: 6_000_000, cut: 13_100_000, ms: [1000, 12_100, 6100] });
    expect(found.gaps).toEqual([{ fromMs: WALL + 4000, toMs: WALL + 9000, reason: "reconnect" }]);
    expect(found.stretches.map(({ hold }) => hold)).toEqual([0, 0]);
  });

  it("holds the last frame over a short one", async () => {
    const found = await clip(syntheticRuns([1, 1], 700, { reason: "format" }), 0, null);
    expect(found.stretches.map(({ hold }) => hold)).toEqual([700_000, 0]);
    expect(found.durationMs).toBe(4700);
    expect(found.gaps).toEqual([{ fromMs: WALL + 2000, toMs: WALL + 2700, reason: "format" }]);
  });

  it("starts behind a gap that the range begins in, and ends before one that it ends in", async () => {
    const found = await clip(two, 6000, 12_900);
    expect(summary(found)).toEqual({ segments: ["1.0 1.1"], startPts: 10_000_000, cut: null, ms: [9000, 13_000, 4000] });
    expect(found.gaps).toEqual([{ fromMs: WALL + 6000, toMs: WALL + 9000, reason: "reconnect" }]);
    expect(summary(await clip(two, 3000, 6000))).toEqual({ segments: ["0.1"], startPts: 8_000_000, cut: null, ms: [3000, 4000, 1000] });
    expect(await plan(two, 5000, 6000)).toEqual({ kind: "empty" });
  });

  it("treats a missing segment of a run as a joint, by the full disk", async () => {
    const [first, , third] = syntheticRuns([3], 0);
    if (!first || !third) throw new Error("no segments");
    const found = await clip([first, third], 0, null);
    expect(numbers(found)).toEqual(["0.0", "0.2"]);
    expect(found.gaps).toEqual([{ fromMs: WALL + 2000, toMs: WALL + 4000, reason: "disk" }]);
  });

  it("lists gaps inside segments, clipped to the range", async () => {
    const source = syntheticSegment({});
    const info = {
      ...source.info,
      gaps: [
        { fromMs: WALL + 100, toMs: WALL + 300, reason: "loss" as const },
        { fromMs: WALL + 1200, toMs: WALL + 1700, reason: "mute" as const },
      ],
    };
    const found = await clip([{ ...source, info }], 250, 1450);
    expect(found.gaps).toEqual([
      { fromMs: WALL + 250, toMs: WALL + 300, reason: "loss" },
      { fromMs: WALL + 1200, toMs: WALL + 1600, reason: "mute" },
    ]);
  });

  it("plays what was asked, less the gaps over a second", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(200, 1000, 1001, 4000),
        fc.nat(30_000),
        async (runs, gapMs, from) => {
          const found = await plan(syntheticRuns(runs, gapMs), from, null);
          if (found.kind === "empty") return;
          const missing = found.gaps
            .filter(({ fromMs, toMs }) => toMs - fromMs > 1000 && fromMs >= found.startsAtMs)
            .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
          expect(found.durationMs).toBeCloseTo(millis(found.endsAtMs - found.startsAtMs - missing), 3);
        },
      ),
    );
  });
});
