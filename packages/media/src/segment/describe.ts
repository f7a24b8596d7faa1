/** A segment's bytes become its index entry and its sample tables. Reads the head only; the payload is never looked at. */
import { micros } from "@livekit-replay/contract";
import { MediaFormatError } from "./error.js";
import { type SegmentInfo, wallAt } from "./info.js";
import * as layout from "./layout.js";
import { type Mark, readMark } from "./mark.js";
import { fromNtp } from "./ntp.js";
import { type Box, boxesIn, Cursor, one, typeAt } from "./parse.js";

/** The samples of one track of a segment, in order; each array has `count` entries. */
export interface SampleTable {
  readonly count: number;
  /** In µs on the run's timeline. Video: exact. Audio: the packet's tick of 1/48000 s, so with a fraction. */
  readonly pts: Float64Array;
  /** Durations in ticks of the track: video 1/1000000 s, audio 1/48000 s. */
  readonly ticks: Uint32Array;
  /** Bytes of the sample. */
  readonly size: Uint32Array;
  /** Where the sample starts in the segment's file. The samples of a track lie one behind the other. */
  readonly offset: Uint32Array;
  /** 1 for a keyframe, 0 for another frame; audio: all 1. */
  readonly key: Uint8Array;
}

/** Everything that a segment's head says. */
export interface SegmentDescription {
  readonly info: SegmentInfo;
  readonly video: SampleTable;
  /** Null when the segment holds no sound. */
  readonly audio: SampleTable | null;
}

/** How many bytes of a segment's file must be read to describe it. */
export interface HeadSize {
  /** Read at least this many bytes from the start of the file. */
  readonly headBytes: number;
  /** True: `headBytes` is exact. False: read that many and ask again (it grows at each step, five steps at most). */
  readonly exact: boolean;
}

/** A good first read: most heads fit, so that one read and one description are enough. */
export const FIRST_READ_BYTES = 8192;

/** No GOP that the recorder holds (32 MB) has a table near this. */
const MAX_HEAD_BYTES = 4 * 1024 * 1024;

/** Walks over the box headers in their one order, as far as the bytes reach. */
function walkHead(bytes: Uint8Array, sizeBytes: number): { readonly boxes: readonly Box[]; readonly size: HeadSize } {
  const boxes: Box[] = [];
  let at = 0;
  for (const type of layout.SEGMENT_BOXES) {
    if (at + 8 > sizeBytes) throw new MediaFormatError("truncated", `the segment ends before its ${type} box`);
    if (at + 8 > MAX_HEAD_BYTES) throw new MediaFormatError("limit", "the head of the segment is larger than any of ours");
    if (at + 8 > bytes.length) return { boxes, size: { headBytes: at + 8, exact: type === "mdat" } };
    if (typeAt(bytes, at) !== type) throw new MediaFormatError("foreign", `the segment has no ${type} box where it should be`);
    const length = new Cursor(bytes, { start: at, end: at + 8 }, type).u32();
    if (length < 8) throw new MediaFormatError("malformed", `box ${type} is smaller than its header`);
    boxes.push({ type, start: at, body: at + 8, end: at + length });
    at += length;
  }
  if (at !== sizeBytes)
    throw new MediaFormatError(at > sizeBytes ? "truncated" : "malformed", "the segment's mdat box does not end with the file");
  return { boxes, size: { headBytes: boxes[boxes.length - 1]?.body ?? 0, exact: true } };
}

/**
 * How far the head of a segment file reaches, from its first bytes (even none).
 * @param sizeBytes size of the whole file.
 * @throws MediaFormatError when it is no segment of ours, or the head is larger than any of ours.
 */
export function headSize(prefix: Uint8Array, sizeBytes: number): HeadSize {
  return walkHead(prefix, sizeBytes).size;
}

interface Run {
  readonly ticks: Uint32Array;
  readonly size: Uint32Array;
  readonly key: Uint8Array;
  readonly dataOffset: number;
}

function readTrun(bytes: Uint8Array, found: Box, withKeys: boolean): Run {
  const cursor = new Cursor(bytes, { start: found.body, end: found.end }, "trun box");
  cursor.versionAndFlags(0, withKeys ? layout.TRUN_FLAGS_WITH_KEYS : layout.TRUN_FLAGS);
  const count = cursor.u32();
  const dataOffset = cursor.i32();
  if (count === 0 || cursor.left !== count * (withKeys ? 12 : 8))
    throw new MediaFormatError("malformed", "trun box: the number of samples does not fit its size");
  const run = { ticks: new Uint32Array(count), size: new Uint32Array(count), key: new Uint8Array(count).fill(1), dataOffset };
  for (let i = 0; i < count; i += 1) {
    run.ticks[i] = cursor.u32();
    run.size[i] = cursor.u32();
    if (withKeys) run.key[i] = cursor.u32() === layout.KEY_SAMPLE ? 1 : 0;
    if (run.ticks[i] === 0) throw new MediaFormatError("malformed", "trun box: a sample without duration");
  }
  return run;
}

interface TrackLayout {
  readonly id: number;
  readonly timescale: number;
  /** Where this track's samples must start in the file. */
  readonly from: number;
  readonly moof: Box;
}

function readTrack(bytes: Uint8Array, traf: Box, track: TrackLayout): SampleTable {
  const children = boxesIn(bytes, traf.body, traf.end);
  const tfhd = new Cursor(bytes, { start: one(children, "tfhd").body, end: one(children, "tfhd").end }, "tfhd box");
  tfhd.versionAndFlags(0, layout.TFHD_FLAGS);
  if (tfhd.u32() !== track.id) throw new MediaFormatError("foreign", "tfhd box: another track than ours");
  const tfdt = new Cursor(bytes, { start: one(children, "tfdt").body, end: one(children, "tfdt").end }, "tfdt box");
  tfdt.versionAndFlags(1, 0);
  let time = tfdt.u64();
  const run = readTrun(bytes, one(children, "trun"), track.id === layout.VIDEO_TRACK);
  let at = track.moof.start + run.dataOffset;
  if (at !== track.from) throw new MediaFormatError("malformed", "trun box: the samples are not where they should be");
  const count = run.size.length;
  const pts = new Float64Array(count);
  const offset = new Uint32Array(count);
  const unit = 1_000_000 / track.timescale;
  for (let i = 0; i < count; i += 1) {
    pts[i] = time * unit;
    offset[i] = at;
    time += run.ticks[i] ?? 0;
    at += run.size[i] ?? 0;
    if (at > 0xffffffff) throw new MediaFormatError("malformed", "trun box: the samples are larger than the file");
  }
  return { count, pts, ticks: run.ticks, size: run.size, offset, key: run.key };
}

/** Where the bytes of a track end in the file. */
const dataEnd = ({ count, offset, size }: SampleTable): number => (offset[count - 1] ?? 0) + (size[count - 1] ?? 0);

function readMoof(
  bytes: Uint8Array,
  moof: Box,
  mdat: Box,
): { readonly sequence: number; readonly video: SampleTable; readonly audio: SampleTable | null } {
  const [mfhd, videoTraf, audioTraf, ...others] = boxesIn(bytes, moof.body, moof.end);
  if (mfhd?.type !== "mfhd" || videoTraf?.type !== "traf" || (audioTraf && audioTraf.type !== "traf") || others.length > 0)
    throw new MediaFormatError("foreign", "moof box: other boxes than ours");
  const header = new Cursor(bytes, { start: mfhd.body, end: mfhd.end }, "mfhd box");
  header.versionAndFlags(0, 0);
  const sequence = header.u32();
  const video = readTrack(bytes, videoTraf, { id: layout.VIDEO_TRACK, timescale: layout.VIDEO_TIMESCALE, from: mdat.body, moof });
  const audio = audioTraf
    ? readTrack(bytes, audioTraf, { id: layout.AUDIO_TRACK, timescale: layout.AUDIO_TIMESCALE, from: dataEnd(video), moof })
    : null;
  if (dataEnd(audio ?? video) !== mdat.end) throw new MediaFormatError("malformed", "the samples do not fill the mdat box");
  return { sequence, video, audio };
}

function readPrft(bytes: Uint8Array, found: Box): Pick<SegmentInfo, "startPts" | "startWall"> {
  const cursor = new Cursor(bytes, { start: found.body, end: found.end }, "prft box");
  cursor.versionAndFlags(1, layout.PRFT_FLAGS);
  if (cursor.u32() !== layout.VIDEO_TRACK) throw new MediaFormatError("foreign", "prft box: another track than ours");
  const startWall = fromNtp({ seconds: cursor.u32(), fraction: cursor.u32() });
  return { startPts: micros(cursor.u64()), startWall };
}

function checkTimes(mark: Mark, startPts: number, video: SampleTable): void {
  const last = video.count - 1;
  const end = (video.pts[last] ?? 0) + (video.ticks[last] ?? 0);
  if (video.pts[0] !== startPts || end !== mark.endPts)
    throw new MediaFormatError("malformed", "the times in prft, uuid and moof contradict each other");
  if (video.key[0] !== 1) throw new MediaFormatError("malformed", "the segment does not begin with a keyframe");
}

/**
 * Index entry and sample tables of a segment.
 * @param head the file's first bytes, at least `headSize` of them (the whole file is right too).
 * @param sizeBytes size of the whole file; needed when `head` is not the whole file.
 * @throws MediaFormatError for everything that `muxSegment` or `cutSegment` did not write, whole.
 */
export function describeSegment(head: Uint8Array, sizeBytes: number = head.length): SegmentDescription {
  const { boxes, size } = walkHead(head, sizeBytes);
  const [, prftBox, uuidBox, moofBox, mdatBox] = boxes;
  if (!prftBox || !uuidBox || !moofBox || !mdatBox) throw new MediaFormatError("truncated", "the head of the segment is not there in full");
  const { startPts, startWall } = readPrft(head, prftBox);
  const mark = readMark(head, uuidBox);
  const { sequence, video, audio } = readMoof(head, moofBox, mdatBox);
  checkTimes(mark, startPts, video);
  if (sequence === 0) throw new MediaFormatError("malformed", "mfhd box: numbers count from 1");
  const info: SegmentInfo = {
    run: mark.run,
    number: sequence - 1,
    runReason: mark.runReason,
    startPts,
    endPts: mark.endPts,
    startWall,
    endWall: wallAt({ startPts, startWall }, mark.endPts),
    sizeBytes,
    headBytes: size.headBytes,
    frames: video.count,
    packets: audio?.count ?? 0,
    gaps: mark.gaps,
  };
  return { info, video, audio };
}
