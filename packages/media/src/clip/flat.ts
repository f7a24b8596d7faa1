/**
 * The flat MP4: `ftyp`, `moov` in front built from the segments' heads, one `mdat` that holds the segments byte for byte.
 * A plan without I/O: what to write first, then which files to copy behind it.
 */
import { type Micros, micros } from "@livekit-replay/contract";
import { box, concat, fourcc, u32, u64 } from "../segment/box.js";
import type { VideoKind } from "../segment/gop.js";
import type { ParsedInit } from "../segment/init-parse.js";
import { AUDIO_TIMESCALE, AUDIO_TRACK, audioTicks, VIDEO_TIMESCALE, VIDEO_TRACK } from "../segment/layout.js";
import { assemble, type Assembly } from "./assembly.js";
import { type MovieTrack, writeMovie } from "./movie.js";
import type { FlatPart, FlatStretch } from "./parts.js";

/** What the finished file must contain; `verifyFlat` compares. */
export interface FlatExpectation {
  readonly sizeBytes: number;
  readonly videoSamples: number;
  readonly keyframes: number;
  /** Opus packets, silence included; null without sound. */
  readonly audioSamples: number | null;
  /** What plays, after the edit list. */
  readonly videoDuration: Micros;
  readonly audioDuration: Micros | null;
  /** Of the container: the longer one of the two. */
  readonly duration: Micros;
}

/** How to write the file. */
export interface FlatPlan<R> {
  /** `ftyp`, `moov` and the header of `mdat`. */
  readonly head: Uint8Array;
  readonly parts: readonly FlatPart<R>[];
  readonly sizeBytes: number;
  readonly expected: FlatExpectation;
}

/** `mdat` with a 64-bit size: a header of 16 bytes, whatever follows. */
export const mdatHeader = (payloadBytes: number): Uint8Array => concat([u32(1), fourcc("mdat"), u64(payloadBytes + 16)]);

/** The brand that a reader of the codec looks for; VP8 and VP9 have none. */
const brands: Readonly<Record<VideoKind, readonly string[]>> = { h264: ["avc1"], av1: ["av01"], vp8: [], vp9: [] };

/** The file's type: ISO base media with a codec, by default H.264. */
export const ftyp = (kind: VideoKind = "h264"): Uint8Array =>
  box("ftyp", fourcc("isom"), u32(0x200), ...["isom", "iso2", ...brands[kind], "mp41"].map(fourcc));

function videoTrack<R>({ video }: Assembly<R>, init: ParsedInit, mediaTime: number): MovieTrack {
  const { width, height } = init.format.video;
  return {
    id: VIDEO_TRACK,
    kind: "video",
    timescale: VIDEO_TIMESCALE,
    entry: init.videoEntry,
    width,
    height,
    tables: video,
    mediaTime,
    duration: video.end - mediaTime,
  };
}

/** One sample entry for all runs, that of the first run with sound: an Opus packet says itself how it is made. */
function audioTrack<R>({ audio, audioOrigin }: Assembly<R>, inits: readonly ParsedInit[], startTicks: number): MovieTrack | null {
  const entry = inits.find((init) => init.audioEntry)?.audioEntry;
  if (!audio || !entry) return null;
  const mediaTime = startTicks - audioOrigin;
  const duration = Math.round((Math.max(0, audio.end - mediaTime) * 1000) / 48);
  return { id: AUDIO_TRACK, kind: "audio", timescale: AUDIO_TIMESCALE, entry, width: 0, height: 0, tables: audio, mediaTime, duration };
}

function expectation(video: MovieTrack, audio: MovieTrack | null, sizeBytes: number): FlatExpectation {
  return {
    sizeBytes,
    videoSamples: video.tables.ticks.length,
    keyframes: video.tables.keys.length,
    audioSamples: audio ? audio.tables.ticks.length : null,
    videoDuration: micros(video.duration),
    audioDuration: audio ? micros(audio.duration) : null,
    duration: micros(Math.max(video.duration, audio?.duration ?? 0)),
  };
}

/**
 * Plans the flat MP4 of a clip. The first frame is exact by an edit list in both tracks; what lies before it (up to a segment) stays in the file, hidden.
 * The end is that of the last segment, which must have been cut before.
 * @param startPts the first frame shown: PTS of a frame of the first segment.
 * @throws MixedCodecsError when the runs have different codecs (`fitOneFile` tells before); MediaFormatError when a head or an init is not ours, or a stretch has a hole; TypeError when there are no segments or `startPts` is outside the first one.
 */
export function planFlat<R>(stretches: readonly FlatStretch<R>[], startPts: Micros): FlatPlan<R> {
  const { assembly, inits, firstInit, first } = assemble(stretches, startPts);
  const video = videoTrack(assembly, firstInit, startPts - first.startPts);
  const audio = audioTrack(assembly, inits, audioTicks(startPts) - audioTicks(first.startPts));
  const tracks = audio ? [video, audio] : [video];
  const type = ftyp(firstInit.format.video.kind);
  const payloadAt = type.length + writeMovie(tracks, 0).length + 16;
  const head = concat([type, writeMovie(tracks, payloadAt), mdatHeader(assembly.payloadBytes)]);
  const sizeBytes = head.length + assembly.payloadBytes;
  return { head, parts: assembly.parts, sizeBytes, expected: expectation(video, audio, sizeBytes) };
}
