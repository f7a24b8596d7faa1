/** Counters that wrap (sequence numbers, timestamps, transport-wide numbers) as numbers that do not. */

/** Makes a wrapping counter of `bits` bits continuous: each value becomes the number nearest to the last one that was noted. */
export class Unwrapper {
  readonly #modulus: number;
  #last: number | null = null;

  /** 16 for sequence numbers, 24 or 32 for times. */
  constructor(bits: 16 | 24 | 32) {
    this.#modulus = 2 ** bits;
  }

  /** The last number noted; null before the first. */
  get last(): number | null {
    return this.#last;
  }

  /** The continuous number of a value; it becomes the reference for the next one. The first value is itself. */
  unwrap(value: number): number {
    this.#last = this.near(value);
    return this.#last;
  }

  /** The continuous number of a value, without noting it. Half the range away counts as ahead. */
  near(value: number): number {
    if (this.#last === null) return value;
    return this.#last + distance(this.#last, value, this.#modulus);
  }

  /** Forgets the reference: the next value is itself. */
  reset(): void {
    this.#last = null;
  }
}

/** How far `to` is ahead of `from` modulo 2^16: from -32768 to 32767. */
export const sequenceDistance = (from: number, to: number): number => distance(from, to, 65_536);

function distance(from: number, to: number, modulus: number): number {
  const ahead = (((to - from) % modulus) + modulus) % modulus;
  return ahead >= modulus / 2 ? ahead - modulus : ahead;
}
