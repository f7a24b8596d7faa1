/** The lengths that can be captured with one press, and which of them was used last. */

/** What a press can ask for: `last` is the length of the press before, the others say theirs. */
export type CaptureAction = "last" | "s15" | "s30" | "m1" | "m2" | "m5" | "m10";

/** One length: how much, and how it is written (`15` `s`, `1` `min`). */
export interface Length {
  readonly action: Exclude<CaptureAction, "last">;
  readonly ms: number;
  readonly amount: number;
  readonly unit: "seconds" | "minutes";
}

/** 15 and 30 seconds, 1, 2, 5 and 10 minutes. */
export const lengths: readonly Length[] = [
  { action: "s15", ms: 15_000, amount: 15, unit: "seconds" },
  { action: "s30", ms: 30_000, amount: 30, unit: "seconds" },
  { action: "m1", ms: 60_000, amount: 1, unit: "minutes" },
  { action: "m2", ms: 120_000, amount: 2, unit: "minutes" },
  { action: "m5", ms: 300_000, amount: 5, unit: "minutes" },
  { action: "m10", ms: 600_000, amount: 10, unit: "minutes" },
];

/** The shortest capture. */
const LEAST_MS = 1000;
/** The longest capture that any server takes. */
export const MOST_MS = 600_000;

const place = "replay.length";
const standard = 300_000;

/** The length in a stored text, or five minutes. */
export const readLength = (text: string | null): number => {
  const ms = Number(text ?? Number.NaN);
  return Number.isFinite(ms) && ms >= LEAST_MS && ms <= MOST_MS ? ms : standard;
};

/** The length of the last press in this browser, or five minutes. */
export const rememberedLength = (): number => {
  try {
    return readLength(localStorage.getItem(place));
  } catch {
    // A page without storage (a sandboxed frame) just does not remember.
    return standard;
  }
};

/** Remembers the length of a press. */
export const rememberLength = (ms: number): void => {
  try {
    localStorage.setItem(place, String(ms));
  } catch {
    // As above.
  }
};

/** A length that a person composed of minutes and seconds, as near as it can be captured. */
export const within = (ms: number, mostMs: number): number => Math.min(mostMs, Math.max(LEAST_MS, ms));
