/** Placing sound: whatever comes, the track has no hole, and sound lies near where it belongs. */
import { micros } from "@livekit-replay/contract";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Sample } from "../segment/gop.js";
import { SoundLane, type SoundPacket } from "./lane.js";

const packet = (index: number, ms: number, duration = 20): SoundPacket => ({
  time: micros(ms * 1000),
  duration: micros(duration * 1000),
  data: Uint8Array.of(0xfc, index, 1, 1),
});
const isSound = (sample: Sample): boolean => sample.data.length === 4;

function expectNoHole(samples: readonly Sample[], start = 0): number {
  let end = start;
  for (const sample of samples) {
    expect(sample.pts).toBe(end);
    end = sample.pts + sample.duration;
  }
  return end;
}

describe("a lane", () => {
  const step = fc.record({
    lost: fc.boolean(),
    rounding: fc.integer({ min: -4000, max: 4000 }),
    target: fc.integer({ min: -60_000, max: 60_000 }),
  });

  test.prop([fc.array(step, { maxLength: 200 })])("never has a hole, and stays within 20 ms and a packet of its target", (steps) => {
    const lane = new SoundLane(2);
    let settled = 0;
    let target = 0;
    steps.forEach((each, i) => {
      if (i % 40 === 0) {
        target = each.target;
        settled = i + 15;
      }
      if (!each.lost) lane.place({ ...packet(i, 0), time: micros(100_000 + i * 20_000 + each.rounding) }, target);
    });
    const samples = lane.peek(micros(lane.end + 1234));
    expectNoHole(samples);
    for (const sample of samples.filter(isSound)) {
      const index = sample.data[1] ?? 0;
      if (steps.length <= 40 && index >= settled) expect(Math.abs(sample.pts - (100_000 + index * 20_000 + target))).toBeLessThan(45_000);
    }
    const last = samples.at(-1);
    if (last) expect(last.pts + last.duration).toBe(lane.end + 1234);
  });

  it("leaves out what comes before its start, and fills up to the first packet", () => {
    const lane = new SoundLane(1);
    lane.place(packet(1, 10), -31_000);
    lane.place(packet(2, 30), -31_000);
    lane.place(packet(3, 50), -31_000);
    const samples = lane.take(micros(1e9));
    expect(samples.filter(isSound).map((sample) => [sample.data[1], sample.pts])).toEqual([
      [2, 0],
      [3, 20_000],
    ]);
    expect(lane.dropped).toBe(0);
    const late = new SoundLane(1);
    late.place(packet(1, 47), 0);
    expect(late.silence).toBe(47_500);
    expectNoHole(late.take(micros(1e9)));
  });

  it("fills a lost packet's place exactly", () => {
    const lane = new SoundLane(2);
    for (const index of [0, 1, 3, 6]) lane.place(packet(index, index * 20), 0);
    expect(
      lane
        .peek(lane.end)
        .filter(isSound)
        .map((sample) => sample.pts),
    ).toEqual([0, 20_000, 60_000, 120_000]);
    expect(lane.silence).toBe(60_000);
  });

  it("moves by a silent packet more or a packet less when its target moves", () => {
    const lane = new SoundLane(2);
    for (let i = 0; i < 100; i += 1) lane.place(packet(i, i * 20), i < 50 ? 0 : 63_000);
    expect(lane.dropped).toBe(0);
    expect(lane.silence).toBe(62_500);
    for (let i = 100; i < 150; i += 1) lane.place(packet(i, i * 20), -20_000);
    expect(lane.dropped).toBe(4);
    expectNoHole(lane.peek(lane.end));
  });

  it("drops what comes after silence took its place", () => {
    const lane = new SoundLane(2);
    lane.place(packet(0, 0), 0);
    lane.fill(100_000);
    for (let i = 1; i < 8; i += 1) lane.place(packet(i, i * 20), 0);
    expect(lane.dropped).toBe(4);
    expect(
      lane
        .peek(lane.end)
        .filter(isSound)
        .map((sample) => sample.data[1]),
    ).toEqual([0, 5, 6, 7]);
  });

  it("gives back what lies beyond its end", () => {
    const lane = new SoundLane(2);
    for (let i = 0; i < 10; i += 1) lane.place(packet(i, i * 20), 0);
    const beyond = lane.cut(micros(110_000));
    expect(beyond.map((each) => each.data[1])).toEqual([6, 7, 8, 9]);
    expect(lane.end).toBe(120_000);
    expect(lane.packets).toBe(6);
    expect(lane.bytes).toBe(24);
  });
});
