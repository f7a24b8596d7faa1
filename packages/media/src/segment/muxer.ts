/** Our formats in the words of mediabunny, which writes inits and WebM. */
import type { AudioFormat, VideoKind } from "./gop.js";

/** What mediabunny calls our codecs. */
export const muxerNames = { h264: "avc", vp8: "vp8", vp9: "vp9", av1: "av1" } as const satisfies Record<VideoKind, string>;

/** OpusHead (RFC 7845, 5.1) without pre-skip: a recording starts in the middle of a stream, and a pre-skip would shift its sound against the picture. */
const opusHead = (channels: number): Uint8Array =>
  Uint8Array.of(...Array.from("OpusHead", (letter) => letter.charCodeAt(0)), 1, channels, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0);

/** The setup of an Opus track. */
export const opusConfig = ({ channels, sampleRate }: AudioFormat): AudioDecoderConfig => ({
  codec: "opus",
  numberOfChannels: channels,
  sampleRate,
  description: opusHead(channels),
});
