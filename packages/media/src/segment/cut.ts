/** A segment rewritten so that it ends (or starts) at a frame: WebRTC has no B-frames, so leaving samples out needs no re-encoding. */
import { type Gap, type Micros, type WallMs, wallMs } from "@livekit-replay/contract";
import { concat } from "./box.js";
import { describeSegment, type SampleTable, type SegmentDescription } from "./describe.js";
import { type TrackSamples, writeHead } from "./fragment.js";
import { wallAt } from "./info.js";
import { audioTicks } from "./layout.js";
import { silence } from "./silence.js";

/** Where to cut; media times on the run's timeline. */
export interface CutOptions {
  /** PTS of a keyframe inside the segment: everything before it is left out. Default: the segment's start. */
  readonly fromKeyframe?: Micros;
  /** Frames with `pts < endPts` stay. */
  readonly endPts: Micros;
  /** The last frame is shown, and the sound goes on (packets, then Opus silence), until here. After the last frame's PTS. */
  readonly holdUntilPts: Micros;
}

/** A stretch of a track's samples, and their bytes. */
interface Kept {
  readonly samples: TrackSamples;
  readonly bytes: Uint8Array;
}

/** Index of the first sample at or after `pts`. */
function firstAt({ pts, count }: SampleTable, time: number): number {
  const found = pts.findIndex((value) => value >= time);
  return found < 0 ? count : found;
}

const bytesOf = (file: Uint8Array, { offset, size }: SampleTable, from: number, to: number): Uint8Array =>
  file.subarray(offset[from] ?? 0, (offset[to - 1] ?? 0) + (size[to - 1] ?? 0));

function cutVideo(file: Uint8Array, { video }: SegmentDescription, options: CutOptions): Kept {
  const { fromKeyframe, endPts, holdUntilPts } = options;
  const from = fromKeyframe === undefined ? 0 : firstAt(video, fromKeyframe);
  const to = firstAt(video, endPts);
  if (fromKeyframe !== undefined && (video.pts[from] !== fromKeyframe || video.key[from] !== 1))
    throw new TypeError("fromKeyframe must be the PTS of a keyframe of the segment");
  if (to <= from) throw new TypeError("endPts must be after the first frame");
  const lastPts = video.pts[to - 1] ?? 0;
  if (holdUntilPts <= lastPts || holdUntilPts - lastPts > 0xffffffff)
    throw new TypeError("holdUntilPts must be after the last frame's PTS");
  const ticks = video.ticks.slice(from, to);
  ticks[ticks.length - 1] = holdUntilPts - lastPts;
  return {
    samples: { decodeTime: video.pts[from] ?? 0, ticks, size: video.size.slice(from, to), key: video.key.slice(from, to) },
    bytes: bytesOf(file, video, from, to),
  };
}

function cutAudio(file: Uint8Array, audio: SampleTable, { start, end }: { readonly start: number; readonly end: number }): Kept | null {
  const from = firstAt(audio, start);
  const to = firstAt(audio, end);
  if (to <= from) return null;
  const decodeTime = audioTicks(audio.pts[from] ?? 0);
  const kept = audio.ticks.subarray(from, to);
  const soundEnd = kept.reduce((sum, ticks) => sum + ticks, decodeTime);
  const added = silence(audioTicks(end) - soundEnd);
  return {
    samples: {
      decodeTime,
      ticks: Uint32Array.of(...kept, ...added.map((packet) => packet.ticks)),
      size: Uint32Array.of(...audio.size.subarray(from, to), ...added.map((packet) => packet.data.length)),
      key: null,
    },
    bytes: concat([bytesOf(file, audio, from, to), ...added.map((packet) => packet.data)]),
  };
}

const within = (gaps: readonly Gap[], from: WallMs, to: WallMs): readonly Gap[] =>
  gaps
    .filter((gap) => gap.fromMs < to && gap.toMs > from)
    .map((gap) => ({ ...gap, fromMs: wallMs(Math.max(gap.fromMs, from)), toMs: wallMs(Math.min(gap.toMs, to)) }));

/**
 * A new segment with the same run and number, cut at frames. The bytes of frames left out are not in it; neither are gaps that lie outside.
 * @param bytes the whole segment file.
 * @throws MediaFormatError when the bytes are no segment; TypeError when no frame is left or `fromKeyframe` is no keyframe of it.
 */
export function cutSegment(bytes: Uint8Array, options: CutOptions): Uint8Array {
  const described = describeSegment(bytes);
  const { info } = described;
  const startPts = options.fromKeyframe ?? info.startPts;
  const endPts = options.holdUntilPts;
  const startWall = wallAt(info, startPts);
  const video = cutVideo(bytes, described, options);
  const audio = described.audio ? cutAudio(bytes, described.audio, { start: startPts, end: endPts }) : null;
  const head = writeHead({
    run: info.run,
    number: info.number,
    runReason: info.runReason,
    startPts,
    endPts,
    startWall,
    gaps: within(info.gaps, startWall, wallAt(info, endPts)),
    video: video.samples,
    audio: audio?.samples ?? null,
  });
  return concat([head, video.bytes, audio?.bytes ?? new Uint8Array(0)]);
}
