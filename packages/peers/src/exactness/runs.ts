/** Judges a clip of several runs: a publisher that came back again and again, every frame of every run once. */
import type { FrameReading } from "../judge/read.js";
import type { Criterion } from "./verdict.js";

/** How a clip's frames follow what was sent in several runs. */
export interface RunsReading {
  /** Frames that were sent between the clip's first and last one, and are not in it. */
  readonly missing: number;
  /** Frames of the clip that are not the next one of any run. */
  readonly strange: number;
  /** Runs that the clip has frames of. */
  readonly runs: number;
  /** Frames of the last run that were sent and come after the clip's last one. */
  readonly leftOver: number;
}

/** A frame may be looked for so far ahead before it counts as strange. */
const LOOK_AHEAD = 400;

/**
 * Follows the clip through the runs. `sent` holds the film's frame numbers of each run, in order of sending;
 * `startIndex` is where the clip begins in the first run.
 */
export function followRuns(frames: readonly FrameReading[], sent: readonly (readonly number[])[], startIndex: number): RunsReading {
  const all = sent.flatMap((numbers, run) => numbers.map((number) => ({ number, run })));
  let next = startIndex;
  let missing = 0;
  let strange = 0;
  const runs = new Set<number>();
  for (const { number } of frames) {
    let found = next;
    while (found < all.length && found - next <= LOOK_AHEAD && all[found]?.number !== number) found += 1;
    const match = all[found];
    if (!match || match.number !== number) {
      strange += 1;
      continue;
    }
    missing += found - next;
    runs.add(match.run);
    next = found + 1;
  }
  return { missing, strange, runs: runs.size, leftOver: all.length - next };
}

/** Every frame of every run once, and as many runs as there were. */
export function judgeRuns(reading: RunsReading, runs: number): Criterion[] {
  const { missing, strange } = reading;
  return [
    { name: "frames", ok: missing === 0 && strange === 0, value: `${missing} missing, ${strange} strange` },
    { name: "runs", ok: reading.runs === runs, value: `${reading.runs} of ${runs}` },
  ];
}
