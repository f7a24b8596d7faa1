/**
 * A part of a finished MP4 as an MP4 of its own, by copy: the samples that are shown, and those that decoding needs before them, hidden by the edit list.
 * Of what lies behind the part, and of what lies more than a keyframe before it, no byte is in the new file.
 */
import { type Micros, micros } from "@livekit-replay/contract";
import { type FlatPlan, ftyp, mdatHeader } from "../clip/flat.js";
import { type MovieTrack, writeMovie } from "../clip/movie.js";
import type { FlatPart } from "../clip/parts.js";
import { TrackTables } from "../clip/tables.js";
import { concat } from "../segment/box.js";
import { MediaFormatError } from "../segment/error.js";
import type { VideoKind } from "../segment/gop.js";
import { AUDIO_TRACK, VIDEO_TRACK } from "../segment/layout.js";
import { typeAt } from "../segment/parse.js";
import type { MovieSamples, MovieTracks } from "../ts/movie.js";
import { keepFrames, type KeptFrames, type PlayedRange, type ShownFrames, type TrimRefusal } from "./frames.js";

/** How to write the part, and which playing time of the old file it is. */
export interface TrimmedMovie<R> {
  readonly kind: "kept";
  readonly plan: FlatPlan<R>;
  readonly start: Micros;
  readonly end: Micros;
}

const second = 1_000_000;

/** Samples `from` to `to` (not included) of a track. */
interface Span {
  readonly track: MovieSamples;
  readonly from: number;
  readonly to: number;
}

const toMicros = (ticks: number, { timescale }: MovieSamples): number => (ticks * second) / timescale;
const toTicks = (time: number, { timescale }: MovieSamples): number => Math.round((time * timescale) / second);

/** Where the track's presentation begins, in its ticks. */
function zeroOf({ edits, kind }: MovieSamples): number {
  const [edit, ...others] = edits;
  if (!edit || others.length > 0 || edit.mediaTime < 0) throw new MediaFormatError("foreign", `the ${kind} track must have one edit`);
  return edit.mediaTime;
}

/** The frames that must be in the file: from the keyframe before the first one to the last one that decoding needs. */
function pictureSpan(track: MovieSamples, shown: readonly number[], { first, last }: KeptFrames): Span {
  const wanted = shown.slice(first, last + 1);
  const earliest = wanted.reduce((least, frame) => Math.min(least, frame), Infinity);
  const from = track.keys.lastIndexOf(1, earliest);
  if (from < 0) throw new MediaFormatError("malformed", "the MP4 does not begin with a keyframe");
  return { track, from, to: wanted.reduce((most, frame) => Math.max(most, frame), 0) + 1 };
}

/** Sound for the same time, what is hidden included: a decoder of Opus needs some before the first sound that is heard. */
function soundSpan(track: MovieSamples, from: number, to: number): Span {
  const zero = zeroOf(track);
  const ends = (sample: number): number => toMicros((track.decode[sample] ?? 0) + (track.ticks[sample] ?? 0) - zero, track);
  const first = track.decode.findIndex((_, sample) => ends(sample) > from);
  const behind = track.decode.findIndex((time) => toMicros(time - zero, track) >= to);
  const end = behind < 0 ? track.decode.length : behind;
  return { track, from: first < 0 ? end : Math.min(first, end), to: end };
}

/** Where each kept sample lies in the old file. */
function offsetsOf({ track, from, to }: Span): Float64Array {
  const offsets = new Float64Array(to - from);
  for (const { offset, first, count } of track.chunks) {
    let at = offset;
    for (let sample = first; sample < first + count; sample += 1) {
      if (sample >= from && sample < to) offsets[sample - from] = at;
      at += track.sizes[sample] ?? 0;
    }
  }
  return offsets;
}

/** Copies the kept samples in the order in which they lie in the old file, and says where each one is in the new payload. */
class Payload<R> {
  readonly parts: FlatPart<R>[] = [];
  sizeBytes = 0;
  readonly #ref: R;

  constructor(ref: R) {
    this.#ref = ref;
  }

  /** Answers the new offsets of each span's samples. */
  place(spans: readonly Span[]): Float64Array[] {
    const old = spans.map(offsetsOf);
    const placed = old.map((offsets) => new Float64Array(offsets.length));
    const samples = old.flatMap((offsets, span) => Array.from(offsets, (offset, sample) => ({ offset, span, sample })));
    samples.sort((one, other) => one.offset - other.offset);
    for (const { offset, span, sample } of samples) {
      const { track, from } = spans[span] ?? {};
      const target = placed[span];
      if (target) target[sample] = this.sizeBytes;
      this.#copy(offset, track?.sizes[(from ?? 0) + sample] ?? 0);
    }
    return placed;
  }

  #copy(offset: number, length: number): void {
    const last = this.parts.at(-1);
    if (last?.kind === "copy" && last.offset + last.length === offset)
      this.parts[this.parts.length - 1] = { ...last, length: last.length + length };
    else this.parts.push({ kind: "copy", ref: this.#ref, offset, length });
    this.sizeBytes += length;
  }
}

/** The sample table of a span whose samples are at new places. */
function tablesOf({ track, from, to }: Span, offsets: Float64Array): TrackTables {
  const tables = new TrackTables();
  let start = from;
  for (let sample = from + 1; sample <= to; sample += 1) {
    const goesOn = sample < to && offsets[sample - from] === (offsets[sample - from - 1] ?? 0) + (track.sizes[sample - 1] ?? 0);
    if (goesOn) continue;
    tables.addSamples(
      {
        count: sample - start,
        pts: new Float64Array(0),
        ticks: track.ticks.subarray(start, sample),
        size: track.sizes.subarray(start, sample),
        offset: new Uint32Array(1),
        key: track.kind === "video" ? track.keys.subarray(start, sample) : new Uint8Array(0),
      },
      offsets[start - from] ?? 0,
    );
    start = sample;
  }
  return tables;
}

/** How long after its decoding each frame is shown; undefined where that is at once. */
function compositionOf({ track, from, to }: Span): Uint32Array | undefined {
  const shifts = Array.from({ length: to - from }, (_, i) => (track.composition[from + i] ?? 0) - (track.decode[from + i] ?? 0));
  if (shifts.some((shift) => shift < 0)) throw new MediaFormatError("foreign", "the MP4 shows a frame before it is decoded");
  return shifts.some((shift) => shift > 0) ? Uint32Array.from(shifts) : undefined;
}

/** Size of the picture in a sample entry (ISO/IEC 14496-12, 12.1.3.2), and its type. */
function entryOf({ entry }: MovieSamples): { readonly type: string; readonly width: number; readonly height: number } {
  if (entry.length < 52) throw new MediaFormatError("malformed", "stsd box: the entry is too short");
  const view = new DataView(entry.buffer, entry.byteOffset, entry.length);
  return { type: typeAt(entry, 20), width: view.getUint16(48), height: view.getUint16(50) };
}

const kinds: Readonly<Record<string, VideoKind>> = { avc1: "h264", av01: "av1", vp08: "vp8", vp09: "vp9" };

function videoTrack(span: Span, offsets: Float64Array, { first, end }: { readonly first: number; readonly end: number }): MovieTrack {
  const { track, from } = span;
  const zero = track.decode[from] ?? 0;
  const tables = tablesOf(span, offsets);
  const endTicks = zeroOf(track) + toTicks(end, track);
  tables.moveEnd(endTicks - zero);
  const shownAt = track.composition[first] ?? 0;
  const composition = compositionOf(span);
  const { width, height } = entryOf(track);
  return {
    id: VIDEO_TRACK,
    kind: "video",
    timescale: track.timescale,
    entry: track.entry,
    width,
    height,
    tables,
    ...(composition && { composition }),
    mediaTime: shownAt - zero,
    duration: Math.round(toMicros(endTicks - shownAt, track)),
  };
}

function audioTrack(span: Span, offsets: Float64Array, start: number): MovieTrack {
  const { track, from } = span;
  const tables = tablesOf(span, offsets);
  const mediaTime = Math.max(0, zeroOf(track) + toTicks(start, track) - (track.decode[from] ?? 0));
  const duration = Math.round(toMicros(Math.max(0, tables.end - mediaTime), track));
  return {
    id: AUDIO_TRACK,
    kind: "audio",
    timescale: track.timescale,
    entry: track.entry,
    width: 0,
    height: 0,
    tables,
    mediaTime,
    duration,
  };
}

/** When the frames are shown, in playing time; and their numbers in the order of showing. */
function shownOf(track: MovieSamples): { readonly shown: readonly number[]; readonly times: Float64Array } {
  const zero = zeroOf(track);
  const shown = Array.from(track.composition.keys()).sort((one, other) => (track.composition[one] ?? 0) - (track.composition[other] ?? 0));
  return { shown, times: Float64Array.from(shown, (frame) => toMicros((track.composition[frame] ?? 0) - zero, track)) };
}

const totalOf = ({ timescale, video }: MovieTracks): number => ((video.edits[0]?.duration ?? 0) * second) / timescale;

/**
 * When the frames of an MP4 of ours are shown.
 * @throws MediaFormatError when the file is none of ours.
 */
export const movieFrames = (tracks: MovieTracks): ShownFrames => ({ times: shownOf(tracks.video).times, total: totalOf(tracks) });

/** A keyframe of an MP4, and when it is shown (playing time). */
export interface KeyPicture {
  readonly sample: number;
  readonly at: Micros;
}

/**
 * The keyframes of an MP4 of ours that are shown after its beginning, in their order.
 * @throws MediaFormatError when the file is none of ours.
 */
export function keyPictures(tracks: MovieTracks): readonly KeyPicture[] {
  const { video } = tracks;
  const [zero, total] = [zeroOf(video), totalOf(tracks)];
  const all = Array.from(video.keys, (key, sample) => ({
    key,
    sample,
    at: micros(toMicros((video.composition[sample] ?? 0) - zero, video)),
  }));
  return all.filter(({ key, at }) => key === 1 && at > 0 && at < total).map(({ sample, at }) => ({ sample, at }));
}

/**
 * An MP4 of keyframes alone, one behind the other, for whoever wants small pictures of them: whatever the codec is, decoding it needs nothing else.
 * @param ref the caller's handle of the old file.
 */
export function pictureMovie<R>({ video }: MovieTracks, ref: R, samples: readonly number[]): FlatPlan<R> {
  const spans = samples.map((sample): Span => ({ track: video, from: sample, to: sample + 1 }));
  const payload = new Payload(ref);
  const placed = payload.place(spans);
  const tables = new TrackTables();
  const ticks = Uint32Array.of(Math.max(1, Math.round(video.timescale / 50)));
  for (const [i, { from, to }] of spans.entries()) {
    const [size, key] = [video.sizes.subarray(from, to), video.keys.subarray(from, to)];
    tables.addSamples({ count: 1, pts: new Float64Array(0), ticks, size, offset: new Uint32Array(1), key }, placed[i]?.[0] ?? 0);
  }
  const { type, width, height } = entryOf(video);
  const duration = Math.round(toMicros(tables.end, video));
  const whole = { id: VIDEO_TRACK, kind: "video", timescale: video.timescale, entry: video.entry, width, height, tables } as const;
  return planOf([{ ...whole, mediaTime: 0, duration }], payload, kinds[type]);
}

/**
 * Plans the MP4 of a part of an MP4 of ours. The first frame is exact by an edit list in both tracks, the end by leaving out what is behind it; where frames are
 * decoded in another order than they are shown (LiveKit egress), a few that come behind the end stay, hidden.
 * @param ref the caller's handle of the old file.
 * @throws MediaFormatError when the file is none of ours.
 */
export function trimMovie<R>(tracks: MovieTracks, ref: R, range: PlayedRange): TrimmedMovie<R> | TrimRefusal {
  const { video, audio } = tracks;
  const { shown, times } = shownOf(video);
  const kept = keepFrames(times, totalOf(tracks), range);
  if (kept.kind !== "kept") return kept;
  const picture = pictureSpan(video, shown, kept);
  const hiddenFrom = toMicros((video.composition[picture.from] ?? 0) - zeroOf(video), video);
  const sound = audio && soundSpan(audio, hiddenFrom, kept.end);
  const spans = sound && sound.to > sound.from ? [picture, sound] : [picture];
  const payload = new Payload(ref);
  const [pictureAt, soundAt] = payload.place(spans);
  const written = [videoTrack(picture, pictureAt ?? new Float64Array(0), { first: shown[kept.first] ?? 0, end: kept.end })];
  if (sound && soundAt) written.push(audioTrack(sound, soundAt, kept.start));
  return { kind: "kept", plan: planOf(written, payload, kinds[entryOf(video).type]), start: kept.start, end: kept.end };
}

function planOf<R>(
  tracks: readonly MovieTrack[],
  { parts, sizeBytes: payloadBytes }: Payload<R>,
  kind: VideoKind | undefined,
): FlatPlan<R> {
  const type = ftyp(kind);
  const payloadAt = type.length + writeMovie(tracks, 0).length + 16;
  const head = concat([type, writeMovie(tracks, payloadAt), mdatHeader(payloadBytes)]);
  const sizeBytes = head.length + payloadBytes;
  const [video, audio] = tracks;
  const videoDuration = micros(video?.duration ?? 0);
  const audioDuration = audio ? micros(audio.duration) : null;
  return {
    head,
    parts,
    sizeBytes,
    expected: {
      sizeBytes,
      videoSamples: video?.tables.ticks.length ?? 0,
      keyframes: video?.tables.keys.length ?? 0,
      audioSamples: audio?.tables.ticks.length ?? null,
      videoDuration,
      audioDuration,
      duration: micros(Math.max(videoDuration, audioDuration ?? 0)),
    },
  };
}
