/** The table of an exactness run, and its line that sums up. */
import type { Criterion } from "./verdict.js";

/** One judged clip. */
export interface Judged {
  readonly variant: string;
  readonly what: string;
  readonly criteria: readonly Criterion[];
}

/** A clip passes when everything holds. */
export const passes = ({ criteria }: Judged): boolean => criteria.every(({ ok }) => ok);

/** A line for a clip, and one for each thing that does not hold. */
export function linesOf(judged: Judged): string[] {
  const first = `${passes(judged) ? "ok  " : "MISS"} ${judged.variant.padEnd(6)} ${judged.what.padEnd(30)}`;
  const shown = ["way", "frames", "first frame", "last frame", "sync", "lengths"];
  const summary = judged.criteria
    .filter(({ name }) => shown.includes(name))
    .map(({ name, value }) => `${name} ${value}`)
    .join(" | ");
  return [
    `${first} ${summary}`,
    ...judged.criteria.filter(({ ok }) => !ok).map((criterion) => `       ${criterion.name}: ${criterion.value}`),
  ];
}

/** `12 passed, 0 failed`. */
export function summaryOf(all: readonly Judged[]): string {
  const passed = all.filter(passes).length;
  return `${passed} passed, ${all.length - passed} failed`;
}
