/** Parameter sets: sizes of every kind, cropping, high profiles with scaling lists, emulation prevention, and bytes that are none. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { pictureParameterSet, sequenceParameterSet } from "../testing/index.js";
import { annexB, nalUnits } from "./annex-b.js";
import { parsePictureParameters, parseSequenceParameters, parseSliceStart } from "./h264.js";

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

describe("a sequence parameter set", () => {
  const even = fc.integer({ min: 1, max: 2048 }).map((half) => half * 2);

  test.prop([even, even, fc.constantFrom(66, 77, 100), fc.integer({ min: 0, max: 31 })])(
    "says profile, size and id",
    (width, height, profile, id) => {
      expect(parseSequenceParameters(sequenceParameterSet({ width, height, profile, id }))).toMatchObject({ width, height, profile, id });
    },
  );

  it("of x264, high profile, 1080p with cropping and emulation prevention bytes, is read as FFmpeg reads it", () => {
    const unit = hex("6764002aacd940780227e5c044000003000400000301e03c60c658");
    expect(parseSequenceParameters(unit)).toEqual({ id: 0, profile: 100, codec: "avc1.64002a", width: 1920, height: 1080 });
  });

  it("of LiveKit's blank picture is 2x2", () => {
    const unit = hex("6742c01f0fd91f888884000003000400000300c83c60c920");
    expect(parseSequenceParameters(unit)).toMatchObject({ width: 2, height: 2 });
  });

  it("cut short anywhere is none", () => {
    const unit = sequenceParameterSet({ width: 1280, height: 720 });
    for (let size = 0; size < unit.length - 2; size += 1) expect(parseSequenceParameters(unit.subarray(0, size))).toBeNull();
  });

  test.prop([fc.uint8Array({ maxLength: 64 })])("of any bytes never throws and has a sane size", (bytes) => {
    for (const first of [0x67, 0x68, 0x65]) {
      const unit = Uint8Array.of(first, ...bytes);
      const parsed = parseSequenceParameters(unit);
      if (parsed !== null) expect(parsed.width > 0 && parsed.width <= 16_384 && parsed.height > 0 && parsed.height <= 16_384).toBe(true);
      parsePictureParameters(unit);
      parseSliceStart(unit, 1);
    }
  });
});

test.prop([fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 31 })])("a picture parameter set says its ids", (id, sequenceId) => {
  expect(parsePictureParameters(pictureParameterSet(id, sequenceId))).toEqual({ id, sequenceId });
});

describe("a byte stream", () => {
  const unit = fc.uint8Array({ minLength: 1, maxLength: 20 }).filter((bytes) => bytes.at(-1) !== 0 && !hasStartCode(bytes));

  test.prop([fc.array(unit, { maxLength: 6 })])("gives back its units", (units) => {
    expect(nalUnits(annexB(units)).map((found) => [...found])).toEqual(units.map((bytes) => [...bytes]));
  });

  it("may have short start codes, zeros behind units, and rubbish in front", () => {
    const stream = Uint8Array.of(9, 0, 0, 1, 0x41, 7, 0, 0, 0, 1, 0x42, 0, 0, 0, 0, 1, 0x43, 0);
    expect(nalUnits(stream).map((found) => [...found])).toEqual([[0x41, 7], [0x42], [0x43]]);
    expect(nalUnits(Uint8Array.of(1, 2, 3))).toEqual([]);
  });
});

function hasStartCode(bytes: Uint8Array): boolean {
  return bytes.some((byte, i) => byte <= 1 && bytes[i - 1] === 0 && bytes[i - 2] === 0) || bytes.every((byte) => byte === 0);
}
