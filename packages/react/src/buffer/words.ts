/** Moments and ranges of a strip in words. */
import { clockText } from "../texts/amounts.js";
import { texts, type ReplayText, type TextValues } from "../texts/english.js";
import type { JoinedGap, Span } from "./layout.js";

/** Puts a text into words. */
export type Say = (text: ReplayText, values?: TextValues) => string;

/** Where the strip ends, and whether that is now. */
export interface StripEnd {
  readonly endMs: number;
  readonly running: boolean;
}

/** Nearer to the end than this is the end. */
const END_MS = 500;

/** `2:41 ago`, or `now`; of an ended share `2:41 before the end`, or `end`. */
export const momentText = (text: Say, atMs: number, { endMs, running }: StripEnd): string => {
  const agoMs = endMs - atMs;
  if (agoMs < END_MS) return text(running ? texts.stripNow : texts.stripEnd);
  return text(running ? texts.stripAgo : texts.stripBeforeEnd, { length: clockText(agoMs) });
};

/** `from 3:12 to 1:05 ago, 2:07 long`, or `the last 2:07`. */
export const rangeText = (text: Say, { fromMs, toMs }: Span, { endMs, running }: StripEnd): string => {
  const length = clockText(toMs - fromMs);
  if (endMs - toMs < END_MS) return text(texts.stripLast, { length });
  const values = { from: clockText(endMs - fromMs), to: clockText(endMs - toMs), length };
  return text(running ? texts.stripRange : texts.stripRangeEnd, values);
};

/** `paused`, or that there are several reasons. */
export const reasonText = (text: Say, { reasons }: Pick<JoinedGap, "reasons">): string => {
  const [only] = reasons;
  return text(only !== undefined && reasons.length === 1 ? texts[`gap_${only}`] : texts.gapSeveral);
};

/** A gap's length; one shorter than a second still is one. */
export const gapLength = ({ missingMs }: Pick<JoinedGap, "missingMs">): string => clockText(Math.max(1000, missingMs));

/** `about 0.4 %`: a share of the quota, one decimal below ten. */
export const percentText = (share: number): string => {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent < 10 ? percent.toFixed(1).replace(/\.0$/, "") : Math.round(percent)} %`;
};
