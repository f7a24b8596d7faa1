/** The boxes of a track around its sample table (ISO/IEC 14496-12, 8.3 and 8.4), in version 1: times of 64 bits. */
import { box, fourcc, fullBox, u16, u32, u64, zeros } from "./box.js";

/** What a track is, without its samples. */
export interface TrackShape {
  readonly id: number;
  readonly kind: "video" | "audio";
  /** Ticks per second. */
  readonly timescale: number;
  /** Size of the picture in pixels; 0 for sound. */
  readonly width: number;
  readonly height: number;
}

/** No rotation, no scaling. */
export const UNITY_MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** `tkhd` with flags 3: enabled, and in the movie. `duration` in ticks of the movie. */
export const trackHeader = ({ id, kind, width, height }: TrackShape, duration: number): Uint8Array =>
  fullBox(
    "tkhd",
    1,
    3,
    u64(0, 0),
    u32(id, 0),
    u64(duration),
    zeros(12),
    u16(kind === "audio" ? 0x100 : 0),
    zeros(2),
    UNITY_MATRIX,
    u16(width, 0, height, 0),
  );

/** 0x55c4: language "und", three letters of five bits. */
const mdhd = (timescale: number, duration: number): Uint8Array =>
  fullBox("mdhd", 1, 0, u64(0, 0), u32(timescale), u64(duration), u16(0x55c4, 0));

const hdlr = (kind: TrackShape["kind"]): Uint8Array =>
  fullBox("hdlr", 0, 0, u32(0), fourcc(kind === "video" ? "vide" : "soun"), zeros(12), fourcc(kind), zeros(1));

const mediaHeader = (kind: TrackShape["kind"]): Uint8Array =>
  kind === "video" ? fullBox("vmhd", 0, 1, zeros(8)) : fullBox("smhd", 0, 0, zeros(4));

const dinf = (): Uint8Array => box("dinf", fullBox("dref", 0, 0, u32(1), fullBox("url ", 0, 1)));

/** `mdia` around a whole `stbl`. `duration` in ticks of the track. */
export const media = ({ kind, timescale }: TrackShape, duration: number, stbl: Uint8Array): Uint8Array =>
  box("mdia", mdhd(timescale, duration), hdlr(kind), box("minf", mediaHeader(kind), dinf(), stbl));
