/** By its name, a buffer that has kept enough. */

const digits = (value: number): string => String(value).padStart(2, "0");

/** The name of a buffer that has kept so many seconds (below 60), or more: on a busy machine a page may see it much later than a test has it in mind. */
export const keptAtLeast = (seconds: number): RegExp => {
  const enough = Array.from({ length: 60 - seconds }, (_, index) => digits(seconds + index));
  return new RegExp(`^Buffer: (?:0:(?:${enough.join("|")})|[1-9]\\d*:\\d\\d) kept`);
};
