/**
 * Which codecs can be kept, by their SDP name, and the depacketiser of each picture codec.
 * A codec's depacketiser lives in a file of its own; this file only says what there is.
 */
import type { VideoKind } from "../segment/gop.js";
import { Av1Reader } from "./av1.js";
import { FrameDepacketizer } from "./frames.js";
import { H264Depacketizer } from "./h264.js";
import type { DepacketizerOptions, VideoDepacketizer } from "./picture.js";
import { Vp8Reader } from "./vp8.js";
import { Vp9Reader } from "./vp9.js";

/** One codec of RTP payloads. */
export type KeptCodec = {
  /** As SDP spells it (`a=rtpmap`); compared without regard to case. */
  readonly sdpName: string;
  readonly clockRate: number;
} & (
  | {
      /** As in `VideoFormat`. */
      readonly kind: VideoKind;
      readonly track: "video";
    }
  | {
      /** As in `AudioFormat`. */
      readonly kind: "opus";
      readonly track: "audio";
    }
);

const kept: readonly KeptCodec[] = [
  { kind: "h264", track: "video", sdpName: "H264", clockRate: 90_000 },
  { kind: "vp9", track: "video", sdpName: "VP9", clockRate: 90_000 },
  { kind: "av1", track: "video", sdpName: "AV1", clockRate: 90_000 },
  { kind: "vp8", track: "video", sdpName: "VP8", clockRate: 90_000 },
  { kind: "opus", track: "audio", sdpName: "opus", clockRate: 48_000 },
];

/** The codec of an SDP name, or null when its media cannot be kept. */
export function keptCodec(sdpName: string): KeptCodec | null {
  const name = sdpName.toLowerCase();
  return kept.find((codec) => codec.sdpName.toLowerCase() === name) ?? null;
}

/** SDP names of what can be kept, for the sentence that tells a publisher what to send instead. Those that play everywhere at once come first. */
export const keptCodecNames = (track: KeptCodec["track"]): readonly string[] =>
  kept.filter((codec) => codec.track === track).map((codec) => codec.sdpName);

const depacketizers: Readonly<Record<VideoKind, (options: DepacketizerOptions) => VideoDepacketizer>> = {
  h264: (options) => new H264Depacketizer(options),
  vp8: (options) => new FrameDepacketizer(options, new Vp8Reader()),
  vp9: (options) => new FrameDepacketizer(options, new Vp9Reader()),
  av1: (options) => new FrameDepacketizer(options, new Av1Reader()),
};

/** A depacketiser for one stream of a codec. */
export const videoDepacketizer = (kind: VideoKind, options: DepacketizerOptions): VideoDepacketizer => depacketizers[kind](options);
