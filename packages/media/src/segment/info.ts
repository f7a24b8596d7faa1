/**
 * What the index knows about a segment and a run, and the arithmetic between the two times of a segment.
 * `describe` makes these from bytes; `playlist/` and `clip/` work on them without touching bytes.
 */
import { type Gap, type Micros, micros, type WallMs, wallMs } from "@livekit-replay/contract";
import type { RunFormat, RunReason } from "./gop.js";

/** What an init file says. The run's number is not in it: it is in the file's name and in every segment. */
export interface RunInfo {
  readonly format: RunFormat;
  readonly sizeBytes: number;
}

/** One segment, as the index holds it. Everything comes from the segment's own bytes. */
export interface SegmentInfo {
  readonly run: number;
  /** Counts from 0 in each run. */
  readonly number: number;
  /** Why its run began; the same in all segments of a run, so that it survives the expiry of the first. */
  readonly runReason: RunReason;
  /** PTS of the first frame (a keyframe). */
  readonly startPts: Micros;
  /** Where the last frame ends; the next segment of the run starts here. */
  readonly endPts: Micros;
  /** Wall time of `startPts`; exact to 1 µs, so not always a whole number. */
  readonly startWall: WallMs;
  /** `startWall` plus the segment's length. */
  readonly endWall: WallMs;
  /** Size of the whole file. */
  readonly sizeBytes: number;
  /** Bytes before the payload of `mdat`: all that is needed to describe the segment. */
  readonly headBytes: number;
  /** Video frames. */
  readonly frames: number;
  /** Opus packets; 0 in a run without sound. */
  readonly packets: number;
  /** Stretches inside the segment where frames are missing. */
  readonly gaps: readonly Gap[];
}

/** Wall time of a media time inside (or near) a segment. */
export const wallAt = (segment: Pick<SegmentInfo, "startPts" | "startWall">, pts: Micros): WallMs =>
  wallMs(segment.startWall + (pts - segment.startPts) / 1000);

/** Media time of a wall time inside (or near) a segment, on the timeline of the segment's run. */
export const ptsAt = (segment: Pick<SegmentInfo, "startPts" | "startWall">, wall: WallMs): Micros =>
  micros(segment.startPts + (wall - segment.startWall) * 1000);

/**
 * Whether `next` goes on where `previous` ends, in the same run: the two can be played one after the other without a joint.
 * False between runs and where a segment of a run is missing (the disk was full).
 */
export const continues = (previous: SegmentInfo, next: SegmentInfo): boolean =>
  previous.run === next.run && previous.endPts === next.startPts;
