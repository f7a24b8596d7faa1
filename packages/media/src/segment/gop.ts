/**
 * What travels between the packages' halves: samples in groups of pictures.
 * `share/` makes them from RTP, `segment/mux` turns one into a segment's bytes, `clip/` cuts and joins the segments.
 */
import type { Gap, GapReason, Micros, WallMs } from "@livekit-replay/contract";

/**
 * One access unit of video or one Opus packet. H.264: Annex B with SPS and PPS before every keyframe. VP8: a frame. VP9: a frame, or a superframe.
 * AV1: a temporal unit in the low-overhead format, every OBU with its size, without delimiter, a sequence header before every keyframe.
 */
export interface Sample {
  /** Presentation time on the run's timeline. WebRTC has no B-frames: it is the decode time too. */
  readonly pts: Micros;
  /** Until the next sample of the same track. Positive. */
  readonly duration: Micros;
  /** Video: a keyframe (H.264: an IDR picture), which decodes without anything before it. Audio: always true. */
  readonly key: boolean;
  readonly data: Uint8Array;
}

/** The codecs of the picture. */
export type VideoKind = "h264" | "vp8" | "vp9" | "av1";

/** How the picture of a run is encoded; a run has one for its whole length. */
export interface VideoFormat {
  readonly kind: VideoKind;
  /** RFC 6381, from the stream itself: `avc1.42e01f`, `vp8`, `vp09.00.41.08`, `av01.0.08M.08`. */
  readonly codec: string;
  /** Picture size in pixels (after cropping) at the start of the run; later keyframes may change it. */
  readonly width: number;
  readonly height: number;
}

/** How the sound of a run is encoded. */
export interface AudioFormat {
  readonly kind: "opus";
  readonly channels: 1 | 2;
  /** Always 48000 (RFC 7587, 4.1). */
  readonly sampleRate: 48000;
}

/** The codec setup of a run; another one starts another run. */
export interface RunFormat {
  readonly video: VideoFormat;
  readonly audio: AudioFormat | null;
}

/** Why a run began: the first of a session, or what ended the one before. */
export type RunReason = "start" | GapReason;

/**
 * A stretch of a run that becomes one segment (or, cut short, a tail): it starts with a keyframe.
 * Video covers `[startPts, endPts)` without holes: each sample's duration reaches the next one, the last one's reaches `endPts`.
 * Audio holds the packets with `startPts <= pts < endPts`, without holes (silence fills them) and none shorter than 1/48000 s, so that segments that follow each other continue in both tracks.
 */
export interface Gop {
  readonly run: number;
  /** Counts from 0 in each run. */
  readonly number: number;
  readonly runReason: RunReason;
  readonly format: RunFormat;
  readonly startPts: Micros;
  readonly endPts: Micros;
  /** Wall time of `startPts`. */
  readonly startWall: WallMs;
  readonly video: readonly Sample[];
  readonly audio: readonly Sample[];
  /** Stretches inside it where frames are missing (under 1 s: longer ones start a run), in wall time. */
  readonly gaps: readonly Gap[];
}
