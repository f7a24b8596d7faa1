/** What can wait until nothing is scrolled: while it is, every picture of the screen counts. */
import { startTransition, useEffect, useState } from "react";

/** So long nothing has been scrolled. */
const REST_MS = 150;
/** A few at a time, so that none of it is long. */
const AT_ONCE = 4;
const BETWEEN_MS = 8;

const waiting = new Set<() => void>();
let scrolledAtMs = -Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;

const look = (): void => {
  const leftMs = scrolledAtMs + REST_MS - performance.now();
  timer = undefined;
  if (leftMs > 0) timer = setTimeout(look, leftMs);
  else if (waiting.size > 0) {
    const some = [...waiting].slice(0, AT_ONCE);
    for (const act of some) waiting.delete(act);
    startTransition(() => {
      for (const act of some) act();
    });
    timer = setTimeout(look, BETWEEN_MS);
  }
};

/** Notices scrolling, of the page or anything in it, while the component is there. */
export const useScrollWatch = (): void => {
  useEffect(() => {
    const scrolled = (): void => {
      scrolledAtMs = performance.now();
    };
    document.addEventListener("scroll", scrolled, { capture: true, passive: true });
    return () => document.removeEventListener("scroll", scrolled, { capture: true });
  }, []);
};

/** False until nothing is scrolled; then true for good. */
export const useAtRest = (): boolean => {
  const [isAtRest, setAtRest] = useState(false);
  useEffect(() => {
    if (isAtRest) return undefined;
    const act = (): void => setAtRest(true);
    waiting.add(act);
    timer ??= setTimeout(look);
    return () => void waiting.delete(act);
  }, [isAtRest]);
  return isAtRest;
};
