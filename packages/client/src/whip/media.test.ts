/** Codec order and sound of an answer. */
import { describe, expect, test } from "vitest";
import { fullSound, preferH264 } from "./media.js";

const codec = (mimeType: string, sdpFmtpLine = ""): { mimeType: string; sdpFmtpLine: string } => ({ mimeType, sdpFmtpLine });

describe("preferH264", () => {
  test("puts constrained baseline with packetization-mode 1 first and keeps the rest in its order", () => {
    const vp8 = codec("video/VP8");
    const rtx = codec("video/rtx");
    const mode0 = codec("video/H264", "packetization-mode=0;profile-level-id=42e01f");
    const main = codec("video/H264", "packetization-mode=1;profile-level-id=4d001f");
    const base = codec("video/H264", "packetization-mode=1;profile-level-id=42e01f");
    expect(preferH264([vp8, rtx, mode0, main, base])).toEqual([base, main, mode0, vp8, rtx]);
  });

  test("leaves a browser without H.264 its codecs, so that the server can say what it needs", () => {
    const codecs = [codec("video/VP9"), codec("video/VP8")];
    expect(preferH264(codecs)).toEqual(codecs);
  });
});

describe("fullSound", () => {
  test("adds to the parameters of Opus", () => {
    const sdp = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=sendrecv\r\n";
    expect(fullSound(sdp)).toContain("a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=128000\r\na=sendrecv\r\n");
  });

  test("writes parameters where there are none", () => {
    const sdp = "a=rtpmap:96 H264/90000\r\na=rtpmap:109 opus/48000/2\r\na=recvonly\r\n";
    expect(fullSound(sdp)).toBe(
      "a=rtpmap:96 H264/90000\r\na=rtpmap:109 opus/48000/2\r\na=fmtp:109 stereo=1;maxaveragebitrate=128000\r\na=recvonly\r\n",
    );
  });

  test("leaves what the server decided, and a share without sound", () => {
    const decided = "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 stereo=0\r\n";
    expect(fullSound(decided)).toBe(decided);
    expect(fullSound("a=rtpmap:96 H264/90000\r\n")).toBe("a=rtpmap:96 H264/90000\r\n");
  });
});
