/** Who comes back to a list finds it where they left it: how far it was scrolled is kept with the entry of the browser's history. */
import { useEffect } from "react";
import { useSearch } from "wouter";
import { usePathname } from "wouter/use-browser-location";
import { routes } from "./routes.js";

const NAME = "replay.place.";
/** The list has its length within this time, or it has become another one. */
const MOST_MS = 3000;

const entryOf = (state: unknown): string | undefined => {
  const entry: unknown = typeof state === "object" && state !== null && "replayEntry" in state ? state.replayEntry : undefined;
  return typeof entry === "string" ? entry : undefined;
};

const read = (entry: string): number => {
  try {
    return Number(sessionStorage.getItem(NAME + entry) ?? 0);
  } catch {
    return 0;
  }
};

const write = (entry: string, top: number): void => {
  try {
    sessionStorage.setItem(NAME + entry, String(Math.round(top)));
  } catch {
    // Without storage a list begins at its beginning.
  }
};

/** Scrolls there as soon as the page is long enough; not against somebody who scrolls themselves. Answers how to give up. */
const goTo = (top: number): (() => void) => {
  const ending = new AbortController();
  const { signal } = ending;
  const end = (): void => ending.abort();
  const timer = setTimeout(end, MOST_MS);
  for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(name, end, { signal, passive: true });
  const step = (): void => {
    if (signal.aborted) return;
    const { scrollHeight, clientHeight } = document.documentElement;
    scrollTo({ top, behavior: "instant" });
    if (scrollHeight - clientHeight >= top) end();
    else requestAnimationFrame(step);
  };
  step();
  return () => {
    clearTimeout(timer);
    end();
  };
};

/** A view that is new begins at its top; one that is come back to is where it was left. Once in the page. */
export const usePlace = (): void => {
  const at = usePathname();
  const search = useSearch();
  // The library's order is in its address, and each is a list of its own.
  const view = at === routes.library ? `${at}?${search}` : at;
  useEffect(() => {
    history.scrollRestoration = "manual";
    const known = entryOf(history.state);
    const entry = known ?? crypto.randomUUID();
    if (known === undefined) history.replaceState({ ...(history.state as object | null), replayEntry: entry }, "");
    const giveUp = goTo(read(entry));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const save = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (entryOf(history.state) === entry) write(entry, scrollY);
      }, 100);
    };
    addEventListener("scroll", save, { passive: true });
    return () => {
      giveUp();
      clearTimeout(timer);
      removeEventListener("scroll", save);
    };
  }, [view]);
};
