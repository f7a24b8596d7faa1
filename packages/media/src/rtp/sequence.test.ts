/** Counters that wrap become continuous, whatever they start at and however they jump within half their range. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { sequenceDistance, Unwrapper } from "./sequence.js";

describe("an unwrapper", () => {
  for (const bits of [16, 24, 32] as const) {
    const half = 2 ** (bits - 1);
    test.prop([fc.integer({ min: 0, max: 2 ** bits - 1 }), fc.array(fc.integer({ min: -half + 1, max: half - 1 }), { maxLength: 50 })])(
      `follows any steps within half of ${bits} bits`,
      (start, steps) => {
        const unwrapper = new Unwrapper(bits);
        let value = unwrapper.unwrap(start);
        for (const step of steps) {
          value += step;
          const wrapped = ((value % 2 ** bits) + 2 ** bits) % 2 ** bits;
          expect(unwrapper.near(wrapped)).toBe(value);
          expect(unwrapper.unwrap(wrapped)).toBe(value);
          expect(unwrapper.last).toBe(value);
        }
      },
    );
  }
});

test.prop([fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: -32_767, max: 32_767 })])(
  "the distance of sequence numbers is the way there and back",
  (from, step) => {
    const to = (from + step + 65_536) % 65_536;
    expect(sequenceDistance(from, to)).toBe(step);
    expect(sequenceDistance(to, from) + step).toBe(0);
  },
);
