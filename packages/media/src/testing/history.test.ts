/** What a sender sends again: the same packet, with a transport-wide number of its own. */
import { rtpTicks } from "@livekit-replay/contract";
import { describe, expect, it } from "vitest";
import { genericNack } from "../rtp/feedback.js";
import { findExtension, read16 } from "../rtp/packet.js";
import { RtpHistory } from "./history.js";
import { RtpStream, TransportSequence } from "./rtp-stream.js";

describe("a history", () => {
  for (const id of [4, 20]) {
    it(`renews the transport-wide number (extension ${id})`, () => {
      const sequence = new TransportSequence(65_535);
      const stream = new RtpStream({ ssrc: 9, payloadType: 96, extensions: { mid: { id: 1, value: "0" }, twcc: { id, sequence } } });
      const history = new RtpHistory({ twcc: { id, sequence } });
      const packets = Array.from({ length: 3 }, () => stream.packet(rtpTicks(0), true, [Uint8Array.of(7)]));
      for (const packet of packets) history.add(packet);
      const again = history.answer(genericNack(1, 9, [0, 2]), 9);
      expect(again.map((packet) => [read16(packet, 2), read16(packet, findExtension(packet, id)?.start ?? 0)])).toEqual([
        [0, 2],
        [2, 3],
      ]);
      expect(again[0]?.subarray(2, 3)).toEqual(packets[0]?.subarray(2, 3));
      expect(again[0]?.length).toBe(packets[0]?.length);
    });
  }

  it("forgets the oldest", () => {
    const stream = new RtpStream({ ssrc: 9, payloadType: 96 });
    const history = new RtpHistory({ capacity: 2 });
    for (let i = 0; i < 3; i += 1) history.add(stream.packet(rtpTicks(0), true, [Uint8Array.of(i)]));
    expect(history.resend(0)).toBeNull();
    expect(history.resend(1)?.at(-1)).toBe(1);
  });
});
