/** What a video depacketiser takes and gives, whatever the codec: packets in order become access units. */
import type { WallMs } from "@livekit-replay/contract";
import type { VideoFormat } from "../segment/gop.js";
import type { RtpPacket } from "./packet.js";

/** What was lost before an access unit, since the one emitted before it. */
export interface PictureLoss {
  /** Packets that never came; 0 where only a blank keyframe or a malformed frame broke the chain. */
  readonly packets: number;
  /** RTP timestamp (32 bits) of the first packet after the loss. */
  readonly timestamp: number;
  /** A blank keyframe came: the track was closed or muted. */
  readonly blank: boolean;
}

/** What a keyframe says about the stream. */
export interface PictureFormat extends VideoFormat {
  /** Streams with different setups need runs of their own: one init cannot describe both. Sizes may differ. */
  readonly setup: string;
}

/** A complete, decodable access unit, in the form of `Sample.data`. */
export interface AccessUnit {
  /** RTP timestamp, 32 bits. */
  readonly timestamp: number;
  /** Whether it is a keyframe. */
  readonly key: boolean;
  /** Nobody else holds these bytes. */
  readonly data: Uint8Array;
  /** When its first packet came. */
  readonly arrival: WallMs;
  /** Whether that says when it was sent: false when it was sent again. */
  readonly isTimely: boolean;
  /** Of a keyframe: what it says about the stream. */
  readonly parameters: PictureFormat | null;
  /** Not null: frames are missing before it. It is a keyframe then. */
  readonly loss: PictureLoss | null;
}

/** Options of a depacketiser. */
export interface DepacketizerOptions {
  readonly onAccessUnit: (unit: AccessUnit) => void;
  /** H.264 parameter sets known beforehand (`sprop-parameter-sets`); other codecs have none. */
  readonly parameterSets?: readonly Uint8Array[];
}

/**
 * Depacketises one stream. Packets must come in order, each once; `lost` tells of holes.
 * A frame that misses a packet is never emitted, and nothing after it up to the next keyframe.
 */
export interface VideoDepacketizer {
  /** Whether nothing is emitted until a keyframe comes. */
  readonly needsKey: boolean;
  /** Since when packets of a keyframe have been coming in; null: none are. */
  readonly collectingKeySince: WallMs | null;
  /** Access units that came, complete or damaged, and were dropped. */
  readonly dropped: number;
  /** Blank keyframes that were dropped. */
  readonly blanks: number;
  /** Takes the next packet; its bytes are read until its access unit is emitted. */
  push(packet: RtpPacket): void;
  /** Packets before the next one will never come. */
  lost(count: number): void;
  /** Another stream follows, with timestamps and parameters of its own. */
  reset(): void;
}

/** A picture that small, in both directions, is what an SFU sends when it closes a track. */
export const blankSize = 8;

/** Larger access units are damaged: no picture needs that much. */
export const maxPictureBytes = 16 * 1024 * 1024;
/** Access units in more pieces are damaged: the largest has a quarter of that. More are sent by who wants to fill the memory, byte by byte. */
export const maxPieces = 65_536;
