/** Compares what a clip says with what it must say: every frame once and in order, sound in step with the picture, lengths that agree. */
import { type Micros, micros } from "@livekit-replay/contract";
import type { ClipReading, FrameReading } from "./read.js";

/** A place where a frame does not follow the one before. */
export interface SequenceJump {
  /** Index of the frame after the jump. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
  /** Frames that are missing between the two, counted round the loop. */
  readonly missing: number;
}

/** What is wrong with a sequence of frame numbers. All zero and empty for a perfect clip. */
export interface SequenceFaults {
  readonly unreadable: number;
  readonly repeated: number;
  readonly outOfOrder: number;
  readonly missing: number;
  readonly jumps: readonly SequenceJump[];
}

/**
 * Checks that the numbers count up by one, modulo the film's length.
 * `joints` are indices of frames that may start anywhere: where a new run begins in the clip.
 */
export function checkSequence(
  frames: readonly FrameReading[],
  filmFrames: number,
  joints: ReadonlySet<number> = new Set(),
): SequenceFaults {
  const jumps: SequenceJump[] = [];
  let unreadable = 0;
  let repeated = 0;
  let outOfOrder = 0;
  let missing = 0;
  let last: number | null = null;
  /** Frames that could not be read stand for themselves: they are no missing ones. */
  let steps = 1;
  frames.forEach(({ number }, index) => {
    if (joints.has(index)) last = null;
    if (number === null) {
      unreadable += 1;
      steps += 1;
      return;
    }
    if (last !== null) {
      const ahead = (number - last + filmFrames) % filmFrames;
      if (ahead === 0) repeated += 1;
      else if (ahead > filmFrames / 2) outOfOrder += 1;
      else if (ahead > steps) missing += ahead - steps;
      if (ahead !== steps) jumps.push({ index, from: last, to: number, missing: Math.max(0, ahead - steps) });
    }
    last = number;
    steps = 1;
  });
  return { unreadable, repeated, outOfOrder, missing, jumps };
}

/** A flash and the click that belongs to it. `offsetUs` is positive when the sound is late. */
export interface SyncPoint {
  readonly flash: Micros;
  readonly offsetUs: Micros;
}

/** How well sound and picture go together. */
export interface SyncReading {
  readonly points: readonly SyncPoint[];
  /** Flashes without a click and clicks without a flash, away from the clip's ends. */
  readonly alone: number;
  /** Largest offset, either way; null when no flash has a click. */
  readonly worstUs: Micros | null;
}

/** A click farther from its flash than this belongs to none. */
const PAIR_WITHIN_US = 400_000;
/** So near to an end of the clip, the other half may be cut off. */
const EDGE_US = 150_000;

/** Instants of the first flash frame after a frame without flash. */
export function flashInstants(frames: readonly FrameReading[]): Micros[] {
  return frames.filter((frame, index) => frame.flash && frames[index - 1]?.flash === false).map((frame) => frame.pts);
}

function nearest(instants: readonly Micros[], to: Micros): Micros | null {
  let best: Micros | null = null;
  for (const instant of instants) if (best === null || Math.abs(instant - to) < Math.abs(best - to)) best = instant;
  return best !== null && Math.abs(best - to) <= PAIR_WITHIN_US ? best : null;
}

/** Pairs flashes with clicks. */
export function checkSync(reading: ClipReading): SyncReading {
  const flashes = flashInstants(reading.frames);
  const start = reading.frames[0]?.pts ?? 0;
  const end = reading.frames.at(-1)?.pts ?? 0;
  const inside = (instant: Micros): boolean => instant > start + EDGE_US && instant < end - EDGE_US;
  const points: SyncPoint[] = [];
  let alone = reading.clicks.filter((click) => inside(click) && nearest(flashes, click) === null).length;
  for (const flash of flashes) {
    const click = nearest(reading.clicks, flash);
    if (click !== null) points.push({ flash, offsetUs: micros(click - flash) });
    else if (inside(flash)) alone += 1;
  }
  const worst = points.reduce<number | null>((most, { offsetUs }) => Math.max(most ?? 0, Math.abs(offsetUs)), null);
  return { points, alone, worstUs: worst === null ? null : micros(worst) };
}

/** Largest difference between the lengths of container, picture and sound. */
export function lengthSpread({ containerUs, videoUs, audioUs }: ClipReading): Micros {
  const lengths = [containerUs, videoUs, ...(audioUs === null ? [] : [audioUs])];
  return micros(Math.max(...lengths) - Math.min(...lengths));
}
