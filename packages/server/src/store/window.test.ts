/** The window as arithmetic: it counts back from the newest frame. */
import { type Gap, type GapReason, micros, millis, wallMs } from "@livekit-replay/contract";
import type { SegmentInfo } from "@livekit-replay/media";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstInWindow, windowOf } from "./window.js";

const info = (
  run: number,
  number: number,
  startWall: number,
  reason: GapReason | "start" = "start",
  gaps: readonly Gap[] = [],
): SegmentInfo => ({
  run,
  number,
  runReason: reason,
  startPts: micros(number * 2e6),
  endPts: micros((number + 1) * 2e6),
  startWall: wallMs(startWall),
  endWall: wallMs(startWall + 2000),
  sizeBytes: 100,
  headBytes: 50,
  frames: 10,
  packets: 0,
  gaps,
});
const run = (count: number, from: number, of = 0, reason: GapReason | "start" = "start"): SegmentInfo[] =>
  Array.from({ length: count }, (_, i) => info(of, i, from + i * 2000, reason));

describe("the window", () => {
  it("keeps the buffer's length, counted from the end of the newest frame", () => {
    const segments = run(400, 1_000_000);
    const first = firstInWindow(segments, millis(720_000));
    expect(first).toBe(40);
    const window = windowOf(segments, millis(720_000), 1);
    expect(window).toEqual({ fromMs: 1_000_000 + 80_000, toMs: 1_000_000 + 800_000, gaps: [], sizeBytes: 1 });
  });

  it("is what there is while there is less, and nothing without a segment", () => {
    expect(firstInWindow([], millis(1000))).toBe(0);
    expect(windowOf([], millis(1000), 0)).toBeNull();
    expect(windowOf(run(3, 5000), millis(720_000), 300)).toEqual({ fromMs: 5000, toMs: 11_000, gaps: [], sizeBytes: 300 });
  });

  it("counts gaps as time, and names them: between runs, inside a run, inside a segment", () => {
    const inside: Gap = { fromMs: 30_500, toMs: 30_900, reason: "loss" };
    const segments = [...run(2, 0), info(1, 0, 20_000, "reconnect"), info(1, 5, 30_000, "reconnect", [inside])];
    expect(windowOf(segments, millis(720_000), 1)?.gaps).toEqual([
      { fromMs: 4000, toMs: 20_000, reason: "reconnect" },
      { fromMs: 22_000, toMs: 30_000, reason: "disk" },
      inside,
    ]);
    // An hour without picture: everything before has left.
    expect(firstInWindow([...run(3, 0), info(1, 0, 3_600_000, "silence")], millis(720_000))).toBe(3);
  });

  it("cuts a gap at the window's edge, and calls a new start after an end a restart", () => {
    const segments = [...run(1, 0), info(1, 0, 100_000)];
    expect(windowOf(segments, millis(101_000), 1)).toEqual({
      fromMs: 1000,
      toMs: 102_000,
      gaps: [{ fromMs: 2000, toMs: 100_000, reason: "restart" }],
      sizeBytes: 1,
    });
  });

  it("does not grow when the clock is set back", () => {
    const back = [...run(400, 10_000_000), ...run(400, 10_000_000 - 3_600_000, 1, "clock")];
    const first = firstInWindow(back, millis(720_000));
    expect(first).toBe(440);
    const window = windowOf(back, millis(720_000), 1);
    expect(window && window.fromMs <= window.toMs).toBe(true);
  });

  it("never keeps more than the buffer and one segment of media, nor drops a frame that is younger", () => {
    const steps = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 200_000 }), newRun: fc.boolean() }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1000, max: 400_000 }), (list, buffer) => {
        let wall = 0;
        let of = 0;
        const segments = list.map(({ gap, newRun }, i) => {
          of += newRun ? 1 : 0;
          wall += 2000 + (newRun ? gap : 0);
          return info(of, i, wall, "loss");
        });
        const first = firstInWindow(segments, millis(buffer));
        const edge = (segments.at(-1)?.endWall ?? 0) - buffer;
        expect(segments.slice(0, first).every(({ endWall }) => endWall <= edge)).toBe(true);
        expect(segments.slice(first).every(({ endWall }) => endWall > edge)).toBe(true);
      }),
    );
  });
});
