/** What FFmpeg made of transport segments, and whether its times are those of the segments. */
import { type Micros, micros } from "@livekit-replay/contract";
import { MediaFormatError } from "../segment/error.js";
import type { TransportDescription } from "./describe.js";
import type { MovieSamples, MovieTracks } from "./movie.js";

/** Segments that play without a joint, and the MP4 that FFmpeg made of them by stream copy. `R` is the caller's handle of that file. */
export interface RemuxedStretch<R> {
  readonly ref: R;
  readonly movie: MovieTracks;
  /** Where the samples lie in the file: the content of its `mdat`. */
  readonly payload: { readonly start: number; readonly end: number };
  readonly segments: readonly TransportDescription[];
  /** How long the last frame is held beyond the stretch's end. */
  readonly hold: Micros;
}

/** A packet of the sound and when it sounds, from the first frame of its stretch. */
export interface Landmark {
  readonly sample: number;
  readonly at: number;
}

/** The times of a stretch in µs from its first frame. */
export interface StretchTimes {
  /** Of the frames, in the order in which they are shown. */
  readonly shown: Float64Array;
  /** Where the last one ends. */
  readonly end: number;
  /** Of the sound's first packet; null without sound. */
  readonly soundAt: number | null;
  /** The first packet of each segment. */
  readonly landmarks: readonly Landmark[];
  /** FFmpeg's times are those of the segments: a frame's place in the MP4 is known by its PTS. */
  readonly exact: boolean;
}

/** One tick of the transport stream, and rounding. */
const TICK = 12;
/** An AAC frame lasts 23 ms; a hole or an overlap shows beyond this. */
const SOUND_TOLERANCE = 2000;

/** When the frames are shown, in µs from the first one, as the MP4 says. */
export function shownTimes({ composition, timescale }: MovieSamples): Float64Array {
  const sorted = composition.slice().sort();
  const first = sorted[0] ?? 0;
  return sorted.map((time) => ((time - first) * 1_000_000) / timescale);
}

function landmarksOf(segments: readonly TransportDescription[], zero: number): readonly Landmark[] {
  let sample = 0;
  return segments.flatMap(({ audio }) => {
    if (!audio) return [];
    const landmark = { sample, at: audio.startPts - zero };
    sample += audio.frames;
    return [landmark];
  });
}

function soundMatches(audio: MovieSamples | null, segments: readonly TransportDescription[], landmarks: readonly Landmark[]): boolean {
  const frames = segments.reduce((sum, segment) => sum + (segment.audio?.frames ?? 0), 0);
  if ((audio?.sizes.length ?? 0) !== frames) return false;
  const first = landmarks[0]?.at ?? 0;
  return landmarks.every(({ sample, at }) => {
    const found = ((audio?.decode[sample] ?? 0) * 1_000_000) / (audio?.timescale ?? 1);
    return Math.abs(found - (at - first)) <= SOUND_TOLERANCE;
  });
}

/**
 * Compares what FFmpeg made with the segments that it was made of.
 * @throws MediaFormatError `mismatch` when a frame is missing, or one came in addition; times that differ only make it inexact.
 */
export function timesOf(stretch: Pick<RemuxedStretch<unknown>, "movie" | "segments">): StretchTimes {
  const { movie, segments } = stretch;
  const zero = segments[0]?.startPts ?? micros(0);
  const expected = Float64Array.from(segments.flatMap(({ pts }) => Array.from(pts, (time) => time - zero)));
  const found = shownTimes(movie.video);
  if (found.length !== expected.length)
    throw new MediaFormatError("mismatch", `FFmpeg kept ${found.length} frames of the segments' ${expected.length}`);
  const landmarks = landmarksOf(segments, zero);
  const exact = expected.every((time, i) => Math.abs(time - (found[i] ?? 0)) <= TICK) && soundMatches(movie.audio, segments, landmarks);
  if (exact) return { shown: expected, end: (segments.at(-1)?.endPts ?? zero) - zero, soundAt: landmarks[0]?.at ?? null, landmarks, exact };
  const each = found.length > 1 ? (found.at(-1) ?? 0) / (found.length - 1) : 1_000_000 / 30;
  return {
    shown: found,
    end: Math.round((found.at(-1) ?? 0) + each),
    soundAt: movie.audio ? (landmarks[0]?.at ?? 0) : null,
    landmarks: [],
    exact,
  };
}
