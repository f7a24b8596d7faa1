/** A small seeded random generator, so that a run of losses or captures can be repeated. */

/** Numbers in [0, 1), the same sequence for the same seed. */
export type Random = () => number;

/** A 32-bit linear congruential generator with its output mixed; good enough for loss and lengths, not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x45d9f3b);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 0x1_0000_0000;
  };
}

/** A number in [from, to). */
export const between = (random: Random, from: number, to: number): number => from + random() * (to - from);
