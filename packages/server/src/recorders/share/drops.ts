/** Counters of what was dropped, by what; they outlive what they were counted on. */

/** How often, by what. Only grows. */
export interface Drops {
  readonly [what: string]: number;
}

/** The sums of two sets of counters. */
export function addDrops(left: Drops, right: Drops): Drops {
  const sum: Record<string, number> = { ...left };
  for (const [what, count] of Object.entries(right)) sum[what] = (sum[what] ?? 0) + count;
  return sum;
}
