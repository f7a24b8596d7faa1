/** Numbers that look random and are the same in every run. */

/** A generator of numbers in [0, 1) from a seed (a 32-bit xorshift, Marsaglia 2003). */
export function seededRandom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
