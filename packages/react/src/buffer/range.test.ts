/** A chosen range: always within what is kept, never too short, and where keys lead. */
import type { BufferWindow, Gap } from "@livekit-replay/contract";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { bytesOf, cutRange, keyTarget, LEAST_RANGE_MS, missingIn, moveEdge, rangeBetween } from "./range.js";

const instant = fc.double({ min: 0, max: 2e6, noNaN: true });
const spans = fc
  .tuple(instant, fc.double({ min: 1500, max: 6e5, noNaN: true }))
  .map(([fromMs, lengthMs]) => ({ fromMs, toMs: fromMs + lengthMs }));

describe("rangeBetween", () => {
  property.prop([spans, instant, instant])("lies within what is kept, is long enough, and does not mind the order", (span, one, other) => {
    const range = rangeBetween(span, one, other);
    expect(range).toEqual(rangeBetween(span, other, one));
    expect(range.fromMs).toBeGreaterThanOrEqual(span.fromMs);
    expect(range.toMs).toBeLessThanOrEqual(span.toMs);
    expect(range.toMs - range.fromMs).toBeGreaterThanOrEqual(LEAST_RANGE_MS - 2);
    expect(Number.isInteger(range.fromMs) && Number.isInteger(range.toMs)).toBe(true);
  });

  test("is what was meant where that is possible", () => {
    expect(rangeBetween({ fromMs: 0, toMs: 60_000 }, 40_000.4, 10_000)).toEqual({ fromMs: 10_000, toMs: 40_000 });
  });

  test("a drag at the very end grows backwards", () => {
    expect(rangeBetween({ fromMs: 0, toMs: 60_000 }, 59_990, 60_000)).toEqual({ fromMs: 59_000, toMs: 60_000 });
  });

  test("of less than a second all is taken", () => {
    expect(rangeBetween({ fromMs: 100, toMs: 500 }, 200, 300)).toEqual({ fromMs: 100, toMs: 500 });
  });
});

describe("moveEdge", () => {
  property.prop([
    spans,
    instant,
    instant,
    fc.constantFrom("from" as const, "to" as const),
    fc.double({ min: -1e6, max: 3e6, noNaN: true }),
  ])("moves one end alone, and not beyond the other", (span, one, other, edge, toMs) => {
    const range = rangeBetween(span, one, other);
    const moved = moveEdge(span, range, edge, toMs);
    const stays = edge === "from" ? "toMs" : "fromMs";
    expect(moved[stays]).toBe(range[stays]);
    expect(moved.toMs - moved.fromMs).toBeGreaterThanOrEqual(LEAST_RANGE_MS - 2);
    expect(moved.fromMs).toBeGreaterThanOrEqual(span.fromMs);
    expect(moved.toMs).toBeLessThanOrEqual(span.toMs);
  });
});

describe("cutRange", () => {
  const range = { fromMs: 10_000, toMs: 40_000 };

  test("a range that is there stays the same object", () => {
    expect(cutRange({ fromMs: 10_000, toMs: 40_000 }, range)).toBe(range);
  });

  test("loses what the buffer has lost, at its beginning and at its end", () => {
    expect(cutRange({ fromMs: 25_000.5, toMs: 90_000 }, range)).toEqual({ fromMs: 25_001, toMs: 40_000 });
    expect(cutRange({ fromMs: 0, toMs: 30_000 }, range)).toEqual({ fromMs: 10_000, toMs: 30_000 });
  });

  test("is nothing when the buffer has lost it", () => {
    expect(cutRange({ fromMs: 39_500, toMs: 90_000 }, range)).toBeUndefined();
    expect(cutRange({ fromMs: 0, toMs: 5000 }, range)).toBeUndefined();
    expect(cutRange(undefined, range)).toBeUndefined();
  });
});

describe("keyTarget", () => {
  const span = { fromMs: 1000, toMs: 100_000 };
  const target = (key: string, shiftKey = false, rtl = false): number | undefined => keyTarget({ key, shiftKey }, 50_000, span, rtl);

  test.each([
    ["ArrowLeft", false, false, 49_000],
    ["ArrowRight", false, false, 51_000],
    ["ArrowLeft", false, true, 51_000],
    ["ArrowRight", true, true, 40_000],
    ["ArrowUp", false, true, 51_000],
    ["ArrowDown", true, false, 40_000],
    ["PageUp", false, false, 60_000],
    ["PageDown", false, false, 40_000],
    ["Home", false, false, 1000],
    ["End", false, false, 100_000],
    ["c", false, false, undefined],
  ] as const)("%s, shift %s, right to left %s", (key, shift, rtl, expected) => {
    expect(target(key, shift, rtl)).toBe(expected);
  });
});

describe("bytesOf", () => {
  const gaps: Gap[] = [{ fromMs: 20_000, toMs: 40_000, reason: "pause" }];
  const window: BufferWindow = { fromMs: 0, toMs: 100_000, gaps, sizeBytes: 8_000_000 };

  test("all of it is all of it, and a gap costs nothing", () => {
    expect(bytesOf(window, { fromMs: 0, toMs: 100_000 })).toBe(8_000_000);
    expect(bytesOf(window, { fromMs: 0, toMs: 50_000 })).toBe(3_000_000);
    expect(bytesOf(window, { fromMs: 25_000, toMs: 35_000 })).toBe(0);
    expect(missingIn(gaps, { fromMs: 30_000, toMs: 50_000 })).toBe(10_000);
  });

  test("a window without anything recorded has no size", () => {
    expect(bytesOf({ fromMs: 5, toMs: 5, gaps: [], sizeBytes: 100 }, { fromMs: 0, toMs: 10 })).toBe(0);
  });
});
