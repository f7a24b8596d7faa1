/** Segments as bytes: what goes in comes out, and nothing that is put in can break the reader. */
import { type Gap, micros, wallMs } from "@livekit-replay/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyGop, damaged, syntheticFormat, frameData, syntheticGop } from "../../test/synthetic.js";
import { cutSegment } from "./cut.js";
import { describeInit } from "./describe-init.js";
import { describeSegment, FIRST_READ_BYTES, headSize } from "./describe.js";
import { MediaFormatError } from "./error.js";
import type { Gop } from "./gop.js";
import { continues, ptsAt, wallAt } from "./info.js";
import { muxInit } from "./init.js";
import { muxSegment } from "./mux.js";
import { silentInit, silentSegment } from "./silent.js";

/** The only thing that reading may throw. */
const readable = (read: () => unknown): boolean => {
  try {
    read();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(MediaFormatError);
    return false;
  }
};

const codeOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof MediaFormatError) return error.code;
    throw error;
  }
  return "read";
};

const gap = (fromMs: number, toMs: number): Gap => ({ fromMs, toMs, reason: "loss" });

describe("a segment", () => {
  it("says everything about itself", () => {
    fc.assert(
      fc.property(anyGop, (gop) => {
        const bytes = muxSegment(gop);
        const { info, video, audio } = describeSegment(bytes);
        expect(info).toMatchObject({
          run: gop.run,
          number: gop.number,
          runReason: gop.runReason,
          startPts: gop.startPts,
          endPts: gop.endPts,
          sizeBytes: bytes.length,
          frames: gop.video.length,
          packets: gop.audio.length,
        });
        expect(Math.abs(info.startWall - gop.startWall)).toBeLessThan(0.001);
        expect([...video.pts]).toEqual(gop.video.map(({ pts }) => pts));
        expect([...video.ticks]).toEqual(gop.video.map(({ duration }) => duration));
        expect([...video.key]).toEqual(gop.video.map(({ key }) => (key ? 1 : 0)));
        expect(audio?.count ?? 0).toBe(gop.audio.length);
        expect(gop.audio.filter(({ pts }, i) => Math.abs((audio?.pts[i] ?? 0) - pts) > 11)).toEqual([]);
      }),
    );
  });

  it("holds the NAL units with their lengths, and the packets as they are", () => {
    const gop = syntheticGop();
    const bytes = muxSegment(gop);
    const { video, audio } = describeSegment(bytes);
    const first = bytes.subarray(video.offset[0], (video.offset[0] ?? 0) + (video.size[0] ?? 0));
    expect([...first.subarray(0, 5)]).toEqual([0, 0, 0, 24, 0x67]);
    expect([...bytes.subarray(audio?.offset[3], (audio?.offset[3] ?? 0) + (audio?.size[3] ?? 0))]).toEqual([...(gop.audio[3]?.data ?? [])]);
  });

  it("keeps sound continuous over segments whose packets are not whole µs", () => {
    const ticks = (n: number): number => Math.round((n * 1000) / 48);
    const bounds: number[] = [];
    for (let number = 0; number < 5; number += 1) {
      const base = syntheticGop({ number, startPts: number * 2_000_000 });
      const audio = Array.from({ length: 100 }, (_, i) => ({
        pts: micros(ticks((number * 100 + i) * 960 + 7)),
        duration: micros(20_000),
        key: true,
        data: Uint8Array.of(0xfc, 0xff, 0xfe),
      }));
      const { audio: table } = describeSegment(muxSegment({ ...base, audio }));
      const start = Math.round(((table?.pts[0] ?? 0) * 48) / 1000);
      bounds.push(start, start + (table?.ticks.reduce((sum, value) => sum + value, 0) ?? 0));
    }
    const inner = bounds.slice(1, -1);
    expect(inner.filter((_, i) => i % 2 === 0)).toEqual(inner.filter((_, i) => i % 2 === 1));
  });

  it("carries gaps and their reasons", () => {
    const gaps: readonly Gap[] = [
      gap(1_790_000_000_100.25, 1_790_000_000_400),
      { fromMs: 1_790_000_001_000, toMs: 1_790_000_001_001, reason: "mute" },
    ];
    expect(describeSegment(muxSegment({ ...syntheticGop(), gaps })).info.gaps).toEqual(gaps);
    const many = Array.from({ length: 1500 }, (_, i) => gap(i, i + 1));
    const { info } = describeSegment(muxSegment({ ...syntheticGop(), gaps: many }));
    expect([info.gaps.length, info.gaps.at(-1)]).toEqual([1000, gap(999, 1500)]);
  });

  it("is described from its head alone, in few reads", () => {
    fc.assert(
      fc.property(anyGop, fc.nat(200), (gop, first) => {
        const bytes = muxSegment(gop);
        let known = headSize(bytes.subarray(0, first), bytes.length);
        for (let reads = 0; !known.exact && reads < 5; reads += 1) known = headSize(bytes.subarray(0, known.headBytes), bytes.length);
        expect(known.exact).toBe(true);
        const head = bytes.slice(0, known.headBytes);
        expect(describeSegment(head, bytes.length)).toEqual(describeSegment(bytes));
      }),
    );
    const twoSeconds = muxSegment(syntheticGop({ frames: Array.from({ length: 120 }, () => 16_667) }));
    expect(headSize(twoSeconds.subarray(0, FIRST_READ_BYTES), twoSeconds.length).headBytes).toBeLessThan(FIRST_READ_BYTES);
  });

  it("maps between media and wall time", () => {
    const { info } = describeSegment(muxSegment(syntheticGop({ startPts: 3_000_000, startWall: 1_790_000_000_000.5 })));
    expect(wallAt(info, micros(3_250_001))).toBeCloseTo(1_790_000_000_250.501, 3);
    expect(ptsAt(info, wallMs(1_790_000_000_250.5))).toBe(3_250_000);
    expect(info.endWall).toBe(wallAt(info, info.endPts));
  });

  it.each<[string, (gop: Gop) => Gop, RegExp]>([
    ["without frames", (gop) => ({ ...gop, video: [] }), /video must begin with a keyframe/u],
    ["that begins in the middle", (gop) => ({ ...gop, video: gop.video.slice(1) }), /video must begin with a keyframe/u],
    ["whose times stand still", (gop) => ({ ...gop, video: gop.video.flatMap((sample) => [sample, sample]) }), /video: pts/u],
    ["whose end is too early", (gop) => ({ ...gop, endPts: micros(100_000) }), /before endPts/u],
    [
      "with AVCC frames",
      (gop) => ({ ...gop, video: gop.video.map((sample) => ({ ...sample, data: Uint8Array.of(0, 0, 2, 4) })) }),
      /Annex B/u,
    ],
    ["with times before zero", (gop) => ({ ...gop, startPts: micros(-5) }), /startPts/u],
    ["with sound where there is none", (gop) => ({ ...gop, format: syntheticFormat(false) }), /audio must be empty/u],
  ])("is refused from a GOP %s", (_, change, message) => {
    expect(() => muxSegment(change(syntheticGop()))).toThrow(message);
  });
});

describe("reading what is no segment", () => {
  const bytes = muxSegment({ ...syntheticGop(), gaps: [gap(1, 2)] });

  it("names what is wrong", () => {
    expect(codeOf(() => describeSegment(new Uint8Array(0)))).toBe("truncated");
    expect(codeOf(() => describeSegment(bytes.subarray(0, bytes.length - 1)))).toBe("truncated");
    expect(codeOf(() => describeSegment(bytes.subarray(0, 100), bytes.length))).toBe("truncated");
    expect(codeOf(() => describeSegment(Uint8Array.of(...bytes, 0)))).toBe("malformed");
    expect(codeOf(() => describeSegment(new TextEncoder().encode("#EXTM3U, but longer than a box header")))).toBe("foreign");
    const huge = bytes.slice();
    new DataView(huge.buffer).setUint32(0, 0x7fffffff);
    expect(codeOf(() => headSize(huge, 2 ** 40))).toBe("limit");
  });

  it("throws nothing else, whatever the bytes are", () => {
    fc.assert(
      fc.property(damaged(bytes), (broken) => {
        if (readable(() => describeSegment(broken)))
          readable(() => cutSegment(broken, { endPts: micros(1_000_000), holdUntilPts: micros(1_000_000) }));
        readable(() => headSize(broken, broken.length));
      }),
      { numRuns: 3000 },
    );
  });

  it("throws nothing else for inits", async () => {
    const init = await muxInit(syntheticFormat(true), frameData(true, 20));
    fc.assert(
      fc.property(damaged(init), (broken) => void readable(() => describeInit(broken))),
      { numRuns: 3000 },
    );
    expect(codeOf(() => describeInit(bytes))).toBe("foreign");
    expect(codeOf(() => describeInit(new Uint8Array(0)))).toBe("truncated");
  });
});

describe("an init", () => {
  it.each([true, false])("says the run's format (sound: %s)", async (sound) => {
    const format = syntheticFormat(sound);
    const init = await muxInit(format, frameData(true, 20));
    expect(describeInit(init)).toEqual({ format, sizeBytes: init.length });
  });

  it("is refused without parameter sets", async () => {
    await expect(muxInit(syntheticFormat(true), frameData(false, 20))).rejects.toThrow(/SPS and a PPS/u);
  });
});

describe("silence for runs without sound", () => {
  const gops = [0, 1, 2].map((number) => syntheticGop({ number, startPts: 3_000_007 + number * 2_000_000, sound: false }));

  it("fills the whole segment and goes on in the next", () => {
    const filled = gops.map((gop) => describeSegment(silentSegment(muxSegment(gop))));
    const ends = filled.map(({ audio }) => Math.round(((audio?.pts.at(-1) ?? 0) * 48) / 1000) + (audio?.ticks.at(-1) ?? 0));
    expect(filled.map(({ audio }) => Math.round(((audio?.pts[0] ?? 0) * 48) / 1000)).slice(1)).toEqual(ends.slice(0, -1));
    filled.forEach(({ info, video }, i) => {
      const plain = describeSegment(muxSegment(gops[i] ?? syntheticGop()));
      expect([info.startPts, info.endPts, info.startWall, [...video.size]]).toEqual([
        plain.info.startPts,
        plain.info.endPts,
        plain.info.startWall,
        [...plain.video.size],
      ]);
    });
  });

  it("adds a track to the init, and leaves alone what has one", async () => {
    const init = silentInit(await muxInit(syntheticFormat(false), frameData(true, 20)));
    expect(describeInit(init).format).toEqual(syntheticFormat(true));
    expect(silentInit(init)).toBe(init);
    const loud = muxSegment(syntheticGop());
    expect(silentSegment(loud)).toBe(loud);
  });

  it("throws nothing but its own error, whatever the bytes are", async () => {
    const init = await muxInit(syntheticFormat(false), frameData(true, 20));
    fc.assert(fc.property(damaged(init), (broken) => void readable(() => silentInit(broken))));
    const segment = muxSegment(gops[0] ?? syntheticGop());
    fc.assert(fc.property(damaged(segment), (broken) => void readable(() => silentSegment(broken))));
  });
});

describe("cutting", () => {
  const gop = syntheticGop({ startPts: 10_000_000 });
  const bytes = muxSegment({ ...gop, gaps: [gap(1_790_000_000_100, 1_790_000_000_200), gap(1_790_000_001_500, 1_790_000_001_900)] });

  it("leaves out what comes after, and holds the last frame and the sound to the end", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }), fc.integer({ min: 0, max: 400_000 }), (length, hold) => {
        const endPts = micros(10_000_000 + length);
        const frames = gop.video.filter(({ pts }) => pts < endPts);
        const holdUntilPts = micros(Math.max((frames.at(-1)?.pts ?? 0) + 1, endPts + hold));
        const { info, video, audio } = describeSegment(cutSegment(bytes, { endPts, holdUntilPts }));
        expect(info).toMatchObject({ startPts: gop.startPts, endPts: holdUntilPts, frames: frames.length, number: gop.number });
        expect([...video.size]).toEqual([...describeSegment(bytes).video.size.subarray(0, frames.length)]);
        const soundEnd = (audio?.pts.at(-1) ?? 0) + ((audio?.ticks.at(-1) ?? 0) * 1000) / 48;
        expect(soundEnd).toBeGreaterThan(holdUntilPts - 11);
        expect(soundEnd).toBeLessThan(holdUntilPts + 20_011);
        expect(info.gaps.every(({ toMs }) => toMs <= info.endWall)).toBe(true);
      }),
    );
  });

  it("starts at a later keyframe when asked", () => {
    const two = { ...gop, video: gop.video.map((sample, i) => ({ ...sample, key: i % 10 === 0, data: frameData(i % 10 === 0, 9) })) };
    const { info, video, audio } = describeSegment(
      cutSegment(muxSegment(two), { fromKeyframe: micros(11_000_000), endPts: gop.endPts, holdUntilPts: gop.endPts }),
    );
    expect([info.startPts, info.frames, video.key[0], audio?.pts[0]]).toEqual([11_000_000, 10, 1, 11_000_000]);
    expect(info.startWall).toBe(gop.startWall + 1000);
    expect(() => cutSegment(bytes, { fromKeyframe: micros(11_000_000), endPts: gop.endPts, holdUntilPts: gop.endPts })).toThrow(
      /fromKeyframe/u,
    );
  });

  it("refuses to leave nothing", () => {
    expect(() => cutSegment(bytes, { endPts: gop.startPts, holdUntilPts: gop.endPts })).toThrow(/endPts/u);
    expect(() => cutSegment(bytes, { endPts: gop.endPts, holdUntilPts: gop.startPts })).toThrow(/holdUntilPts/u);
  });
});

describe("continues", () => {
  it("is about one run and one point in time", () => {
    const info = (options: Parameters<typeof syntheticGop>[0]) => describeSegment(muxSegment(syntheticGop(options))).info;
    expect(continues(info({}), info({ number: 1, startPts: 2_000_000 }))).toBe(true);
    expect(continues(info({}), info({ number: 2, startPts: 4_000_000 }))).toBe(false);
    expect(continues(info({}), info({ run: 1, startPts: 2_000_000 }))).toBe(false);
  });
});
