/** A buffer on its strip: shares of its length, whatever the window says. */
import type { BufferWindow, Gap } from "@livekit-replay/contract";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { gapAt, instantAt, joinGaps, layoutStrip, placeOf, reachOf, rulerOf, scaleOf } from "./layout.js";

const scaleMs = 600_000;
const window = (fromMs: number, toMs: number, gaps: Gap[] = []): BufferWindow => ({ fromMs, toMs, gaps, sizeBytes: 1 });

describe("layoutStrip", () => {
  test("nothing is kept before the first segment", () => {
    const layout = layoutStrip({ window: null, running: true, nowMs: 1_000_005, scaleMs });
    expect(layout).toEqual({ startMs: 400_005, endMs: 1_000_005, keptMs: 0, kept: undefined, span: undefined, gaps: [] });
  });

  test("a running share is kept up to now: a capture takes the open GOP with it", () => {
    const layout = layoutStrip({ window: window(1_000_000, 1_058_000), running: true, nowMs: 1_060_000, scaleMs });
    expect(layout).toMatchObject({ endMs: 1_060_000, keptMs: 60_000, kept: { from: 0.9, to: 1 } });
  });

  test("a share from which nothing comes is not kept up to now", () => {
    const layout = layoutStrip({ window: window(1_000_000, 1_030_000), running: true, nowMs: 1_060_000, scaleMs });
    expect(layout.keptMs).toBe(30_000);
    expect(layout.kept).toEqual({ from: 0.9, to: 0.95 });
  });

  test("an ended share stays where its end was, however late it is", () => {
    const layout = layoutStrip({ window: window(1_000_000, 1_300_000), running: false, nowMs: 9_000_000, scaleMs });
    expect(layout).toMatchObject({ endMs: 1_300_000, keptMs: 300_000, kept: { from: 0.5, to: 1 } });
  });

  test("gaps too short to be seen, and those that have left the strip, are not shown", () => {
    const gaps: Gap[] = [
      { fromMs: 1_000_000, toMs: 1_010_000, reason: "loss" },
      { fromMs: 1_900_000, toMs: 1_900_100, reason: "loss" },
      { fromMs: 1_940_000, toMs: 1_970_000, reason: "reconnect" },
    ];
    const layout = layoutStrip({ window: window(1_000_000, 2_000_000, gaps), running: false, nowMs: 2_000_000, scaleMs });
    expect(layout.gaps).toEqual([{ gap: gaps[2], from: 0.9, to: 0.95 }]);
  });

  property.prop([
    fc.integer({ min: 0, max: 2e6 }),
    fc.integer({ min: 0, max: 2e6 }),
    fc.integer({ min: 0, max: 4e6 }),
    fc.boolean(),
    fc.integer({ min: 1000, max: scaleMs }),
  ])("everything lies on the strip, in order, and a reach never goes beyond what is kept", (fromMs, lengthMs, nowMs, running, askedMs) => {
    const layout = layoutStrip({ window: window(fromMs, fromMs + lengthMs), running, nowMs, scaleMs });
    const { asked, got } = reachOf(layout, askedMs, scaleMs);
    for (const { from, to } of [layout.kept ?? asked, asked, got]) {
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeGreaterThanOrEqual(from);
      expect(to).toBeLessThanOrEqual(1);
    }
    expect(got.from).toBeGreaterThanOrEqual(Math.max(asked.from, layout.kept?.from ?? 0));
  });

  test("a pause is a gap up to now as long as it lasts, and nothing is kept in it", () => {
    const input = { window: window(1_000_000, 1_030_000), running: true, nowMs: 1_033_000, scaleMs, pausedAtMs: 1_029_000 };
    const layout = layoutStrip(input);
    expect(layout.keptMs).toBe(30_000);
    expect(layout.gaps.map(({ gap }) => gap)).toEqual([{ fromMs: 1_030_000, toMs: 1_033_000, reason: "pause" }]);
    expect(layoutStrip({ ...input, running: false }).gaps).toEqual([]);
  });

  test("what can be chosen ends where the strip begins, though the buffer goes further back", () => {
    const layout = layoutStrip({ window: window(1_000_000, 1_720_000), running: true, nowMs: 1_721_000, scaleMs });
    expect(layout.span).toEqual({ fromMs: 1_121_000, toMs: 1_721_000 });
  });

  property.prop([fc.integer({ min: 1, max: 2e12 }), fc.double({ min: 0, max: 1, noNaN: true })])(
    "an instant is where it is placed",
    (nowMs, share) => {
      const layout = layoutStrip({ window: null, running: true, nowMs, scaleMs });
      expect(placeOf(layout, instantAt(layout, share))).toBeCloseTo(share, 4);
    },
  );
});

describe("scaleOf", () => {
  test.each([
    [null, 60_000],
    [window(0, 50_000), 60_000],
    [window(0, 55_000), 120_000],
    [window(0, 200_000), 300_000],
    [window(0, 300_000), 600_000],
    [window(0, 720_000), 600_000],
  ])("%#: everything that is kept is on it, ten minutes at most", (kept, expected) => {
    expect(scaleOf(kept)).toBe(expected);
    expect(rulerOf(expected).at(-1)).toBe(expected);
  });
});

describe("joinGaps", () => {
  const anyGaps = fc
    .array(
      fc.record({
        at: fc.integer({ min: 0, max: 600_000 }),
        length: fc.integer({ min: 1, max: 20_000 }),
        reason: fc.constantFrom("loss", "pause"),
      }),
      {
        maxLength: 200,
      },
    )
    .map((all): Gap[] => all.map(({ at, length, reason }) => ({ fromMs: at, toMs: at + length, reason: reason as Gap["reason"] })));

  property.prop([anyGaps, fc.integer({ min: 1, max: 20_000 })])(
    "they are in order and apart, every gap lies in one of them, and there are not too many",
    (gaps, nearMs) => {
      const joined = joinGaps(gaps, nearMs);
      for (const [i, gap] of joined.entries()) {
        expect(gap.toMs).toBeGreaterThan(gap.fromMs);
        expect(gap.missingMs).toBeLessThanOrEqual(gap.toMs - gap.fromMs);
        const next = joined[i + 1];
        if (next) expect(next.fromMs - gap.toMs).toBeGreaterThanOrEqual(nearMs);
      }
      expect(joined.length).toBeLessThanOrEqual(1 + 620_000 / nearMs);
      for (const gap of gaps) {
        const home = gapAt(joined, gap.fromMs);
        expect(home?.toMs).toBeGreaterThanOrEqual(gap.toMs);
        expect(home?.reasons).toContain(gap.reason);
      }
    },
  );

  test("what lies between joined gaps is not missing", () => {
    const gaps: Gap[] = [
      { fromMs: 5000, toMs: 6000, reason: "pause" },
      { fromMs: 1000, toMs: 2000, reason: "loss" },
      { fromMs: 2500, toMs: 3000, reason: "loss" },
    ];
    expect(joinGaps(gaps, 1000)).toEqual([
      { fromMs: 1000, toMs: 3000, missingMs: 1500, reasons: ["loss"] },
      { fromMs: 5000, toMs: 6000, missingMs: 1000, reasons: ["pause"] },
    ]);
  });
});
