/**
 * What travels between the packages' halves: samples in groups of pictures.
 * `share/` makes them from RTP, `segment/mux` turns one into a segment's bytes, `clip/` cuts and joins the segments.
 */
import type { Gap, GapReason, Micros, WallMs } from "@livekit-replay/contract";

/** One access unit of video (H.264: Annex B with SPS and PPS before every keyframe) or one Opus packet. */
export interface Sample {
  /** Presentation time on the run's timeline. WebRTC has no B-frames: it is the decode time too. */
  readonly pts: Micros;
  /** Until the next sample of the same track. Positive. */
  readonly duration: Micros;
  /** Video: an IDR frame. Audio: always true. */
  readonly key: boolean;
  readonly data: Uint8Array;
}

/** How the picture of a run is encoded; a run has one for its whole length. */
export interface VideoFormat {
  /** The seam for other codecs. */
  readonly kind: "h264";
  /** RFC 6381, from the first SPS: `avc1.42e01f`. */
  readonly codec: string;
  /** Picture size in pixels (after cropping) at the start of the run; in-band SPS may change it later. */
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
 * Audio holds the packets with `startPts <= pts < endPts`, without holes (silence fills them), so that segments that follow each other continue in both tracks.
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
