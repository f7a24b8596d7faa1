/** The barcode must survive encoding, and never be read where there is none. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BARCODE_BLOCKS, drawBarcode, readBarcode } from "./barcode.js";

const numbers = fc.integer({ min: 0, max: 65_535 });
const noises = fc.array(fc.integer({ min: -35, max: 35 }), { minLength: BARCODE_BLOCKS, maxLength: BARCODE_BLOCKS });

describe("barcode", () => {
  it("reads what was drawn, in limited range and with noise", () => {
    const property = fc.property(numbers, fc.boolean(), noises, (number, flash, noise) => {
      const levels = [...drawBarcode(number, flash)].map((level, index) => 16 + (level * 219) / 255 + (noise[index] ?? 0));
      expect(readBarcode(levels)).toEqual({ number, flash });
    });
    fc.assert(property);
  });

  it("reads no other number when a block is wrong", () => {
    const property = fc.property(numbers, fc.integer({ min: 2, max: 21 }), (number, block) => {
      const levels = drawBarcode(number, false);
      levels[block] = 255 - (levels[block] ?? 0);
      expect(readBarcode(levels)).toBeNull();
    });
    fc.assert(property);
  });

  it.each([0, 16, 128, 235, 255])("reads none in a plain picture of %i", (level) => {
    expect(readBarcode(new Uint8Array(BARCODE_BLOCKS).fill(level))).toBeNull();
  });

  it("refuses numbers that do not fit", () => {
    expect(() => drawBarcode(65_536, false)).toThrow(TypeError);
    expect(() => drawBarcode(-1, false)).toThrow(TypeError);
  });
});
