/** Offers as LiveKit makes them, and what is answered. */
import { describe, expect, it } from "vitest";
import type { LocalTransport } from "../../sdp/transport.js";
import { libraryOffer, writeSubscriberAnswer } from "./answer.js";
import { type MediaSection, readSubscriberOffer, type SubscriberOffer } from "./offer.js";

const digest = Array.from({ length: 32 }, () => "AB").join(":");
const local: LocalTransport = {
  ufrag: "ours",
  password: "ourpasswordourpassword1",
  fingerprint: `sha-256 ${digest}`,
  setup: "active",
  candidates: [],
};

const transport = ["a=ice-ufrag:theirs", "a=ice-pwd:theirpasswordtheirpassword", "a=setup:actpass"];
const head = ["v=0", "o=- 4 2 IN IP4 0.0.0.0", "s=-", "t=0 0", `a=fingerprint:sha-256 ${digest}`, "a=group:BUNDLE 0 1 2"];
const data = [
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "c=IN IP4 0.0.0.0",
  ...transport,
  "a=mid:0",
  "a=sendrecv",
  "a=sctp-port:5000",
];

/** A video section with every codec that LiveKit 1.13.5 lists. */
const video = (mid: string, direction: string, more: readonly string[] = []): string[] => [
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 125 126 108 109 35 36 116 117",
  "c=IN IP4 0.0.0.0",
  ...transport,
  `a=mid:${mid}`,
  "a=rtcp-mux",
  "a=rtcp-rsize",
  ...[
    [96, "VP8/90000"],
    [97, "rtx/90000"],
    [98, "VP9/90000"],
    [99, "rtx/90000"],
    [125, "H264/90000"],
    [126, "rtx/90000"],
    [108, "H264/90000"],
    [109, "rtx/90000"],
    [35, "AV1/90000"],
    [36, "rtx/90000"],
    [116, "H265/90000"],
    [117, "rtx/90000"],
  ].map(([type, map]) => `a=rtpmap:${type} ${map}`),
  "a=fmtp:97 apt=96",
  "a=fmtp:98 profile-id=0",
  "a=fmtp:99 apt=98",
  "a=fmtp:125 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f",
  "a=fmtp:126 apt=125",
  "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
  "a=fmtp:109 apt=108",
  "a=fmtp:36 apt=35",
  "a=fmtp:117 apt=116",
  ...["96", "98", "125", "108", "35", "116"].flatMap((type) =>
    ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"].map((name) => `a=rtcp-fb:${type} ${name}`),
  ),
  "a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  `a=${direction}`,
  ...more,
];
const audio = (mid: string, more: readonly string[] = []): string[] => [
  "m=audio 9 UDP/TLS/RTP/SAVPF 63 111 0",
  "c=IN IP4 0.0.0.0",
  ...transport,
  `a=mid:${mid}`,
  "a=rtcp-mux",
  "a=rtpmap:63 red/48000/2",
  "a=fmtp:63 111/111",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1;sprop-stereo=1",
  "a=rtpmap:0 PCMU/8000",
  "a=rtcp-fb:111 nack",
  "a=sendrecv",
  ...more,
];
const streams = (ssrc: number): string[] => [
  `a=msid:PA_a|TR_old TR_old`,
  `a=ssrc-group:FID ${ssrc} ${ssrc + 1}`,
  `a=ssrc:${ssrc} cname:x`,
  `a=ssrc:${ssrc} msid:PA_a|TR_old TR_old`,
  `a=ssrc:${ssrc + 1} cname:x`,
];
const sdp = (...sections: string[][]): string => `${[...head, ...sections.flat()].join("\r\n")}\r\n`;
const read = (...sections: string[][]): SubscriberOffer => readSubscriberOffer(sdp(...sections), { "1": "TR_new" });
const section = (offer: SubscriberOffer, index: number): MediaSection => offer.sections[index] as MediaSection;

describe("an offer of LiveKit", () => {
  it("says whether its ICE agent only answers", () => {
    expect(read(data).isLite).toBe(false);
    expect(readSubscriberOffer(sdp(data).replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n"), {}).isLite).toBe(true);
  });

  it("names the track, its streams and every codec that can be kept", () => {
    const offer = read(data, video("1", "sendrecv", streams(1000)), audio("2", ["a=ssrc:77 cname:x"]));
    expect(offer.transport.ice).toEqual({ ufrag: "theirs", password: "theirpasswordtheirpassword" });
    expect(section(offer, 1)).toMatchObject({ kind: "video", mid: "1", isSent: true, trackId: "TR_new", ssrc: 1000, rtxSsrc: 1001 });
    expect(section(offer, 1).codecs.map(({ payloadType, name }) => `${payloadType} ${name}`)).toEqual([
      "96 VP8",
      "98 VP9",
      "125 H264",
      "108 H264",
      "35 AV1",
    ]);
    expect(Object.fromEntries(section(offer, 1).rtx)).toEqual({ 97: 96, 99: 98, 126: 125, 109: 108, 36: 35 });
    expect(section(offer, 2)).toMatchObject({ kind: "audio", ssrc: 77, rtxSsrc: null, trackId: null });
    expect(section(offer, 2).codecs.map(({ name, nack }) => [name, nack])).toEqual([["opus", true]]);
  });

  it("names the track by its stream where there is no table", () => {
    const offer = readSubscriberOffer(sdp(data, video("1", "sendonly", streams(5))), {});
    expect(section(offer, 1).trackId).toBe("TR_old");
  });

  it.each(["recvonly", "inactive"])("with a section that is %s sends nothing in it", (direction) => {
    expect(section(read(data, video("1", direction)), 1).isSent).toBe(false);
  });

  it("of a room with many shares is read whole", () => {
    const many = Array.from({ length: 100 }, (_unused, index) => video(String(index + 1), "sendrecv", streams(index * 10)));
    expect(read(data, ...many).sections).toHaveLength(101);
  });

  it.each(["", "v=0", "nonsense", sdp([])])("that is none is refused: %j", (text) => {
    expect(() => readSubscriberOffer(text, {})).toThrow();
  });
});

describe("the answer", () => {
  const answer = (...sections: string[][]): string[] => writeSubscriberAnswer(read(...sections), local).split("\r\n");

  it("takes data, every kept codec with its retransmissions, and Opus without RED", () => {
    const lines = answer(data, video("1", "sendrecv", streams(1)), audio("2"));
    expect(lines.filter((line) => line.startsWith("m="))).toEqual([
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "m=video 9 UDP/TLS/RTP/SAVPF 96 98 125 108 35 97 99 126 109 36",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    ]);
    expect(lines).toContain("a=group:BUNDLE 0 1 2");
    expect(lines.filter((line) => line === "a=recvonly")).toHaveLength(2);
    expect(lines.filter((line) => line === "a=setup:active")).toHaveLength(3);
    expect(lines).toContain("a=rtcp-fb:108 nack pli");
    expect(lines.join()).not.toMatch(/transport-cc|goog-remb|extmap|H265|red|PCMU/);
  });

  it("keeps a stopped section open: it is used again for another track", () => {
    const lines = answer(data, video("1", "recvonly"));
    expect(lines).toContain("a=inactive");
    expect(lines.some((line) => line.startsWith("m=video 9 "))).toBe(true);
  });

  it("refuses a section of which nothing can be kept", () => {
    const odd = ["m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:1", ...transport, "a=rtpmap:0 PCMU/8000", "a=sendrecv"];
    expect(answer(data, odd)).toContain("m=audio 0 UDP/TLS/RTP/SAVPF 0");
  });

  it("gives the library one section of media and one of data, whatever the offer holds", () => {
    const { transport: remote } = read(data, video("1", "sendrecv", streams(1)), video("2", "sendrecv"));
    const lines = libraryOffer(remote).split("\r\n");
    expect(lines.filter((line) => line.startsWith("m=")).map((line) => line.split(" ")[0])).toEqual(["m=application", "m=video"]);
    expect(lines.join()).not.toContain("TR_");
  });
});
