/** Inits and segments of VP8, VP9 and AV1: what goes in comes out, and no bytes break their readers. */
import { micros, wallMs } from "@livekit-replay/contract";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { damaged } from "../../test/synthetic.js";
import { av1Codec, type Av1Profile } from "../codec/av1.js";
import { vp9Codec } from "../codec/vp9.js";
import { lowOverhead } from "../codec/obu.js";
import { av1SequencePayload, syntheticVp8, syntheticVp9 } from "../testing/index.js";
import { describeInit } from "./describe-init.js";
import { describeSegment } from "./describe.js";
import { MediaFormatError } from "./error.js";
import type { Gop, VideoFormat } from "./gop.js";
import { muxInit } from "./init.js";
import { muxSegment } from "./mux.js";

const av1Key = lowOverhead([
  { type: 1, header: Uint8Array.of(0x08), payload: av1SequencePayload(1280, 720) },
  { type: 6, header: Uint8Array.of(0x30), payload: new Uint8Array(40).fill(0x10) },
]);
const size = { width: 1280, height: 720 };
const keys = { vp8: syntheticVp8({ index: 0, key: true, ...size }), vp9: syntheticVp9({ index: 0, key: true, ...size }), av1: av1Key };

const anyVp9 = fc
  .record({
    profile: fc.constantFrom<0 | 1 | 2 | 3>(0, 1, 2, 3),
    level: fc.constantFrom(10, 31, 41, 62),
    bitDepth: fc.constantFrom<8 | 10 | 12>(8, 10, 12),
    chroma: fc.constantFrom<1 | 2 | 3>(1, 2, 3),
  })
  .map((stream): VideoFormat => ({ kind: "vp9", codec: vp9Codec(stream), ...size }));

const anyAv1 = fc
  .record({
    profile: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
    level: fc.nat(31),
    highTier: fc.boolean(),
    bitDepth: fc.constantFrom<8 | 10 | 12>(8, 10, 12),
    monochrome: fc.boolean(),
    chroma: fc.constantFrom("110", "100", "000"),
  })
  .map((stream: Av1Profile): VideoFormat => ({ kind: "av1", codec: av1Codec(stream), ...size }));

describe("an init", () => {
  test.prop([fc.oneof(anyVp9, anyAv1, fc.constant<VideoFormat>({ kind: "vp8", codec: "vp8", ...size })), fc.boolean()])(
    "says the format that it was made for",
    async (video, sound) => {
      const format = { video, audio: sound ? ({ kind: "opus", channels: 2, sampleRate: 48000 } as const) : null };
      if (video.kind === "h264") throw new Error("no other codecs are made here");
      expect(describeInit(await muxInit(format, keys[video.kind])).format).toEqual(format);
    },
  );

  it("is refused for a frame that nothing can begin with", async () => {
    for (const [kind, data] of [
      ["vp8", syntheticVp8({ index: 1, key: false })],
      ["vp9", syntheticVp9({ index: 1, key: false })],
      ["av1", av1Key.subarray(2)],
    ] as const)
      await expect(muxInit({ video: { kind, codec: "vp8", ...size }, audio: null }, data)).rejects.toThrow(/firstKeyframe must hold/u);
  });

  test.prop([
    fc.constantFrom(
      { kind: "vp8", codec: "vp8", ...size } as const,
      { kind: "vp9", codec: "vp09.00.31.08", ...size } as const,
      { kind: "av1", codec: "av01.0.05M.08", ...size } as const,
    ),
    fc.gen(),
  ])("that is damaged breaks nothing", async (video, gen) => {
    const init = await muxInit({ video, audio: null }, keys[video.kind]);
    const bytes = gen(damaged, init);
    try {
      describeInit(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(MediaFormatError);
    }
  });
});

describe("a segment", () => {
  for (const kind of ["vp8", "vp9", "av1"] as const) {
    it(`of ${kind} holds the frames as they are`, () => {
      const frame = Uint8Array.from({ length: 50 }, (_, i) => i);
      const gop: Gop = {
        run: 2,
        number: 1,
        runReason: "format",
        format: { video: { kind, codec: "vp8", ...size }, audio: null },
        startPts: micros(100),
        endPts: micros(40_100),
        startWall: wallMs(1_790_000_000_000),
        video: [
          { pts: micros(100), duration: micros(20_000), key: true, data: keys[kind] },
          { pts: micros(20_100), duration: micros(20_000), key: false, data: frame },
        ],
        audio: [],
        gaps: [],
      };
      const bytes = muxSegment(gop);
      const { info, video } = describeSegment(bytes);
      expect(info).toMatchObject({ run: 2, number: 1, frames: 2, startPts: 100, endPts: 40_100 });
      expect([...video.size]).toEqual([keys[kind].length, 50]);
      expect(bytes.subarray(info.headBytes, info.headBytes + keys[kind].length)).toEqual(keys[kind]);
      expect(bytes.subarray(-50)).toEqual(frame);
      const empty: Gop = {
        ...gop,
        video: [{ ...(gop.video[0] ?? { pts: micros(100), duration: micros(1), key: true }), data: new Uint8Array() }],
      };
      expect(() => muxSegment(empty)).toThrow(TypeError);
    });
  }
});
