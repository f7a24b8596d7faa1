/** How long to wait before the next try: growing, capped, jittered; and a wait that can be called off. */

/** A growing pause. `firstMs` doubles up to `maxMs`; `random` gives 0 to 1 and spreads many clients apart. */
export interface BackoffOptions {
  readonly firstMs?: number;
  readonly maxMs?: number;
  readonly random?: () => number;
}

/** Milliseconds before try number `attempt` (1 is the first retry): half of the pause is fixed, half is random. */
export const backoffMs = (attempt: number, options: BackoffOptions = {}): number => {
  const { firstMs = 400, maxMs = 10_000, random = Math.random } = options;
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (full / 2) * random();
};

/** Resolves after `ms`, or at once when `signal` is aborted. Never rejects. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
