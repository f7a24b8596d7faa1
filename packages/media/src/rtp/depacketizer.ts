/**
 * Which codecs can be kept, by their SDP name: the seam for VP8, VP9 and AV1.
 * A codec's depacketiser lives in a file of its own; this file only says what there is.
 */

/** One codec of RTP payloads. */
export interface KeptCodec {
  /** As in `Sample` formats. */
  readonly kind: "h264" | "opus";
  readonly track: "video" | "audio";
  /** As SDP spells it (`a=rtpmap`); compared without regard to case. */
  readonly sdpName: string;
  readonly clockRate: number;
}

const kept: readonly KeptCodec[] = [
  { kind: "h264", track: "video", sdpName: "H264", clockRate: 90_000 },
  { kind: "opus", track: "audio", sdpName: "opus", clockRate: 48_000 },
];

/** The codec of an SDP name, or null when its media cannot be kept (yet). */
export function keptCodec(sdpName: string): KeptCodec | null {
  const name = sdpName.toLowerCase();
  return kept.find((codec) => codec.sdpName.toLowerCase() === name) ?? null;
}

/** SDP names of what can be kept, for the sentence that tells a publisher what to send instead. */
export const keptCodecNames = (track: KeptCodec["track"]): readonly string[] =>
  kept.filter((codec) => codec.track === track).map((codec) => codec.sdpName);
