/** Headers of VP8, VP9 and AV1: what they say in every form, and that no bytes break their readers. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { av1SequencePayload, syntheticVp9 } from "../testing/index.js";
import { av1Codec, parseAv1Frame, parseAv1Sequence } from "./av1.js";
import { leb128, lowOverhead, obusOf, readLeb128 } from "./obu.js";
import { parseVp8Frame } from "./vp8.js";
import { parseVp9Frame, vp9Codec, vp9Level, vp9Superframe } from "./vp9.js";

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const bits = (text: string): Uint8Array =>
  Uint8Array.from(text.replaceAll(" ", "").match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, "0"), 2));

describe("VP8", () => {
  it("keyframes say their size, without the bits for scaling", () => {
    expect(parseVp8Frame(hex("10020098012a08000800"))).toBeNull();
    expect(parseVp8Frame(hex("1002009d012a08000800"))).toEqual({ key: true, width: 8, height: 8 });
    expect(parseVp8Frame(hex("1002009d012a8047384400"))).toEqual({ key: true, width: 1920, height: 1080 });
    expect(parseVp8Frame(hex("11020000"))).toEqual({ key: false, width: 0, height: 0 });
  });
});

describe("VP9", () => {
  const sync = "010010011000001101000010";
  const size = "0000011101111111 0000010000110111";

  it("keyframes of each profile say their depth and colours", () => {
    expect(parseVp9Frame(bits(`10 00 0 0 1 0 ${sync} 010 0 ${size}`))?.parameters).toEqual({
      profile: 0,
      bitDepth: 8,
      chroma: 1,
      matrix: 1,
      fullRange: false,
      width: 1920,
      height: 1080,
    });
    // sRGB in profile 1: 4:4:4, and a reserved bit.
    expect(parseVp9Frame(bits(`10 10 0 0 1 0 ${sync} 111 0 ${size}`))?.parameters).toMatchObject({
      profile: 1,
      chroma: 3,
      matrix: 0,
      fullRange: true,
    });
    expect(parseVp9Frame(bits(`10 01 0 0 1 0 ${sync} 0 101 1 ${size}`))?.parameters).toMatchObject({
      profile: 2,
      bitDepth: 10,
      matrix: 9,
      fullRange: true,
    });
    expect(parseVp9Frame(bits(`10 11 0 0 0 1 0 ${sync} 1 001 0 1 0 0 ${size}`))?.parameters).toMatchObject({
      profile: 3,
      bitDepth: 12,
      chroma: 2,
    });
  });

  it("codec strings are short for 4:2:0, and name a level for 60 frames a second", () => {
    expect(vp9Codec({ profile: 0, bitDepth: 8, chroma: 1, level: vp9Level(1920, 1080) })).toBe("vp09.00.41.08");
    expect(vp9Codec({ profile: 1, bitDepth: 8, chroma: 3, level: vp9Level(3840, 2160) })).toBe("vp09.01.51.08.03.01.01.01.00");
    expect(vp9Level(16_000, 16_000)).toBe(62);
  });

  test.prop([fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 2, maxLength: 8 })])(
    "superframes say where each frame ends",
    (sizes) => {
      const frames = sizes.map((length, index) => syntheticVp9({ index, key: index === 0, size: Math.max(length, 30) }));
      const whole = vp9Superframe(frames) ?? new Uint8Array();
      const marker = whole[whole.length - 1] ?? 0;
      expect(marker >> 5).toBe(6);
      expect((marker & 7) + 1).toBe(frames.length);
      const bytes = ((marker >> 3) & 3) + 1;
      const index = whole.subarray(whole.length - 2 - bytes * frames.length);
      expect(index[0]).toBe(marker);
      let at = 0;
      frames.forEach((frame, i) => {
        const size = index.subarray(1 + i * bytes, 1 + (i + 1) * bytes).reduceRight((sum, byte) => sum * 256 + byte, 0);
        expect(Buffer.compare(whole.subarray(at, at + size), frame)).toBe(0);
        at += size;
      });
      expect(at).toBe(whole.length - index.length);
    },
  );

  it("superframes of more frames than an index can name are refused", () => {
    expect(vp9Superframe(Array.from({ length: 9 }, () => Uint8Array.of(1)))).toBeNull();
  });
});

describe("AV1", () => {
  const sequence = parseAv1Sequence(av1SequencePayload(1920, 1080));

  it("sequence headers say profile, level, colours and the largest size", () => {
    expect(sequence).toMatchObject({
      profile: 0,
      level: 8,
      highTier: false,
      bitDepth: 8,
      monochrome: false,
      chroma: "110",
      width: 1920,
      height: 1080,
    });
    expect(sequence && av1Codec(sequence)).toBe("av01.0.08M.08");
  });

  it("sequence headers with a timing, operating points and 4:4:4 are read too", () => {
    const timing = `1 ${"0".repeat(31)}1 ${"0".repeat(31)}1 1 010 0`;
    const points = "0 00001 000000000011 01001 1 000000000001 00000";
    const text = `001 0 0 ${timing} ${points} 1010 1001 01001111111 0010110011 1 0000 001 000 0000 0 1 0 1 000 1 1 00000001 00001101 00000000 1`;
    expect(parseAv1Sequence(bits(text))).toMatchObject({
      profile: 1,
      level: 9,
      highTier: true,
      bitDepth: 10,
      chroma: "000",
      width: 640,
      height: 180,
    });
  });

  it("keyframes may be smaller than the largest size", () => {
    if (!sequence) throw new Error("the sequence header is read");
    // Shown key, override of the size, seven bits of order hint.
    expect(parseAv1Frame(bits("0 00 1 0 0 0 0000000"), sequence)).toEqual({ key: true, width: 1920, height: 1080 });
    expect(parseAv1Frame(bits("0 00 1 0 1 0 1 0000000 0000010011111111 0000001011001111"), sequence)).toEqual({
      key: true,
      width: 1280,
      height: 720,
    });
    expect(parseAv1Frame(bits("0 00 1 0 0 1 0000000 1000010011111111 0000001011001111"), sequence)).toBeNull();
    expect(parseAv1Frame(bits("0 00 0 0000"), sequence)).toMatchObject({ key: false });
    expect(parseAv1Frame(bits("1 000 0000"), sequence)).toMatchObject({ key: false });
  });

  test.prop([fc.nat(0xffffffff)])("sizes are read as written", (value) => {
    const bytes = leb128(value);
    expect(readLeb128(bytes, 0, bytes.length)).toEqual({ value, end: bytes.length });
  });

  test.prop([fc.array(fc.tuple(fc.nat(15), fc.boolean(), fc.uint8Array({ maxLength: 300 })), { maxLength: 6 })])(
    "units are read as written",
    (list) => {
      const obus = list.map(([type, hasLayers, payload]) => ({
        type,
        header: hasLayers ? Uint8Array.of((type << 3) | 4, 0x28) : Uint8Array.of(type << 3),
        payload,
      }));
      expect(obusOf(lowOverhead(obus))).toEqual(obus);
    },
  );
});

test.prop([fc.uint8Array({ maxLength: 60 })])("no bytes break a reader", (bytes) => {
  const sequence = parseAv1Sequence(bytes);
  if (sequence) parseAv1Frame(bytes, sequence);
  for (const read of [parseVp8Frame, parseVp9Frame, obusOf, parseAv1Sequence]) expect(() => read(bytes)).not.toThrow();
});
