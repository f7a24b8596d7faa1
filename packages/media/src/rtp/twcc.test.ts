/** Transport-wide feedback, read back by an independent reader: every arrival and every loss, exact to a quarter of a millisecond. */
import { rtpTicks, wallMs } from "@livekit-replay/contract";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { readTwcc, RtpStream, TransportSequence, type TwccFeedback } from "../testing/index.js";
import { packStatuses } from "./twcc-status.js";
import { TwccRecorder } from "./twcc.js";

const start = 1_795_000_000_000;
/** The 24-bit reference time wraps every 12.4 days. */
const wrapMs = 2 ** 24 * 64;

function packetsFrom(first: number, count: number): Uint8Array[] {
  const stream = new RtpStream({ ssrc: 5, payloadType: 96, extensions: { twcc: { id: 4, sequence: new TransportSequence(first) } } });
  return Array.from({ length: count }, () => stream.packet(rtpTicks(0), false, [Uint8Array.of(1)]));
}

function drain(recorder: TwccRecorder, now: number): TwccFeedback[] {
  const all: TwccFeedback[] = [];
  for (let packet = recorder.feedback(wallMs(now)); packet !== null; packet = recorder.feedback(wallMs(now))) {
    expect(packet.length).toBeLessThanOrEqual(1200);
    all.push(readTwcc(packet));
    if (all.length > 100) throw new Error("feedback does not end");
  }
  return all;
}

const expectArrival = (got: number | null | undefined, sent: number): void => {
  const difference = ((((got ?? NaN) - sent) % wrapMs) + wrapMs) % wrapMs;
  expect(Math.min(difference, wrapMs - difference)).toBeLessThanOrEqual(0.126);
};

describe("feedback", () => {
  const arrivals = fc.array(
    fc.record({
      lost: fc.boolean(),
      pause: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 9000 })),
      late: fc.integer({ min: 0, max: 90 }),
    }),
    { minLength: 1, maxLength: 900 },
  );

  test.prop([arrivals, fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 2 * wrapMs })], { numRuns: 60 })(
    "tells every arrival and loss, across wraps",
    (pattern, first, offset) => {
      const recorder = new TwccRecorder({ extensionId: 4, ssrc: 9 });
      const list = packetsFrom(first, pattern.length);
      const sent = new Map<number, number>();
      let now = start + offset;
      pattern.forEach(({ lost, pause, late }, i) => {
        now += pause / 4;
        if (lost) return;
        recorder.packet(list[i] ?? new Uint8Array(), wallMs(now + late / 100));
        sent.set((first + i) & 0xffff, now + late / 100);
      });
      const feedback = drain(recorder, now);
      const told = new Map(feedback.flatMap(({ statuses }) => statuses.map(({ sequence, arrivalMs }) => [sequence, arrivalMs])));
      for (const [sequence, at] of sent) expectArrival(told.get(sequence), at);
      for (const [sequence, at] of told) if (!sent.has(sequence)) expect(at).toBeNull();
      const firstSent = pattern.findIndex(({ lost }) => !lost);
      const lastSent = pattern.findLastIndex(({ lost }) => !lost);
      if (firstSent >= 0)
        expect(feedback.reduce((sum, { statuses }) => sum + statuses.length, 0)).toBeGreaterThanOrEqual([...sent.keys()].length);
      if (firstSent >= 0) expect(told.size).toBeLessThanOrEqual(lastSent - firstSent + 1);
      feedback.forEach(({ count, sender, media }, i) => expect([count, sender, media]).toEqual([i & 255, 9, 5]));
    },
  );

  it("is null when nothing new came", () => {
    const recorder = new TwccRecorder({ extensionId: 4 });
    expect(recorder.feedback(wallMs(start))).toBeNull();
    recorder.packet(new RtpStream({ ssrc: 1, payloadType: 96 }).packet(rtpTicks(0), false, []), wallMs(start));
    recorder.packet(Uint8Array.of(1, 2, 3), wallMs(start));
    expect(recorder.feedback(wallMs(start))).toBeNull();
  });

  it("tells a packet that comes late, again with its neighbours", () => {
    const recorder = new TwccRecorder({ extensionId: 4 });
    const list = packetsFrom(65_534, 5);
    [0, 1, 3].forEach((i) => recorder.packet(list[i] ?? new Uint8Array(), wallMs(start + i * 10)));
    expect(drain(recorder, start + 50)[0]?.statuses.map(({ sequence, arrivalMs }) => [sequence, arrivalMs === null])).toEqual([
      [65_534, false],
      [65_535, false],
      [0, true],
      [1, false],
    ]);
    recorder.packet(list[2] ?? new Uint8Array(), wallMs(start + 60));
    recorder.packet(list[2] ?? new Uint8Array(), wallMs(start + 61));
    const [again] = drain(recorder, start + 100);
    expect(again?.statuses.map(({ sequence }) => sequence)).toEqual([0, 1]);
    expectArrival(again?.statuses[0]?.arrivalMs, start + 60);
    expectArrival(again?.statuses[1]?.arrivalMs, start + 30);
  });

  it("counts in 8 bits, and stays small however long it runs", () => {
    const recorder = new TwccRecorder({ extensionId: 4 });
    const counts: number[] = [];
    packetsFrom(0, 70_000).forEach((packet, i) => {
      recorder.packet(packet, wallMs(start + i));
      if (i % 50 === 49) counts.push(...drain(recorder, start + i).map(({ count }) => count));
      expect(recorder.remembered).toBeLessThan(700);
    });
    expect(counts).toEqual(counts.map((_, i) => i & 255));
    expect(counts.length).toBe(1400);
  });

  it("goes on after an outage, without telling thousands of losses", () => {
    const recorder = new TwccRecorder({ extensionId: 4 });
    const list = packetsFrom(0, 20_000);
    recorder.packet(list[0] ?? new Uint8Array(), wallMs(start));
    drain(recorder, start);
    recorder.packet(list[19_000] ?? new Uint8Array(), wallMs(start + 20_000));
    expect(drain(recorder, start + 20_050).flatMap(({ statuses }) => statuses.map(({ sequence }) => sequence))).toEqual([19_000]);
  });

  it("never throws, whatever comes", () => {
    const recorder = new TwccRecorder({ extensionId: 4 });
    for (let i = 0; i < 20_000; i += 1) {
      const stream = new RtpStream({
        ssrc: 5,
        payloadType: 96,
        extensions: { twcc: { id: 4, sequence: new TransportSequence((i * 7919) & 0xffff) } },
      });
      recorder.packet(stream.packet(rtpTicks(0), false, []), wallMs(start + ((i * 31) % 9999)));
    }
    for (let i = 0; i < 200; i += 1) recorder.feedback(wallMs(start + 10_000));
    expect(recorder.remembered).toBeLessThanOrEqual(8192);
  });
});

test.prop([fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 400 })])("status chunks say what was put in", (statuses) => {
  const read = packStatuses(statuses).flatMap((chunk) => {
    if (chunk < 0x8000) return Array.from({ length: chunk & 0x1fff }, () => chunk >> 13);
    const bits = chunk < 0xc000 ? 1 : 2;
    return Array.from({ length: 14 / bits }, (_, i) => (chunk >> (14 - bits - i * bits)) & (bits === 1 ? 1 : 3));
  });
  expect(read.slice(0, statuses.length)).toEqual(statuses);
  expect(read.length - statuses.length).toBeLessThan(14);
  expect(read.slice(statuses.length).every((status) => status === 0)).toBe(true);
});
