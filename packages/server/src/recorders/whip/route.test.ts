/** Packets of one transport find their track: RTP by payload type, RTCP by SSRC. */
import { readFileSync } from "node:fs";
import { rtpTicks, wallMs } from "@livekit-replay/contract";
import { goodbye, RtpStream, senderReport } from "@livekit-replay/media/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketRouter } from "./route.js";
import { readOffer } from "./sdp/offer.js";

const offer = readOffer(readFileSync(new URL("../../../test/fixtures/offers/chromium.sdp", import.meta.url), "utf8"));
const video = new RtpStream({ ssrc: 0xfedcba98, payloadType: 108 });
const audio = new RtpStream({ ssrc: 0x12345678, payloadType: 111 });
const report = (ssrc: number): Uint8Array =>
  senderReport({ ssrc, clock: wallMs(0), timestamp: rtpTicks(0), packetCount: 1, octetCount: 1 });

describe("a packet", () => {
  it("of RTP goes by its payload type, with or without a marker", () => {
    const router = new PacketRouter(offer);
    for (const marker of [true, false]) {
      expect(router.route(video.packet(rtpTicks(0), marker, [Uint8Array.of(1)]))).toEqual({ kind: "rtp", track: "video" });
      expect(router.route(audio.packet(rtpTicks(0), marker, [Uint8Array.of(1)]))).toEqual({ kind: "rtp", track: "audio" });
    }
  });

  it("of RTCP goes by the SSRC of its sender", () => {
    const router = new PacketRouter(offer);
    router.route(audio.packet(rtpTicks(0), false, [Uint8Array.of(1)]));
    expect(router.route(report(audio.ssrc))).toEqual({ kind: "rtcp", track: "audio" });
    expect(router.route(report(video.ssrc))).toEqual({ kind: "rtcp", track: "video" });
    expect(router.route(goodbye(audio.ssrc))).toEqual({ kind: "rtcp", track: "audio" });
  });

  it("of a payload type that was not answered, or of no protocol, goes nowhere", () => {
    const router = new PacketRouter(offer);
    expect(router.route(new RtpStream({ ssrc: 1, payloadType: 96 }).packet(rtpTicks(0), false, []))).toEqual({ kind: "unknown" });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { kind } = router.route(bytes);
        expect(kind === "unknown" || (bytes.length >= 8 && (bytes[0] ?? 0) >> 6 === 2)).toBe(true);
      }),
    );
  });
});
