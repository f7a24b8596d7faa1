/** A range that somebody chooses on the strip: it stays on its moments, whatever the strip does. All of it in wall time. */
import type { BufferWindow } from "@livekit-replay/contract";
import type { Span } from "./layout.js";

/** Which end of a range. */
export type Edge = "from" | "to";

/** The shortest range: less is no clip that anybody wants. */
export const LEAST_RANGE_MS = 1000;

const between = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), Math.max(least, most));

/** The range between two instants, in whichever order, within what is kept; at least `LEAST_RANGE_MS` long where so much is kept. Whole ms. */
export const rangeBetween = (span: Span, oneMs: number, otherMs: number): Span => {
  const least = Math.ceil(span.fromMs);
  const most = Math.max(least, Math.floor(span.toMs));
  const fromMs = between(Math.round(Math.min(oneMs, otherMs)), least, most);
  const toMs = between(Math.round(Math.max(oneMs, otherMs)), least, most);
  if (toMs - fromMs >= LEAST_RANGE_MS) return { fromMs, toMs };
  // It grows at its end, and where there is nothing more, at its beginning.
  const grown = Math.min(fromMs + LEAST_RANGE_MS, most);
  return { fromMs: Math.max(least, Math.min(fromMs, grown - LEAST_RANGE_MS)), toMs: grown };
};

/** The range with one of its ends elsewhere. It cannot pass the other end. */
export const moveEdge = (span: Span, range: Span, edge: Edge, atMs: number): Span =>
  edge === "from"
    ? rangeBetween(span, Math.min(atMs, range.toMs - LEAST_RANGE_MS), range.toMs)
    : rangeBetween(span, range.fromMs, Math.max(atMs, range.fromMs + LEAST_RANGE_MS));

/** What is left of a range when the buffer has lost its beginning; undefined when that is nothing worth keeping. The same object when nothing is lost. */
export const cutRange = (span: Span | undefined, range: Span): Span | undefined => {
  if (span === undefined) return undefined;
  const fromMs = Math.max(range.fromMs, Math.ceil(span.fromMs));
  const toMs = Math.min(range.toMs, Math.max(Math.floor(span.toMs), range.fromMs));
  if (toMs - fromMs < LEAST_RANGE_MS) return undefined;
  return fromMs === range.fromMs && toMs === range.toMs ? range : { fromMs, toMs };
};

const STEP_MS = 1000;
const PAGE_MS = 10_000;

/** Where a key leads the end of a range that is at `atMs`; undefined when the key is none of ours. Arrows go 1 s, with Shift and by page 10 s. */
export const keyTarget = (
  key: { readonly key: string; readonly shiftKey: boolean },
  atMs: number,
  span: Span,
  rtl: boolean,
): number | undefined => {
  const step = key.shiftKey ? PAGE_MS : STEP_MS;
  switch (key.key) {
    case "ArrowLeft":
      return atMs + (rtl ? step : -step);
    case "ArrowRight":
      return atMs + (rtl ? -step : step);
    case "ArrowDown":
      return atMs - step;
    case "ArrowUp":
      return atMs + step;
    case "PageDown":
      return atMs - PAGE_MS;
    case "PageUp":
      return atMs + PAGE_MS;
    case "Home":
      return span.fromMs;
    case "End":
      return span.toMs;
    default:
      return undefined;
  }
};

/** How much of a range is gaps. */
export const missingIn = (gaps: readonly Span[], range: Span): number =>
  gaps.reduce((sum, gap) => sum + Math.max(0, Math.min(gap.toMs, range.toMs) - Math.max(gap.fromMs, range.fromMs)), 0);

/** About how many bytes a clip of a range has: the buffer's, in proportion to what is recorded of each. */
export const bytesOf = (window: BufferWindow, range: Span): number => {
  const recordedMs = window.toMs - window.fromMs - missingIn(window.gaps, window);
  if (recordedMs <= 0) return 0;
  const wantedMs = Math.max(0, range.toMs - range.fromMs - missingIn(window.gaps, range));
  return Math.round((window.sizeBytes * wantedMs) / recordedMs);
};
