/**
 * Puts the stretches of a clip on one timeline. The movie's zero is the first frame of the first segment; video counts in µs, sound in 1/48000 s.
 * Sound is never left with a hole, because Chromium plays packets back to back and would lose the sync by it: holes are filled with Opus silence,
 * and a joint is moved by less than 2.5 ms so that the filling fits exactly.
 */
import type { Micros } from "@livekit-replay/contract";
import { concat } from "../segment/box.js";
import { describeSegment, type SegmentDescription } from "../segment/describe.js";
import { MediaFormatError } from "../segment/error.js";
import type { SegmentInfo } from "../segment/info.js";
import { type ParsedInit, parseInit } from "../segment/init-parse.js";
import { audioTicks } from "../segment/layout.js";
import { SILENCE_STEP_TICKS, silence } from "../segment/silence.js";
import { checkOneCodec } from "./codecs.js";
import type { FlatPart, FlatSegment, FlatStretch } from "./parts.js";
import { TrackTables } from "./tables.js";

/** Movie time of a stretch's first frame, for both tracks, and the times of the run that it stands for. */
interface Anchor {
  readonly run: number;
  readonly videoAt: number;
  readonly videoPts: number;
  readonly audioAt: number;
  readonly audioPts: number;
}

const ticksAfter = (movieMicros: number): number => Math.ceil((movieMicros * 48) / 1000);

/** Ticks from the start of the segment to its first packet. */
const lead = ({ info, audio }: SegmentDescription): number | null =>
  audio ? audioTicks(audio.pts[0] ?? 0) - audioTicks(info.startPts) : null;

/** Collects stretches in their order; `finish` once, then the tables and parts are those of the whole clip. */
export class Assembly<R> {
  readonly video = new TrackTables();
  /** Null in a clip without any sound. */
  readonly audio: TrackTables | null;
  readonly parts: FlatPart<R>[] = [];
  #payloadBytes = 0;
  /** Movie time of the sound track's zero: at or before the first frame. */
  #audioOrigin = 0;

  constructor(hasSound: boolean) {
    this.audio = hasSound ? new TrackTables() : null;
  }

  get payloadBytes(): number {
    return this.#payloadBytes;
  }

  /** Movie time of the sound track's zero, in ticks; 0 or a little before. */
  get audioOrigin(): number {
    return this.#audioOrigin;
  }

  /** All segments of a stretch, behind what is there. */
  addStretch(segments: readonly FlatSegment<R>[], hold: Micros): void {
    let anchor: Anchor | null = null;
    let end: Micros | null = null;
    for (const segment of segments) {
      const described = describeSegment(segment.head, segment.sizeBytes);
      anchor ??= this.#join(described);
      if (described.info.run !== anchor.run || (end !== null && described.info.startPts !== end))
        throw new MediaFormatError("malformed", "a stretch has a hole");
      end = described.info.endPts;
      this.#add(segment, described, anchor);
    }
    this.video.moveEnd(this.video.end + hold);
  }

  /** Sound reaches the end of the picture. */
  finish(): void {
    this.#fill(ticksAfter(this.video.end));
  }

  /** Where a stretch starts: as early as the picture before it allows, and such that the hole in the sound is a whole number of silent packets. */
  #join(first: SegmentDescription): Anchor {
    const audioLead = lead(first);
    const pts = { run: first.info.run, videoPts: first.info.startPts, audioPts: audioTicks(first.info.startPts) };
    const videoEnd = this.video.end;
    if (!this.audio || audioLead === null) return { ...pts, videoAt: videoEnd, audioAt: ticksAfter(videoEnd) };
    if (this.video.ticks.length === 0) {
      this.#audioOrigin = audioLead - SILENCE_STEP_TICKS * Math.max(0, Math.ceil(audioLead / SILENCE_STEP_TICKS));
      return { ...pts, videoAt: 0, audioAt: 0 };
    }
    const audioEnd = this.#audioOrigin + this.audio.end;
    const steps = Math.max(0, Math.ceil((ticksAfter(videoEnd) + audioLead - audioEnd) / SILENCE_STEP_TICKS));
    const audioAt = audioEnd + steps * SILENCE_STEP_TICKS - audioLead;
    return { ...pts, videoAt: Math.max(videoEnd, Math.round((audioAt * 1000) / 48)), audioAt };
  }

  #add(segment: FlatSegment<R>, { info, video, audio }: SegmentDescription, anchor: Anchor): void {
    if (audio) this.#startSound(anchor.audioAt + audioTicks(audio.pts[0] ?? 0) - anchor.audioPts);
    this.video.moveEnd(anchor.videoAt + info.startPts - anchor.videoPts);
    this.video.addSamples(video, this.#payloadBytes);
    if (audio) this.audio?.addSamples(audio, this.#payloadBytes);
    this.parts.push({ kind: "copy", ref: segment.ref, offset: 0, length: segment.sizeBytes });
    this.#payloadBytes += segment.sizeBytes;
    if (!audio) this.#fill(ticksAfter(this.video.end));
  }

  /** Brings the end of the sound to `at` (movie time, ticks). Sound that is much too long already stays: what follows is late, which is better than a clip that cannot be made. */
  #startSound(at: number): void {
    this.#fill(at);
    const end = at - this.#audioOrigin;
    if (this.audio && this.audio.end - end < SILENCE_STEP_TICKS) this.audio.moveEnd(end);
  }

  /** Silence up to `end` (movie time, ticks), in whole steps; a rest of less than a step is left. */
  #fill(end: number): void {
    if (!this.audio) return;
    const steps = Math.floor((end - this.#audioOrigin - this.audio.end) / SILENCE_STEP_TICKS);
    if (steps < 1) return;
    const packets = silence(steps * SILENCE_STEP_TICKS);
    const bytes = concat(packets.map(({ data }) => data));
    this.audio.addPackets(packets, this.#payloadBytes);
    this.parts.push({ kind: "bytes", bytes });
    this.#payloadBytes += bytes.length;
  }
}

/** All stretches of a clip on one timeline, and what they are made of. */
export interface AssembledClip<R> {
  readonly assembly: Assembly<R>;
  /** One for each stretch. */
  readonly inits: readonly ParsedInit[];
  readonly firstInit: ParsedInit;
  /** The first segment: the movie's zero is its first frame. */
  readonly first: SegmentInfo;
}

/**
 * Puts a clip together.
 * @param startPts the first frame shown: PTS of a frame of the first segment.
 * @throws as `planFlat` does.
 */
export function assemble<R>(stretches: readonly FlatStretch<R>[], startPts: Micros): AssembledClip<R> {
  const head = stretches[0]?.segments[0];
  if (!head || stretches.some(({ segments }) => segments.length === 0)) throw new TypeError("stretches must hold segments");
  const { info: first } = describeSegment(head.head, head.sizeBytes);
  if (startPts < first.startPts || startPts >= first.endPts) throw new TypeError("startPts must be inside the first segment");
  const inits = stretches.map(({ init }) => parseInit(init));
  const [firstInit] = inits;
  if (!firstInit) throw new TypeError("stretches must hold segments");
  checkOneCodec(inits);
  return { ...timeline(stretches, inits), inits, firstInit, first };
}

/**
 * Stretches on one timeline, whatever their codecs.
 * @param inits of the stretches, parsed.
 * @throws MediaFormatError as `planFlat`.
 */
export function timeline<R>(
  stretches: readonly FlatStretch<R>[],
  inits: readonly ParsedInit[] = stretches.map(({ init }) => parseInit(init)),
): { readonly assembly: Assembly<R> } {
  const assembly = new Assembly<R>(inits.some(({ audioEntry }) => audioEntry));
  for (const { segments, hold } of stretches) assembly.addStretch(segments, hold);
  assembly.finish();
  return { assembly };
}
