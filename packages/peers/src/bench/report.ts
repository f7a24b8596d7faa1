/** What a bench measured: one table for the eye, the same as JSON, budgets as yes or no. */

/** One measured value. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** At most this; null: measured only. */
  readonly budget: number | null;
}

/** The result of one bench. */
export interface BenchResult {
  readonly bench: string;
  readonly measures: readonly Measure[];
  /** Every single measurement behind it. */
  readonly details: unknown;
}

/** Half of the values are smaller. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Whether every value with a budget is within it. A value that could not be measured is not. */
export const withinBudget = ({ measures }: BenchResult): boolean =>
  measures.every(({ value, budget }) => budget === null || value <= budget);

/** The table, a line a value. */
export function tableOf({ bench, measures }: BenchResult): string[] {
  const row = ({ name, value, unit, budget }: Measure): string => {
    const verdict = budget === null ? "" : `${value <= budget ? "ok  " : "OVER"} (at most ${budget} ${unit})`;
    return `  ${name.padEnd(52)} ${value.toFixed(2).padStart(10)} ${unit.padEnd(8)} ${verdict}`;
  };
  return [bench, ...measures.map(row)];
}
