/** Which frames of a clip a range of its playing time keeps: one rule, whether the clip is still segments or an MP4 already. */
import { type Micros, micros } from "@livekit-replay/contract";

/** Playing time from the clip's first frame. */
export interface PlayedRange {
  readonly start: Micros;
  readonly end: Micros;
}

/** Why nothing can be kept: the range reaches out of the clip, or is shorter than the frame that it lies in. */
export interface TrimRefusal {
  readonly kind: "outside" | "short";
}

/** Frames by their number in the order of showing, and when they are shown. */
export interface KeptFrames {
  readonly kind: "kept";
  readonly first: number;
  readonly last: number;
  /** When the first frame is shown. */
  readonly start: Micros;
  /** Until when the last one is. */
  readonly end: Micros;
}

/** The frames of a clip. */
export interface ShownFrames {
  /** When each is shown, in playing time (µs), in the order of showing; those before 0 are hidden, but the last one at or before 0 is the first that is seen. */
  readonly times: Float64Array;
  /** What plays, µs. */
  readonly total: number;
}

/** Who asks in whole ms has rounded: a frame's time is met by this much more or less. */
const ROUNDED = 500;
/** The last frame is shown to its end, but not for longer than this beyond the range: on a screen that stands still it may stand for seconds. */
const LONGEST_REST = 100_000;
/** How long a clip is changes by some ms when its MP4 is made: an end this far behind the clip's is the clip's. */
const END_SLACK = 100_000;

/**
 * The frames that are on the screen in a range.
 * @param times when each frame is shown, in the order of showing; negative ones are hidden, and one is at 0 or before.
 * @param total what plays.
 */
export function keepFrames(times: Float64Array, total: number, { start, end }: PlayedRange): KeptFrames | TrimRefusal {
  if (start >= total || end > total + END_SLACK || start < 0) return { kind: "outside" };
  const first = times.findLastIndex((time) => time <= start + ROUNDED);
  // What comes behind the clip's end is hidden, too.
  const last = times.findLastIndex((time) => time < Math.min(end, total) - ROUNDED);
  if (first < 0 || last < first) return { kind: "short" };
  const shownAt = times[first] ?? 0;
  const naturalEnd = Math.min(times[last + 1] ?? total, total);
  const least = Math.min(naturalEnd - (times[last] ?? 0), LONGEST_REST);
  if (first === last && end - start + 2 * ROUNDED < least) return { kind: "short" };
  const shownUntil = naturalEnd - end > LONGEST_REST ? end : naturalEnd;
  return { kind: "kept", first, last, start: micros(shownAt), end: micros(shownUntil) };
}
