/** Frames on the film: they fill it without holes, and stay on their moments while it moves. */
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { framesOf } from "./draw.js";
import { layoutStrip } from "./layout.js";

const scaleMs = 600_000;
const layoutAt = (nowMs: number) => layoutStrip({ window: null, running: true, nowMs, scaleMs });
const places = fc.record({
  width: fc.integer({ min: 200, max: 2000 }),
  height: fc.integer({ min: 20, max: 120 }),
  rtl: fc.boolean(),
});
const nows = fc.integer({ min: 1.7e12, max: 1.8e12 });

describe("framesOf", () => {
  property.prop([places, nows])("covers the strip from end to end, one frame beside the other", (place, nowMs) => {
    const frames = framesOf(layoutAt(nowMs), place, 16 / 9);
    expect(frames[0]?.x).toBeLessThanOrEqual(0.01);
    const last = frames.at(-1);
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeGreaterThanOrEqual(place.width - 0.01);
    for (const [i, frame] of frames.entries()) {
      const next = frames[i + 1];
      if (next) expect(next.x).toBeCloseTo(frame.x + frame.width, 3);
    }
  });

  property.prop([places, nows, fc.integer({ min: 1, max: 30_000 })])(
    "a frame moves with its moment, the way in which the strip is read",
    (place, nowMs, laterMs) => {
      const before = framesOf(layoutAt(nowMs), place, 16 / 9);
      const after = framesOf(layoutAt(nowMs + laterMs), place, 16 / 9);
      const moved = (laterMs / scaleMs) * place.width * (place.rtl ? 1 : -1);
      const frame = before.find(({ middleMs }) => after.some((other) => other.middleMs === middleMs));
      const same = after.find(({ middleMs }) => middleMs === frame?.middleMs);
      expect((same?.x ?? Number.NaN) - (frame?.x ?? 0)).toBeCloseTo(moved, 2);
    },
  );

  property.prop([nows])("a film without width has no frames", (nowMs) => {
    expect(framesOf(layoutAt(nowMs), { width: 0, height: 50, rtl: false }, 16 / 9)).toEqual([]);
  });
});
