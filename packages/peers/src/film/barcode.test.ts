/** The barcode must survive encoding, and never be read where there is none. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { BARCODE_BLOCKS, drawBarcode, readBarcode } from "./barcode.js";

const numbers = fc.integer({ min: 0, max: 65_535 });

describe("barcode", () => {
  test.prop([numbers, fc.boolean(), fc.array(fc.integer({ min: -35, max: 35 }), { minLength: BARCODE_BLOCKS, maxLength: BARCODE_BLOCKS })])(
    "reads what was drawn, in limited range and with noise",
    (number, flash, noise) => {
      const levels = [...drawBarcode(number, flash)].map((level, index) => 16 + (level * 219) / 255 + (noise[index] ?? 0));
      expect(readBarcode(levels)).toEqual({ number, flash });
    },
  );

  test.prop([numbers, fc.integer({ min: 2, max: 21 })])("a wrong block is no other number", (number, block) => {
    const levels = drawBarcode(number, false);
    levels[block] = 255 - (levels[block] ?? 0);
    expect(readBarcode(levels)).toBeNull();
  });

  test.prop([fc.integer({ min: 0, max: 255 })])("a plain picture is no barcode", (level) => {
    expect(readBarcode(new Uint8Array(BARCODE_BLOCKS).fill(level))).toBeNull();
  });

  test("numbers that do not fit are refused", () => {
    expect(() => drawBarcode(65_536, false)).toThrow(TypeError);
    expect(() => drawBarcode(-1, false)).toThrow(TypeError);
  });
});
