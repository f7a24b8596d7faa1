/** RTCP both ways: what a publisher sends is read, what we send says what it should; hostile bytes are survived. */
import { rtpTicks, wallMs } from "@livekit-replay/contract";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { asksForKeyframe, goodbye, requestedSequences, RtpStream, senderReport } from "../testing/index.js";
import { genericNack, maximumBitrate, pictureLoss, receiverReport } from "./feedback.js";
import { parseRtpPacket } from "./packet.js";
import { Reception } from "./reception.js";
import { parseRtcp, reportClock } from "./rtcp.js";

describe("a publisher's RTCP", () => {
  test.prop([fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })])(
    "gives its clock and timestamp",
    (clock, timestamp, ssrc) => {
      const bytes = senderReport({ ssrc, clock: wallMs(clock), timestamp: rtpTicks(timestamp), packetCount: 3, octetCount: 4 });
      const [report] = parseRtcp(bytes);
      expect(report).toMatchObject({ type: "sender-report", ssrc, timestamp, packetCount: 3, octetCount: 4 });
      const era = 2 ** 32 * 1000;
      if (report?.type === "sender-report") expect(Math.abs((((reportClock(report) - clock) % era) + era) % era)).toBeLessThan(0.001);
    },
  );

  it("says goodbye, behind other packets", () => {
    const compound = Uint8Array.of(
      ...senderReport({ ssrc: 1, clock: wallMs(5), timestamp: rtpTicks(6), packetCount: 0, octetCount: 0 }),
      ...goodbye(77),
    );
    expect(parseRtcp(compound).map((packet) => packet.type)).toEqual(["sender-report", "goodbye"]);
    expect(parseRtcp(goodbye(77))).toEqual([{ type: "goodbye", ssrcs: [77] }]);
  });

  test.prop([fc.uint8Array({ maxLength: 80 })])("of any bytes never throws", (bytes) => {
    expect(Array.isArray(parseRtcp(bytes))).toBe(true);
    expect(Array.isArray(parseRtcp(Uint8Array.of(0x9f, 203, ...bytes)))).toBe(true);
  });
});

describe("feedback", () => {
  test.prop([fc.integer({ min: 0, max: 65_535 }), fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 80 })])(
    "asks for exactly the missing packets",
    (first, offsets) => {
      const wanted = offsets.sort((a, b) => a - b).map((offset) => (first + offset) & 0xffff);
      expect(requestedSequences(genericNack(1, 9, wanted), 9)).toEqual(wanted);
      expect(requestedSequences(genericNack(1, 9, wanted), 8)).toEqual([]);
    },
  );

  it("packs a request of 17 neighbours into one item", () => {
    expect(
      genericNack(
        1,
        9,
        Array.from({ length: 17 }, (_, i) => 65_530 + i),
      ).length,
    ).toBe(16);
  });

  it("asks for a keyframe", () => {
    expect([...pictureLoss(1, 9)]).toEqual([0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9]);
    expect(asksForKeyframe(pictureLoss(1, 9), 9)).toBe(true);
  });

  it("tells a bitrate in 18 bits and an exponent", () => {
    const remb = maximumBitrate(1, 8_000_000, [9, 10]);
    expect([...remb.subarray(0, 4), ...remb.subarray(12, 17)]).toEqual([0x8f, 206, 0, 6, 0x52, 0x45, 0x4d, 0x42, 2]);
    const exponent = (remb[17] ?? 0) >> 2;
    const mantissa = (((remb[17] ?? 0) & 3) << 16) | ((remb[18] ?? 0) << 8) | (remb[19] ?? 0);
    expect(mantissa * 2 ** exponent).toBe(8_000_000);
  });
});

describe("a receiver report", () => {
  const feed = (reception: Reception, arrivals: readonly (readonly [sequence: number, ms: number])[]): void => {
    for (const [sequence, ms] of arrivals) {
      const packet = parseRtpPacket(new RtpStream({ ssrc: 9, payloadType: 96 }).packet(rtpTicks(sequence * 900), true, []), wallMs(ms));
      if (packet) reception.packet({ ...packet, extended: sequence });
    }
  };

  it("counts what was lost, since the last one and in all", () => {
    const reception = new Reception(90_000);
    expect(reception.block(9, wallMs(0))).toBeNull();
    feed(
      reception,
      [65_533, 65_534, 65_537, 65_538].map((sequence) => [sequence, sequence * 10] as const),
    );
    expect(reception.block(9, wallMs(0))).toMatchObject({
      fractionLost: Math.floor((2 * 256) / 6),
      cumulativeLost: 2,
      highestSequence: 65_538,
      jitter: 0,
    });
    feed(
      reception,
      [65_535, 65_536, 65_539, 65_540].map((sequence) => [sequence, sequence * 10] as const),
    );
    expect(reception.block(9, wallMs(0))).toMatchObject({ fractionLost: 0, cumulativeLost: 0, highestSequence: 65_540 });
  });

  it("has the jitter of RFC 3550", () => {
    const reception = new Reception(90_000);
    feed(
      reception,
      Array.from({ length: 1000 }, (_, i) => [i, i * 10 + (i % 2) * 8] as const),
    );
    expect(reception.jitterMs).toBeCloseTo(8, 1);
  });

  it("names the last sender report and how long ago it came", () => {
    const reception = new Reception(90_000);
    feed(reception, [[1, 10]]);
    const [report] = parseRtcp(senderReport({ ssrc: 9, clock: wallMs(1000.5), timestamp: rtpTicks(0), packetCount: 0, octetCount: 0 }));
    if (report?.type === "sender-report") reception.senderReport(report, wallMs(2000));
    const block = reception.block(9, wallMs(2500));
    expect(block).toMatchObject({
      lastReport: (((2_208_988_801 & 0xffff) << 16) | Math.floor(0.0005 * 65_536)) >>> 0,
      sinceLastReport: 32_768,
    });
    const bytes = receiverReport(1, block ? [block] : []);
    expect([bytes[0], bytes[1], bytes.length]).toEqual([0x81, 201, 32]);
    expect(new DataView(bytes.buffer).getUint32(24)).toBe(block?.lastReport);
  });
});
