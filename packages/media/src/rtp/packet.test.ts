/** RTP packets and their header extensions, written by the test's own stream; and bytes that are none. */
import { rtpTicks, wallMs } from "@livekit-replay/contract";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { RtpHistory, RtpStream, TransportSequence } from "../testing/index.js";
import { findExtension, isRtcp, parseRtpPacket } from "./packet.js";
import { unwrapRtx } from "./rtx.js";

const now = wallMs(5);
const payload = Uint8Array.of(1, 2, 3, 4, 5);

describe("a packet", () => {
  test.prop([
    fc.integer({ min: 0, max: 65_535 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.uint8Array({ minLength: 1, maxLength: 40 }),
    fc.boolean(),
  ])("says what was written", (sequence, timestamp, ssrc, body, marker) => {
    const stream = new RtpStream({ ssrc, payloadType: 96, firstSequence: sequence, extensions: { mid: { id: 3, value: "v" } } });
    const packet = parseRtpPacket(stream.packet(rtpTicks(timestamp), marker, [body]), now);
    expect(packet).toMatchObject({ sequence, timestamp, ssrc, marker, payloadType: 96, arrival: 5 });
    expect(packet?.bytes.slice(packet.payloadStart, packet.payloadEnd)).toEqual(body);
  });

  for (const [id, form] of [
    [5, "one-byte"],
    [200, "two-byte"],
  ] as const) {
    it(`has ${form} header extensions`, () => {
      const twcc = { id, sequence: new TransportSequence(65_535) };
      const stream = new RtpStream({ ssrc: 1, payloadType: 96, extensions: { mid: { id: 2, value: "video0" }, twcc } });
      stream.packet(rtpTicks(0), false, [payload]);
      const bytes = stream.packet(rtpTicks(0), false, [payload]);
      const found = findExtension(bytes, id);
      expect(found && bytes.slice(found.start, found.end)).toEqual(Uint8Array.of(0, 0));
      const mid = findExtension(bytes, 2);
      expect(mid && String.fromCharCode(...bytes.subarray(mid.start, mid.end))).toBe("video0");
      expect(findExtension(bytes, 9)).toBeNull();
      const packet = parseRtpPacket(bytes, now);
      expect(packet && packet.payloadEnd - packet.payloadStart).toBe(5);
    });
  }

  it("of padding only is empty", () => {
    const stream = new RtpStream({ ssrc: 1, payloadType: 96 });
    const packet = parseRtpPacket(stream.padding(rtpTicks(0), 200), now);
    expect(packet).toMatchObject({ payloadStart: 12, payloadEnd: 12 });
  });

  test.prop([fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 255 })])(
    "is never read past its end, whatever the bytes",
    (bytes, id) => {
      const packet = parseRtpPacket(bytes, now);
      if (packet !== null) expect(packet.payloadStart <= packet.payloadEnd && packet.payloadEnd <= bytes.length).toBe(true);
      const found = findExtension(bytes, id);
      if (found !== null) expect(found.start <= found.end && found.end <= bytes.length).toBe(true);
    },
  );

  it("that is cut short or lies about its padding is none", () => {
    const bytes = new RtpStream({ ssrc: 1, payloadType: 96, extensions: { mid: { id: 1, value: "a" } } }).packet(rtpTicks(0), false, [
      payload,
    ]);
    for (let size = 0; size < 20; size += 1) expect(parseRtpPacket(bytes.subarray(0, size), now)).toBeNull();
    const padded = bytes.slice();
    padded[0] = 0xb0;
    padded[padded.length - 1] = 255;
    expect(parseRtpPacket(padded, now)).toBeNull();
    padded[padded.length - 1] = 0;
    expect(parseRtpPacket(padded, now)).toBeNull();
  });

  it("is told from RTCP by its second byte", () => {
    expect(isRtcp(Uint8Array.of(0x80, 200))).toBe(true);
    expect(isRtcp(Uint8Array.of(0x80, 0x80 | 96))).toBe(false);
  });
});

describe("a retransmission", () => {
  it("gives back the original packet", () => {
    const stream = new RtpStream({ ssrc: 7, payloadType: 102, firstSequence: 65_535, extensions: { mid: { id: 1, value: "0" } } });
    const original = stream.packet(rtpTicks(4711), true, [payload]);
    const history = new RtpHistory({ rtx: { ssrc: 8, payloadType: 103 } });
    history.add(original);
    const rtx = history.resend(65_535);
    const packet = rtx && parseRtpPacket(rtx, now);
    expect(packet).toMatchObject({ ssrc: 8, payloadType: 103, sequence: 0 });
    const restored = packet && unwrapRtx(packet, { payloadType: 102, ssrc: 7 });
    expect(restored).toMatchObject({ ssrc: 7, payloadType: 102, sequence: 65_535, timestamp: 4711, marker: true });
    expect(restored?.bytes.slice(restored.payloadStart, restored.payloadEnd)).toEqual(payload);
  });

  it("without a payload is a probe", () => {
    const probe = parseRtpPacket(new RtpStream({ ssrc: 8, payloadType: 103 }).padding(rtpTicks(0)), now);
    expect(probe && unwrapRtx(probe, { payloadType: 102, ssrc: 7 })).toBeNull();
  });
});
