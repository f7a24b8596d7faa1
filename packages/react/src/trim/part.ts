/** The chosen part: two ends that stand on frames, and the rules by which they move. Times are the target's own, in ms. */
import type { Bounds, Frame } from "./frames.js";

/** Which end. */
export type End = "start" | "end";

/** An end of the part. Without a frame it is being moved, and its frame is not known yet. */
export interface Edge {
  /** Of the start: when its frame begins; of the end: when its frame, the last one, is over. */
  readonly ms: number;
  readonly frame: Frame | undefined;
}

/** The part. Both frames belong to it. */
export interface Part {
  readonly start: Edge;
  readonly end: Edge;
}

/** How near the two ends may come before their frames are known: about a frame. */
const LEAST_MS = 10;

/** An end that stands on a frame. */
export const onFrame = (end: End, frame: Frame): Edge => ({ ms: end === "start" ? frame.atMs : frame.untilMs, frame });

/** How long the part plays. */
export const lengthOf = ({ start, end }: Part): number => Math.max(0, end.ms - start.ms);

/** Between which instants an end may stand: within what there is, and not beyond the other end. */
export const roomOf = ({ start, end }: Part, bounds: Bounds, which: End): Bounds => {
  if (which === "start") {
    const toMs = end.frame?.atMs ?? end.ms - LEAST_MS;
    return { fromMs: bounds.fromMs, toMs: Math.max(bounds.fromMs, Math.min(toMs, bounds.toMs)) };
  }
  const fromMs = start.frame?.untilMs ?? start.ms + LEAST_MS;
  return { fromMs: Math.min(bounds.toMs, Math.max(fromMs, bounds.fromMs)), toMs: bounds.toMs };
};

/** The nearest instant that an end may stand at. */
export const within = ({ fromMs, toMs }: Bounds, ms: number): number => Math.min(Math.max(ms, fromMs), Math.max(fromMs, toMs));

/** The part with one end moved; the other end stays. */
export const moved = (part: Part, which: End, edge: Edge): Part => ({ ...part, [which]: edge });

/** Whether the ends stand in this order, on frames: then it can be saved. `least`: of how many frames it must be (one or two). */
export const isWhole = ({ start, end }: Part, least: 1 | 2): boolean =>
  start.frame !== undefined &&
  end.frame !== undefined &&
  (least === 1 ? start.frame.atMs <= end.frame.atMs : start.frame.atMs < end.frame.atMs);

/** The part with an end at a frame. A start behind the end (or the other way round) takes the other end along: the part is one frame long then. */
export const setTo = (part: Part, which: End, frame: Frame): Part => {
  const next = moved(part, which, onFrame(which, frame));
  const other = which === "start" ? part.end : part.start;
  const crossed = which === "start" ? other.ms <= frame.atMs : other.ms >= frame.untilMs;
  const both: Part = { start: onFrame("start", frame), end: onFrame("end", frame) };
  return crossed ? both : next;
};

/** An instant in the middle of a frame, where no rounding of a player leads to a neighbour; near to its beginning when it stands for long. */
export const insideOf = ({ atMs, untilMs }: Frame): number => atMs + Math.min((untilMs - atMs) / 2, 10);

/** What is sent so that exactly these frames are kept: a little inside of the first frame, and a little before the one behind the last. */
const INSIDE_MS = 1;

/** The body of `POST /clips/:id/trim`. */
export const trimOf = (first: Frame, last: Frame): { readonly startMs: number; readonly endMs: number } => ({
  startMs: first.atMs + Math.min(INSIDE_MS, (first.untilMs - first.atMs) / 4),
  endMs: last.untilMs - Math.min(INSIDE_MS, (last.untilMs - last.atMs) / 4),
});

/** The range of `POST /capture`, in whole ms: it begins with the frame at or before `fromMs`, and ends with the first one at or after `toMs`. */
export const rangeOf = (first: Frame, last: Frame): { readonly fromMs: number; readonly toMs: number } => {
  const fromMs = Math.ceil(first.atMs);
  return { fromMs, toMs: Math.max(fromMs + 1, Math.floor(last.atMs)) };
};

/** A part that was chosen on something whose beginning is going: what is left of it, and how much the start was moved. Undefined: nothing is left. */
export const keepUp = (part: Part, { fromMs }: Bounds): { readonly part: Part; readonly lostMs: number } | undefined => {
  // A frame that is still on the screen when it begins is there.
  if (Math.max(part.start.ms, part.start.frame?.untilMs ?? 0) > fromMs || part.start.ms === fromMs) return { part, lostMs: 0 };
  const last = part.end.frame?.atMs ?? part.end.ms;
  if (last <= fromMs) return undefined;
  return { part: moved(part, "start", { ms: fromMs, frame: undefined }), lostMs: fromMs - part.start.ms };
};
