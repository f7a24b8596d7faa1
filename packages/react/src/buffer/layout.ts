/** How a buffer lies on its strip: the past at the left, the end at the right, everything as a share of the strip's length. */
import type { BufferWindow, Gap } from "@livekit-replay/contract";

/** A stretch of the strip; `from` and `to` are shares between 0 (oldest) and 1 (the end). */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A gap with its place and its length. */
export interface GapStretch extends Stretch {
  readonly gap: Gap;
}

/** What a strip shows. */
export interface StripLayout {
  /** Wall time at the strip's right edge. */
  readonly endMs: number;
  /** How far back something is kept, gaps included. */
  readonly keptMs: number;
  readonly kept: Stretch | undefined;
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
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** Shorter gaps than this cannot be seen in a clip: a frame that stands a little longer. */
const SHOWN_GAP_MS = 150;
/** A window that is not told anew for so long does not reach to now: nothing comes. */
const STALE_MS = 6000;

/** Lays a buffer out. */
export const layoutStrip = ({ window, running, nowMs, scaleMs }: StripInput): StripLayout => {
  if (window === null) return { endMs: nowMs, keptMs: 0, kept: undefined, gaps: [] };
  const endMs = running ? Math.max(window.toMs, nowMs) : window.toMs;
  const fresh = running && nowMs - window.toMs < STALE_MS;
  const place = (atMs: number): number => clamp(1 - (endMs - atMs) / scaleMs);
  const gaps = window.gaps
    .filter((gap) => gap.toMs - gap.fromMs >= SHOWN_GAP_MS && gap.toMs > endMs - scaleMs)
    .map((gap) => ({ gap, from: place(gap.fromMs), to: place(gap.toMs) }));
  const keptToMs = fresh ? endMs : window.toMs;
  return {
    endMs,
    keptMs: Math.max(0, Math.min(keptToMs - window.fromMs, scaleMs)),
    kept: { from: place(window.fromMs), to: place(keptToMs) },
    gaps,
  };
};

/** Where a capture of `lengthMs` would begin, and how much of it is not there (yet). */
export const reachOf = (layout: StripLayout, lengthMs: number, scaleMs: number): { readonly asked: Stretch; readonly got: Stretch } => {
  const asked = { from: clamp(1 - lengthMs / scaleMs), to: 1 };
  const from = Math.max(asked.from, layout.kept?.from ?? 1);
  return { asked, got: { from, to: Math.max(from, layout.kept?.to ?? 1) } };
};
