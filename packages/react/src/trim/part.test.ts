/** The part: where its ends may stand, what is sent of it, and what becomes of it when a buffer loses its beginning. */
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { Frame } from "./frames.js";
import { insideOf, isWhole, keepUp, lengthOf, onFrame, rangeOf, roomOf, setTo, trimOf, within, type Part } from "./part.js";

/** Frames of a steady film of so many a second. */
const frame = (index: number, rate = 60): Frame => ({ atMs: (index * 1000) / rate, untilMs: ((index + 1) * 1000) / rate });
const part = (first: number, last: number): Part => ({ start: onFrame("start", frame(first)), end: onFrame("end", frame(last)) });
const bounds = { fromMs: 0, toMs: 10_000 };

describe("the ends", () => {
  test("both frames belong to the part", () => {
    expect(lengthOf(part(0, 59))).toBeCloseTo(1000, 6);
    expect(lengthOf(part(7, 7))).toBeCloseTo(1000 / 60, 6);
  });

  test("neither goes beyond the other one, nor out of what there is", () => {
    const chosen = part(60, 120);
    expect(roomOf(chosen, bounds, "start")).toEqual({ fromMs: 0, toMs: 2000 });
    expect(roomOf(chosen, bounds, "end")).toEqual({ fromMs: frame(60).untilMs, toMs: 10_000 });
    expect(within(roomOf(chosen, bounds, "start"), 5000)).toBe(2000);
    expect(within(roomOf(chosen, bounds, "end"), 20_000)).toBe(10_000);
  });

  test("a start set behind the end takes the end along, and the other way round", () => {
    expect(setTo(part(60, 120), "start", frame(200))).toEqual(part(200, 200));
    expect(setTo(part(60, 120), "end", frame(30))).toEqual(part(30, 30));
    expect(setTo(part(60, 120), "start", frame(90))).toEqual(part(90, 120));
    expect(setTo(part(60, 120), "end", frame(60))).toEqual(part(60, 60));
  });

  test("it can be saved when both stand on frames: two of them where whole ms are sent", () => {
    expect([isWhole(part(3, 3), 1), isWhole(part(3, 3), 2), isWhole(part(3, 4), 2)]).toEqual([true, false, true]);
    expect(isWhole({ ...part(3, 9), end: { ms: 150, frame: undefined } }, 1)).toBe(false);
  });
});

/** As the server does (`media/trim/frames.ts`, `media/clip/plan.ts`). */
const ROUNDED_MS = 0.5;
const trimmed = (frames: readonly Frame[], { startMs, endMs }: { readonly startMs: number; readonly endMs: number }): readonly number[] => {
  const first = frames.findLastIndex(({ atMs }) => atMs <= startMs + ROUNDED_MS);
  const last = frames.findLastIndex(({ atMs }) => atMs < endMs - ROUNDED_MS);
  return [first, last];
};
const captured = (frames: readonly Frame[], { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): readonly number[] => [
  frames.findLastIndex(({ atMs }) => atMs <= fromMs),
  frames.findIndex(({ atMs }) => atMs >= toMs),
];

const lengths = fc.array(fc.integer({ min: 4000, max: 2_000_000 }), { minLength: 3, maxLength: 60 });
const filmOf = (us: readonly number[], beginUs: number): Frame[] => {
  let at = beginUs;
  return us.map((length) => {
    const atMs = at / 1000;
    at += length;
    return { atMs, untilMs: at / 1000 };
  });
};

describe("what is sent", () => {
  property.prop([lengths, fc.nat(), fc.nat()])("a clip's part has exactly the chosen frames, however long they stand", (us, one, other) => {
    const frames = filmOf(us, 0);
    const [first = 0, last = 0] = [one % us.length, other % us.length].toSorted((a, b) => a - b);
    const body = trimOf(frames[first] ?? frame(0), frames[last] ?? frame(0));
    expect(trimmed(frames, body)).toEqual([first, last]);
  });

  property.prop([lengths, fc.nat({ max: 2e12 }), fc.nat(), fc.nat()])(
    "a capture's range has them too, in whole ms of wall time",
    (us, begin, one, other) => {
      const frames = filmOf(us, begin * 1000 + 123);
      const [first = 0, last = 0] = [one % us.length, other % us.length].toSorted((a, b) => a - b);
      fc.pre(first < last);
      const range = rangeOf(frames[first] ?? frame(0), frames[last] ?? frame(0));
      expect(Number.isInteger(range.fromMs) && Number.isInteger(range.toMs)).toBe(true);
      expect(captured(frames, range)).toEqual([first, last]);
    },
  );

  property.prop([lengths])("the place that is shown lies inside of its frame", (us) => {
    for (const one of filmOf(us, 0)) {
      expect(insideOf(one)).toBeGreaterThan(one.atMs);
      expect(insideOf(one)).toBeLessThan(one.untilMs);
    }
  });
});

describe("a buffer that moves on", () => {
  test("leaves a part alone that it still has", () => {
    const chosen = part(60, 120);
    expect(keepUp(chosen, { fromMs: 900, toMs: 9000 })).toEqual({ part: chosen, lostMs: 0 });
    // The first frame is still on the screen when the buffer begins.
    expect(keepUp(chosen, { fromMs: 1010, toMs: 9000 })).toEqual({ part: chosen, lostMs: 0 });
  });

  test("takes the start along, and says by how much", () => {
    expect(keepUp(part(60, 120), { fromMs: 1500, toMs: 9000 })).toEqual({
      part: { start: { ms: 1500, frame: undefined }, end: onFrame("end", frame(120)) },
      lostMs: 500,
    });
  });

  test("leaves nothing when it is past the end", () => {
    expect(keepUp(part(60, 120), { fromMs: 2100, toMs: 9000 })).toBeUndefined();
  });
});
