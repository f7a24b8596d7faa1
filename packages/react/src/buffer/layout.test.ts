/** A buffer on its strip: shares of its length, whatever the window says. */
import type { BufferWindow, Gap } from "@livekit-replay/contract";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { layoutStrip, reachOf } from "./layout.js";

const scaleMs = 600_000;
const window = (fromMs: number, toMs: number, gaps: Gap[] = []): BufferWindow => ({ fromMs, toMs, gaps, sizeBytes: 1 });

describe("layoutStrip", () => {
  test("nothing is kept before the first segment", () => {
    expect(layoutStrip({ window: null, running: true, nowMs: 5, scaleMs })).toEqual({ endMs: 5, keptMs: 0, kept: undefined, gaps: [] });
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
});
