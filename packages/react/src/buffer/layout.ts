/** How a buffer lies on its strip: the past at the beginning, now at the end, everything as a share of the strip's length. */
import type { BufferWindow, Gap, GapReason } from "@livekit-replay/contract";

/** A stretch of the strip; `from` and `to` are shares between 0 (oldest) and 1 (the end). */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A stretch of wall time, in ms. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A gap with its place and its length. */
export interface GapStretch extends Stretch {
  readonly gap: Gap;
}

/** What a strip shows. */
export interface StripLayout {
  /** Wall time at the strip's beginning. */
  readonly startMs: number;
  /** Wall time at the strip's end. */
  readonly endMs: number;
  /** How far back something is kept, gaps included. */
  readonly keptMs: number;
  readonly kept: Stretch | undefined;
  /** What is kept and on the strip, as wall time: what can be chosen. */
  readonly span: Span | undefined;
  readonly gaps: readonly GapStretch[];
}

/** What a strip is made from. */
export interface StripInput {
  readonly window: BufferWindow | null;
  /** The share runs: what is kept reaches up to now, because a capture takes the open GOP with it. */
  readonly running: boolean;
  /** Server time. */
  readonly nowMs: number;
  /** Length of the whole strip. */
  readonly scaleMs: number;
  /** Since when nothing is recorded because the owner wants it so. Default: it is recorded. */
  readonly pausedAtMs?: number | null;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** Shorter gaps than this cannot be seen in a clip: a frame that stands a little longer. */
const SHOWN_GAP_MS = 150;
/** A window that is not told anew for so long does not reach to now: nothing comes. */
const STALE_MS = 6000;

/** The gap that a pause makes while it lasts: no segment tells of it yet. */
const pauseOf = ({ window, running, nowMs, pausedAtMs = null }: StripInput): Gap | undefined => {
  if (window === null || !running || pausedAtMs === null) return undefined;
  const fromMs = Math.max(pausedAtMs, window.toMs);
  return nowMs > fromMs ? { fromMs, toMs: nowMs, reason: "pause" } : undefined;
};

/** Lays a buffer out. */
export const layoutStrip = (input: StripInput): StripLayout => {
  const { window, running, nowMs, scaleMs, pausedAtMs = null } = input;
  if (window === null) return { startMs: nowMs - scaleMs, endMs: nowMs, keptMs: 0, kept: undefined, span: undefined, gaps: [] };
  const endMs = running ? Math.max(window.toMs, nowMs) : window.toMs;
  const startMs = endMs - scaleMs;
  const fresh = running && pausedAtMs === null && nowMs - window.toMs < STALE_MS;
  const place = (atMs: number): number => clamp(1 - (endMs - atMs) / scaleMs);
  const pause = pauseOf(input);
  const gaps = [...window.gaps, ...(pause ? [pause] : [])]
    .filter((gap) => gap.toMs - gap.fromMs >= SHOWN_GAP_MS && gap.toMs > startMs)
    .map((gap) => ({ gap, from: place(gap.fromMs), to: place(gap.toMs) }));
  const keptToMs = fresh ? endMs : window.toMs;
  return {
    startMs,
    endMs,
    keptMs: Math.max(0, Math.min(keptToMs - window.fromMs, scaleMs)),
    kept: { from: place(window.fromMs), to: place(keptToMs) },
    span: { fromMs: Math.min(Math.max(window.fromMs, startMs), keptToMs), toMs: keptToMs },
    gaps,
  };
};

/** Lengths that a strip has: what is kept fills it better from the first minute on, and it is seldom laid out anew. */
const SCALES_MS = [60_000, 120_000, 300_000, 600_000] as const;
/** What comes before the next look at the window. */
const AHEAD_MS = 7000;

/** How long a strip is that shows all that is kept: a minute at least, ten at most. */
export const scaleOf = (window: BufferWindow | null): number => {
  const keptMs = window === null ? 0 : window.toMs - window.fromMs;
  return SCALES_MS.find((ms) => ms >= keptMs + AHEAD_MS) ?? SCALES_MS[3];
};

/** Lengths that a ruler names. */
const RULER_MS = [15_000, 30_000, 60_000, 120_000, 300_000, 600_000];
/** Names nearer to the end than this share of the strip would lie on its own. */
const LEAST_MARK = 1 / 11;

/** The lengths that are named on a strip, shortest first. */
export const rulerOf = (scaleMs: number): number[] => RULER_MS.filter((ms) => ms <= scaleMs && ms / scaleMs >= LEAST_MARK);

/** Where a capture of `lengthMs` would begin, and how much of it is not there (yet). */
export const reachOf = (layout: StripLayout, lengthMs: number, scaleMs: number): { readonly asked: Stretch; readonly got: Stretch } => {
  const asked = { from: clamp(1 - lengthMs / scaleMs), to: 1 };
  const from = Math.max(asked.from, layout.kept?.from ?? 1);
  return { asked, got: { from, to: Math.max(from, layout.kept?.to ?? 1) } };
};

/** Where an instant lies on the strip, as a share; outside of 0 to 1 when it is not on it. */
export const placeOf = ({ startMs, endMs }: StripLayout, atMs: number): number => (atMs - startMs) / (endMs - startMs);

/** Which instant lies at a share of the strip. */
export const instantAt = ({ startMs, endMs }: StripLayout, share: number): number => startMs + share * (endMs - startMs);

/** Gaps that cannot be told apart on the strip, as one. */
export interface JoinedGap extends Span {
  /** Length of the gaps alone. */
  readonly missingMs: number;
  readonly reasons: readonly GapReason[];
}

/** Gaps in their order, those joined between which less than `nearMs` lies: so there are never more than the strip can show. */
export const joinGaps = (gaps: readonly Gap[], nearMs: number): JoinedGap[] => {
  const joined: JoinedGap[] = [];
  for (const { fromMs, toMs, reason } of gaps.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (last === undefined || fromMs - last.toMs >= nearMs) joined.push({ fromMs, toMs, missingMs: toMs - fromMs, reasons: [reason] });
    else {
      joined[joined.length - 1] = {
        fromMs: last.fromMs,
        toMs: Math.max(last.toMs, toMs),
        missingMs: last.missingMs + Math.max(0, toMs - Math.max(fromMs, last.toMs)),
        reasons: last.reasons.includes(reason) ? last.reasons : [...last.reasons, reason],
      };
    }
  }
  return joined;
};

/** The gap in which an instant lies. */
export const gapAt = (gaps: readonly JoinedGap[], atMs: number): JoinedGap | undefined =>
  gaps.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
