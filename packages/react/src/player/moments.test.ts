/** Wall time and media time of a running share, with gaps between its pieces. */
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { momentAt, piecesOf, positionOf } from "./moments.js";

const fragment = (start: number, programDateTime: number | null, duration = 2) => ({ start, duration, programDateTime });
const anHourLater = 3_600_000;

describe("pieces of a playlist", () => {
  const pieces = piecesOf([
    fragment(0, 1_000_000),
    fragment(2, 1_002_000),
    fragment(4, 1_004_020),
    fragment(6, 1_030_000),
    fragment(8, 1_032_000),
    fragment(10, null),
  ]);

  test("neighbours are one, gaps part them", () => {
    expect(pieces).toEqual([
      { startS: 0, durationS: 6, atMs: 1_000_000 },
      { startS: 6, durationS: 4, atMs: 1_030_000 },
    ]);
  });

  test.each([
    [1_003_000, 3],
    [1_006_000, 6],
    [1_020_000, 6],
    [1_031_500, 7.5],
    [900_000, 0],
    [1_090_000, 10],
  ])("%i is shown at %d s", (atMs, positionS) => {
    expect(positionOf(pieces, atMs)).toBeCloseTo(positionS, 6);
  });

  test("a playlist without times tells nothing", () => {
    expect(momentAt(piecesOf([fragment(0, null)]), 1)).toBeUndefined();
    expect(positionOf([], anHourLater)).toBeUndefined();
  });

  property.prop([
    fc.array(fc.tuple(fc.integer({ min: 500, max: 4000 }), fc.integer({ min: 0, max: 90_000 })), { minLength: 1, maxLength: 50 }),
    fc.nat(200_000),
  ])("what is shown at a moment's place is that moment, or the first one after its gap", (lengths, intoMs) => {
    let startS = 0;
    let atMs = 0;
    const made = lengths.map(([lengthMs, gapMs]) => {
      const one = fragment(startS, atMs, lengthMs / 1000);
      startS += lengthMs / 1000;
      atMs += lengthMs + gapMs;
      return one;
    });
    const all = piecesOf(made);
    const at = Math.min(intoMs, atMs);
    const shown = momentAt(all, positionOf(all, at) ?? Number.NaN) ?? Number.NaN;
    const next = all.find((piece) => piece.atMs >= at)?.atMs ?? Infinity;
    const end = (all.at(-1)?.atMs ?? 0) + (all.at(-1)?.durationS ?? 0) * 1000;
    expect(Math.min(Math.abs(shown - Math.min(at, end)), Math.abs(shown - next))).toBeLessThan(101);
  });
});
