/** Waits for a value to become what is needed. */
import type { Readable } from "./value.js";

/** Resolves when `is` holds for the value (at once if it does), or when `signal` is aborted. Never rejects. */
export const until = <T>(value: Readable<T>, is: (value: T) => boolean, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!signal.aborted && !is(value.get())) return;
      stop();
      signal.removeEventListener("abort", look);
      resolve();
    };
    const stop = value.subscribe(look);
    signal.addEventListener("abort", look);
    look();
  });
