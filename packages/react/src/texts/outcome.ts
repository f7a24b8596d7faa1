/** What was asked and what was got, in plain words. */
import type { Clip, Gap } from "@livekit-replay/contract";
import { clockText } from "./amounts.js";
import { texts, type ReplayText, type TextValues } from "./english.js";

/** What is needed of a clip to say how it came out. */
export type OutcomeOf = Pick<Clip, "requestedMs" | "durationMs" | "startsAtMs" | "endsAtMs" | "gaps" | "notYetMs">;

/** A text with its values, to be translated; `reason` is a text of its own. */
export interface Outcome {
  readonly text: ReplayText;
  readonly values: TextValues;
  readonly reason: ReplayText | undefined;
  /** Less came out than was asked for. */
  readonly short: boolean;
}

/** Below this a difference cannot be seen in `m:ss`. */
const NOTHING_MS = 500;
/** Longer gaps are left out of what plays; shorter ones are a picture that stands still. */
const LEFT_OUT_MS = 1000;
/** The first picture of a share comes a moment after the session began. */
const BEGIN_MS = 5000;

/** The one reason of several gaps, or the text for several. */
export const reasonOf = (gaps: readonly Gap[]): ReplayText => {
  const reasons = new Set(gaps.map((gap) => gap.reason));
  const [only] = reasons;
  return only !== undefined && reasons.size === 1 ? texts[`gap_${only}`] : texts.gapSeveral;
};

/** A clip that ends longer ago than this was not asked for as "the last minutes" of something that still ran. */
const PAST_MS = 5000;

/**
 * How a clip came out. `sessionStartedAtMs` (wall time) lets it say that the share had only just begun; `askedAtMs` (wall time of the press),
 * that a part of the past, or the end of a share that is over, begins with the share.
 */
export const outcomeOf = (clip: OutcomeOf, sessionStartedAtMs?: number, askedAtMs?: number): Outcome => {
  const values = { asked: clockText(clip.requestedMs), got: clockText(clip.durationMs) };
  if (clip.durationMs >= clip.requestedMs - NOTHING_MS) return { text: texts.outcomeFull, values, reason: undefined, short: false };
  if (clip.notYetMs > NOTHING_MS && clip.durationMs + clip.notYetMs >= clip.requestedMs - NOTHING_MS) {
    return { text: texts.outcomeNotYet, values: { ...values, missing: clockText(clip.notYetMs) }, reason: undefined, short: true };
  }
  const leftOut = clip.gaps.filter((gap) => gap.toMs - gap.fromMs > LEFT_OUT_MS);
  const missingMs = leftOut.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0);
  if (missingMs > 0 && clip.durationMs + missingMs >= clip.requestedMs - NOTHING_MS) {
    return { text: texts.outcomeGaps, values: { ...values, missing: clockText(missingMs) }, reason: reasonOf(leftOut), short: true };
  }
  const began = sessionStartedAtMs !== undefined && clip.startsAtMs - sessionStartedAtMs < BEGIN_MS;
  const isPast = askedAtMs !== undefined && askedAtMs - clip.endsAtMs - clip.notYetMs > PAST_MS;
  const ago = clockText(clip.durationMs + missingMs + clip.notYetMs);
  const text = began ? (isPast ? texts.outcomeNothingBefore : texts.outcomeBegan) : texts.outcomeReach;
  return { text, values: { ...values, ago }, reason: undefined, short: true };
};
