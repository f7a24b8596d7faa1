/** Offers, good and hostile: what is taken, what is refused, and in which words. */
import { readFileSync } from "node:fs";
import { ReplayError } from "@livekit-replay/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { libraryOffer, writeAnswer } from "./answer.js";
import { readOffer } from "./offer.js";

const fixture = (name: string): string => readFileSync(new URL(`../../../../test/fixtures/offers/${name}`, import.meta.url), "utf8");
const chromium = fixture("chromium.sdp");

const fingerprint = `sha-256 ${Array.from({ length: 32 }, () => "AB").join(":")}`;
const local = {
  ufrag: "abcd",
  password: "a".repeat(22),
  fingerprint,
  setup: "active",
  candidates: ["candidate:1 1 UDP 2114977791 127.0.0.1 40000 typ host"],
} as const;

/** A small offer of a video section with these lines. */
const videoOffer = (lines: readonly string[], media = "m=video 9 UDP/TLS/RTP/SAVPF 96"): string =>
  [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    media,
    "c=IN IP4 0.0.0.0",
    "a=ice-ufrag:abcd",
    `a=ice-pwd:${"b".repeat(22)}`,
    `a=fingerprint:${fingerprint}`,
    "a=setup:actpass",
    "a=mid:0",
    "a=rtcp-mux",
    ...lines,
    "",
  ].join("\r\n");
const h264 = (type: number, parameters: string): string[] => [`a=rtpmap:${type} H264/90000`, `a=fmtp:${type} ${parameters}`];

function refusal(sdp: string): { code: string; detail: string } {
  try {
    readOffer(sdp);
  } catch (error) {
    if (error instanceof ReplayError) return { code: error.code, detail: error.message };
    throw error;
  }
  throw new Error("The offer was taken");
}

describe("an offer of Chromium", () => {
  const offer = readOffer(chromium);

  it("gives constrained baseline in packetisation mode 1, and Opus", () => {
    expect(offer.video.codec).toMatchObject({ payloadType: 108, name: "H264" });
    expect(offer.audio?.codec).toMatchObject({ payloadType: 111, name: "opus" });
    expect(offer.video.feedback).toEqual(["nack", "nack pli", "transport-cc"]);
    expect(offer.video.extensions).toEqual({ mid: 9, twcc: 4 });
    expect(offer.candidates).toEqual([]);
  });

  it("is answered with one payload type each, on one transport", () => {
    const lines = writeAnswer(offer, local).split("\r\n");
    expect(lines.filter((line) => line.startsWith("m="))).toEqual(["m=video 9 UDP/TLS/RTP/SAVPF 108", "m=audio 9 UDP/TLS/RTP/SAVPF 111"]);
    expect(lines).toContain("a=group:BUNDLE 0 1");
    expect(lines).toContain("a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
    expect(lines).toContain("a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=128000");
    expect(lines.filter((line) => line.startsWith("a=rtcp-fb"))).toEqual([
      "a=rtcp-fb:108 nack",
      "a=rtcp-fb:108 nack pli",
      "a=rtcp-fb:108 transport-cc",
      "a=rtcp-fb:111 transport-cc",
    ]);
    expect(lines.filter((line) => line === "a=recvonly")).toHaveLength(2);
  });

  it("reaches the WebRTC library as one plain section", () => {
    const lines = libraryOffer(offer).split("\r\n");
    expect(lines.filter((line) => line.startsWith("m="))).toEqual(["m=video 9 UDP/TLS/RTP/SAVPF 108"]);
    expect(lines).toContain("a=ice-ufrag:re9a");
  });

  it("is taken without simulcast when it offers that", () => {
    const answer = writeAnswer(readOffer(fixture("chromium-simulcast.sdp")), local);
    expect(answer).toContain("m=video 9 UDP/TLS/RTP/SAVPF ");
    expect(answer).not.toMatch(/simulcast|rid/);
  });
});

describe("what is taken of an offer", () => {
  it("is mode 0 and other profiles when there is nothing better", () => {
    expect(readOffer(videoOffer(h264(96, "profile-level-id=640028"))).video.codec.payloadType).toBe(96);
  });

  it("prefers mode 1 of any profile to constrained baseline in mode 0", () => {
    const lines = [...h264(96, "profile-level-id=42e01f"), ...h264(97, "profile-level-id=64001f;packetization-mode=1")];
    expect(readOffer(videoOffer(lines, "m=video 9 UDP/TLS/RTP/SAVPF 96 97")).video.codec.payloadType).toBe(97);
  });

  it("is no transport-cc without its header extension", () => {
    const offer = readOffer(videoOffer([...h264(96, "packetization-mode=1"), "a=rtcp-fb:* transport-cc", "a=rtcp-fb:96 nack pli"]));
    expect(offer.video.feedback).toEqual(["nack pli"]);
    expect(offer.video.extensions.twcc).toBeNull();
  });

  it("is no sound that is not Opus, no data channel, no second picture", () => {
    const more = [
      ...h264(96, "packetization-mode=1"),
      "m=audio 9 UDP/TLS/RTP/SAVPF 0",
      "a=mid:1",
      "a=rtpmap:0 PCMU/8000",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "a=mid:2",
      "m=video 9 UDP/TLS/RTP/SAVPF 97",
      "a=mid:3",
      ...h264(97, "packetization-mode=1"),
    ];
    const offer = readOffer(videoOffer(more));
    expect(offer.audio).toBeNull();
    const answer = writeAnswer(offer, local).split("\r\n");
    expect(answer.filter((line) => line.startsWith("m="))).toEqual([
      "m=video 9 UDP/TLS/RTP/SAVPF 96",
      "m=audio 0 UDP/TLS/RTP/SAVPF 0",
      "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
      "m=video 0 UDP/TLS/RTP/SAVPF 97",
    ]);
  });

  it("is every candidate with an address over UDP, and no other", () => {
    const candidates = [
      "1 1 udp 2122260223 192.0.2.7 50000 typ host generation 0",
      "2 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active",
      "3 1 udp 2122260222 a1b2.local 50001 typ host",
      "4 1 udp 1686052607 198.51.100.9 50002 typ srflx raddr 192.0.2.7 rport 50000",
      "5 2 udp 1 192.0.2.7 50003 typ host",
    ];
    const { candidates: usable } = readOffer(
      videoOffer([...h264(96, "packetization-mode=1"), ...candidates.map((candidate) => `a=candidate:${candidate}`)]),
    );
    expect(usable).toEqual([
      "candidate:1 1 UDP 2122260223 192.0.2.7 50000 typ host",
      "candidate:4 1 UDP 1686052607 198.51.100.9 50002 typ srflx raddr 192.0.2.7 rport 50000",
    ]);
  });
});

describe("an offer is refused", () => {
  const good = videoOffer(h264(96, "packetization-mode=1"));
  it.each([
    ["empty", "", /does not begin with v=0/],
    ["JSON", '{"sdp":"v=0"}', /line 1 is not of the form x=value/],
    ["HTML", "<html>\n</html>", /not SDP/],
    ["another version", good.replace("v=0", "v=1"), /does not begin with v=0/],
    ["larger than 64 KB", `${good}${"a=x:y\r\n".repeat(10_000)}`, /larger than 64 KB/],
    ["with too many media lines", `${good}${"m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n".repeat(20)}`, /more than 16 media lines/],
    ["with a malformed media line", good.replace("m=video 9", "m=video -1"), /media line is malformed/],
    ["without video", chromium.replace(/m=video[\s\S]*?(?=m=audio)/, ""), /has no video/],
    ["that only receives", `${good}a=recvonly\r\n`, /sends no video/],
    ["without ICE credentials", good.replace(/a=ice-ufrag.*\r\n/, ""), /no ICE credentials/],
    ["without a fingerprint", good.replace(/a=fingerprint.*\r\n/, ""), /no usable DTLS fingerprint/],
    ["with a broken hash", good.replace(/a=fingerprint.*/, "a=fingerprint:md5 AB:CD"), /no usable DTLS fingerprint/],
    ["without rtcp-mux", good.replace("a=rtcp-mux\r\n", ""), /no a=rtcp-mux/],
    ["whose tracks are not bundled", chromium.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 0"), /not in one BUNDLE group/],
    ["with a strange setup", good.replace("a=setup:actpass", "a=setup:holdconn"), /must be actpass, active or passive/],
  ])("%s, as no SDP offer of a share", (_name, sdp, sentence) => {
    const { code, detail } = refusal(sdp);
    expect(code).toBe("invalid_sdp");
    expect(detail).toMatch(sentence);
  });

  it("when none of its codecs can be kept, naming what came and what to publish", () => {
    const lines = [
      "a=rtpmap:96 VP8/90000",
      "a=rtpmap:97 rtx/90000",
      "a=rtpmap:98 VP9/90000",
      "a=rtpmap:99 AV1/90000",
      "a=rtpmap:100 H265/90000",
    ];
    expect(refusal(videoOffer(lines, "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100"))).toEqual({
      code: "unsupported_codec",
      detail: "VP8, VP9, AV1, H265 cannot be kept: publish H.264 (constrained baseline, packetization-mode=1) with Opus",
    });
  });

  it("when its H.264 is of a profile that players refuse", () => {
    expect(refusal(videoOffer(h264(96, "profile-level-id=f4001f;packetization-mode=1")))).toMatchObject({
      code: "unsupported_codec",
      detail: expect.stringContaining("f4001f") as string,
    });
  });
});

describe("any text at all", () => {
  const lines = fc.constantFrom(
    ...chromium.split("\r\n"),
    "m=video 0 RTP/AVP 96",
    "a=setup:x",
    "a=mid:" + "x".repeat(300),
    "a=fmtp:108 =;;=",
    "a=extmap:0 x",
    "a=candidate:",
  );
  it("is taken or refused with a sentence, never anything else", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(lines, { maxLength: 60 }).map((all) => ["v=0", "o=-", ...all].join("\r\n")),
        ),
        (sdp) => {
          try {
            expect(writeAnswer(readOffer(sdp), local)).toContain("m=video");
          } catch (error) {
            expect(error).toBeInstanceOf(ReplayError);
          }
        },
      ),
    );
  });

  it("can be a real offer with lines missing, doubled or moved", () => {
    const all = chromium.split("\r\n").filter((line) => line !== "");
    fc.assert(
      fc.property(fc.array(fc.nat(all.length - 1), { minLength: 1, maxLength: 12 }), fc.boolean(), (places, doubled) => {
        const edited = all.flatMap((line, index) => (places.includes(index) ? (doubled ? [line, line] : []) : [line])).join("\r\n");
        try {
          expect(writeAnswer(readOffer(edited), local)).toContain("m=video");
        } catch (error) {
          expect(error).toBeInstanceOf(ReplayError);
        }
      }),
    );
  });
});
