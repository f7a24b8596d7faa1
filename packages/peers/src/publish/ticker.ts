/** One timer for all publishers of a process, so that sixteen of them cost little. */

/** Something that wants to be called at its own times. All times are `performance.now()`. */
export interface Ticking {
  /** When it wants to be called next. */
  readonly nextDueMs: number;
  tick(nowMs: number): void;
}

/** So much too early is on time: a timer of Node has whole milliseconds. */
export const EARLY_MS = 0.25;

const members = new Set<Ticking>();
let timer: NodeJS.Timeout | null = null;

function arm(): void {
  let next = Number.POSITIVE_INFINITY;
  for (const member of members) next = Math.min(next, member.nextDueMs);
  timer = Number.isFinite(next) ? setTimeout(fire, Math.max(0, next - performance.now())) : null;
}

function fire(): void {
  const now = performance.now();
  for (const member of members) if (member.nextDueMs <= now + EARLY_MS) member.tick(now);
  arm();
}

/** Calls it at its times until it is removed. */
export function addTicking(member: Ticking): void {
  members.add(member);
  if (timer) clearTimeout(timer);
  arm();
}

/** Stops calling it; twice is once. */
export function removeTicking(member: Ticking): void {
  members.delete(member);
  if (members.size > 0 || !timer) return;
  clearTimeout(timer);
  timer = null;
}
