/** The lengths that can be captured with one press, and which of them was used last. */

/** 1, 2, 5 and 10 minutes in ms, each with its key. */
export const lengths = [
  { ms: 60_000, minutes: 1, key: "1" },
  { ms: 120_000, minutes: 2, key: "2" },
  { ms: 300_000, minutes: 5, key: "5" },
  { ms: 600_000, minutes: 10, key: "0" },
] as const;

/** The shortest capture. */
export const LEAST_MS = 1000;
/** The longest capture. */
export const MOST_MS = 600_000;

const place = "replay.length";
const standard = 300_000;

/** The length of the last press in this browser, or five minutes. */
export const rememberedLength = (): number => {
  try {
    const ms = Number(localStorage.getItem(place));
    return Number.isFinite(ms) && ms >= LEAST_MS && ms <= MOST_MS ? ms : standard;
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
