/** GOPs without an encoder: right in form (Annex B, Opus packets), meaningless in content. For tests that look at boxes and times, not at pictures. */
import { gapReasonSchema, micros, wallMs } from "@livekit-replay/contract";
import fc from "fast-check";
import { cutSegment } from "../src/segment/cut.js";
import { describeSegment, type SegmentDescription } from "../src/segment/describe.js";
import type { Gop, RunFormat, RunReason, Sample } from "../src/segment/gop.js";
import { muxSegment } from "../src/segment/mux.js";

const SPS = [
  0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x15, 0xd9, 0x01, 0x41, 0x9f, 0x9f, 0x01, 0x10, 0, 0, 3, 0, 0x10, 0, 0, 7, 0x80, 0xf1, 0x62, 0xe4, 0x80,
];
const PPS = [0, 0, 0, 1, 0x68, 0xcb, 0x83, 0xcb, 0x20];

/** A keyframe of 320x180 with its parameter sets, or another frame; `fill` bytes of slice. */
export const frameData = (key: boolean, fill: number): Uint8Array =>
  Uint8Array.of(...(key ? [...SPS, ...PPS] : []), 0, 0, 1, key ? 0x65 : 0x41, ...Array.from({ length: fill }, (_, i) => 1 + (i % 255)));

/** 320x180 H.264, with stereo sound or without. */
export const syntheticFormat = (sound: boolean): RunFormat => ({
  video: { kind: "h264", codec: "avc1.42c015", width: 320, height: 180 },
  audio: sound ? { kind: "opus", channels: 2, sampleRate: 48000 } : null,
});

/** What a synthetic GOP is like; everything has a default. */
export interface SyntheticOptions {
  readonly run?: number;
  readonly number?: number;
  readonly reason?: RunReason;
  readonly startPts?: number;
  readonly startWall?: number;
  /** Durations of the frames in µs. */
  readonly frames?: readonly number[];
  readonly sound?: boolean;
}

const packet = Uint8Array.of(0xfc, 0xff, 0xfe);

/** Sound on the 20 ms grid of the run's zero. */
const packets = (from: number, to: number): readonly Sample[] => {
  const first = Math.ceil(from / 20_000);
  return Array.from({ length: Math.max(0, Math.ceil(to / 20_000) - first) }, (_, i) => ({
    pts: micros((first + i) * 20_000),
    duration: micros(20_000),
    key: true,
    data: packet,
  }));
};

/** One GOP; by default two seconds of 10 frames per second. */
export function syntheticGop(options: SyntheticOptions = {}): Gop {
  const {
    run = 0,
    number = 0,
    reason = "start",
    startPts = 0,
    startWall = 1_790_000_000_000,
    frames = Array.from({ length: 20 }, () => 100_000),
    sound = true,
  } = options;
  let pts = startPts;
  const video = frames.map((duration, i) => {
    const sample = { pts: micros(pts), duration: micros(duration), key: i === 0, data: frameData(i === 0, 5 + i) };
    pts += duration;
    return sample;
  });
  return {
    run,
    number,
    runReason: reason,
    format: syntheticFormat(sound),
    startPts: micros(startPts),
    endPts: micros(pts),
    startWall: wallMs(startWall),
    video,
    audio: sound ? packets(startPts, pts) : [],
    gaps: [],
  };
}

/** A segment with its bytes and what they say. */
export interface SyntheticSegment extends SegmentDescription {
  readonly bytes: Uint8Array;
}

/** Muxes and describes. */
export function syntheticSegment(options: SyntheticOptions = {}): SyntheticSegment {
  const bytes = muxSegment(syntheticGop(options));
  return { bytes, ...describeSegment(bytes) };
}

/** The last frames of a segment left out. */
export function cutAt(segment: SyntheticSegment, pts: number): SyntheticSegment {
  const bytes = cutSegment(segment.bytes, { endPts: micros(pts), holdUntilPts: micros(pts) });
  return { bytes, ...describeSegment(bytes) };
}

/** Segments of runs; each number is a run's length in segments of two seconds, with `gapMs` of wall time between the runs. */
export function syntheticRuns(
  lengths: readonly number[],
  gapMs: number,
  options: { readonly sound?: (run: number) => boolean; readonly reason?: RunReason } = {},
): readonly SyntheticSegment[] {
  let wall = 1_790_000_000_000;
  return lengths.flatMap((length, run) => {
    const basePts = 5_000_000 * (run + 1);
    const segments = Array.from({ length }, (_, number) =>
      syntheticSegment({
        run,
        number,
        reason: run === 0 ? "start" : (options.reason ?? "reconnect"),
        startPts: basePts + number * 2_000_000,
        startWall: wall + number * 2000,
        sound: options.sound?.(run) ?? true,
      }),
    );
    wall += length * 2000 + gapMs;
    return segments;
  });
}

/** Any GOP that keeps the rules. */
export const anyGop: fc.Arbitrary<Gop> = fc
  .record({
    run: fc.nat(0xffffffff),
    number: fc.nat(0xfffffffe),
    reason: fc.constantFrom<RunReason>("start", ...gapReasonSchema.options),
    startPts: fc.nat(2 ** 45),
    startWall: fc.double({ min: 1_700_000_000_000, max: 2_500_000_000_000, noNaN: true }),
    frames: fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 40 }),
    sound: fc.boolean(),
  })
  .map(syntheticGop);

/** Bytes with some of them changed, cut off, doubled or replaced. */
export const damaged = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }).map((changes) => {
      const changed = bytes.slice();
      for (const [at, value] of changes) changed[at] = value;
      return changed;
    }),
    fc.nat(bytes.length).map((length) => bytes.slice(0, length)),
    fc.tuple(fc.nat(bytes.length), fc.nat(bytes.length)).map(([a, b]) => Uint8Array.of(...bytes.subarray(0, a), ...bytes.subarray(b))),
    fc.uint8Array({ maxLength: 400 }),
  );
