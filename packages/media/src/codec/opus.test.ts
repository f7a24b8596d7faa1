/** Durations of Opus packets by every configuration and frame count; silence of every length. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { opusSilence, opusTicks, opusTicksToMicros } from "./opus.js";

/** RFC 6716, table 2, in ms. */
const frameMs = [
  10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20,
];

describe("an Opus packet", () => {
  it("lasts as long as its frames", () => {
    frameMs.forEach((ms, config) => {
      for (const stereo of [0, 4]) {
        expect(opusTicks(Uint8Array.of((config << 3) | stereo, 1))).toBe(ms * 48);
        for (const code of [1, 2])
          expect(opusTicks(Uint8Array.of((config << 3) | stereo | code, 1, 2))).toBe(ms * 2 * 48 > 5760 ? null : ms * 2 * 48);
        for (let count = 0; count < 64; count += 1) {
          const total = ms * count;
          expect(opusTicks(Uint8Array.of((config << 3) | stereo | 3, 0xc0 | count, 1))).toBe(total > 0 && total <= 120 ? total * 48 : null);
        }
      }
    });
  });

  it("that is empty has none", () => {
    expect(opusTicks(new Uint8Array())).toBeNull();
    expect(opusTicks(Uint8Array.of(0xff))).toBeNull();
  });
});

test.prop([fc.integer({ min: 0, max: 400 }), fc.constantFrom(1 as const, 2 as const)])(
  "silence fills any multiple of 2.5 ms exactly",
  (grains, channels) => {
    let left = grains * 2500;
    let count = 0;
    for (let silence = opusSilence(left, channels); silence !== null; silence = opusSilence(left, channels)) {
      expect(opusTicksToMicros(opusTicks(silence.data) ?? 0)).toBe(silence.duration);
      expect(((silence.data[0] ?? 0) & 4) !== 0).toBe(channels === 2);
      left -= silence.duration;
      count += 1;
    }
    expect(left).toBe(0);
    expect(count).toBeLessThanOrEqual(Math.ceil(grains / 8) + 3);
  },
);
