/** What a page feels like, measured by the browser itself: first and largest paint, how much moves, how long it does not answer. */
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";

/** Of one view. Times are ms from the begin of its navigation. */
export interface Vitals {
  readonly firstPaintMs: number;
  readonly largestPaintMs: number;
  /** Cumulative layout shift: the largest window of shifts (web-vitals' definition). */
  readonly shift: number;
  /** What moved most, for who wants to mend it. */
  readonly moved: readonly string[];
  /** Sum of what tasks took beyond 50 ms. */
  readonly blockedMs: number;
  readonly longestTaskMs: number;
  /** Compressed bytes. */
  readonly scriptBytes: number;
  readonly styleBytes: number;
}

/** Nothing moves and nothing is long for this long: it has come up. */
const QUIET_MS = 1500;
/** A room in which somebody shares never rests for good. */
const MOST_MS = 8000;

interface Seen {
  paints: number[];
  largest: number;
  shifts: { at: number; value: number; what: string[] }[];
  tasks: number[];
}

declare global {
  interface Window {
    benchSeen?: Seen;
  }
}

/** Runs in the page, before its scripts. */
const watch = (): void => {
  const seen: Seen = { paints: [], largest: 0, shifts: [], tasks: [] };
  window.benchSeen = seen;
  const observe = (type: string, take: (entry: PerformanceEntry) => void): void =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  observe("paint", (entry) => {
    if (entry.name === "first-contentful-paint") seen.paints.push(entry.startTime);
  });
  observe("largest-contentful-paint", (entry) => {
    seen.largest = entry.startTime;
  });
  observe("longtask", (entry) => seen.tasks.push(entry.duration));
  observe("layout-shift", (entry) => {
    const { value, hadRecentInput, sources } = entry as PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: readonly { node?: Node | null }[];
    };
    if (hadRecentInput) return;
    const what = sources.map(({ node }) => (node instanceof Element ? `${node.tagName.toLowerCase()}.${node.className}` : "text"));
    seen.shifts.push({ at: entry.startTime, value, what });
  });
};

/** Shifts less than a second apart, within five seconds, are one. */
const largestWindow = (shifts: Seen["shifts"]): number => {
  let [most, sum, begun, last] = [0, 0, -Infinity, -Infinity];
  for (const { at, value } of shifts) {
    if (at - last > 1000 || at - begun > 5000) [sum, begun] = [0, at];
    [sum, last] = [sum + value, at];
    most = Math.max(most, sum);
  }
  return most;
};

/** Opens a view and waits until it is `settled` and at rest. */
export const vitalsOf = async (page: Page, url: string, settled: () => Promise<unknown>): Promise<Vitals> => {
  await page.addInitScript(watch);
  // What the view before is still loading is none of this one's.
  await page.goto("about:blank");
  const bodies: Promise<{ type: string; bytes: number }>[] = [];
  const note = (response: Awaited<ReturnType<Page["waitForResponse"]>>): void => {
    const type = response.request().resourceType();
    if (type === "script" || type === "stylesheet") bodies.push(response.body().then((body) => ({ type, bytes: gzipSync(body).length })));
  };
  page.on("response", note);
  await page.goto(url);
  await settled();
  await page.evaluate(
    ([quietMs, mostMs]) =>
      new Promise<void>((resolve) => {
        setTimeout(resolve, mostMs);
        let timer = setTimeout(resolve, quietMs);
        new PerformanceObserver(() => {
          clearTimeout(timer);
          timer = setTimeout(resolve, quietMs);
        }).observe({ entryTypes: ["layout-shift", "longtask", "largest-contentful-paint"] });
      }),
    [QUIET_MS, MOST_MS] as const,
  );
  page.off("response", note);
  const seen = await page.evaluate(() => window.benchSeen);
  if (seen === undefined) throw new Error("the page was not watched");
  const loaded = await Promise.all(bodies);
  const sum = (type: string): number => loaded.reduce((all, one) => all + (one.type === type ? one.bytes : 0), 0);
  return {
    firstPaintMs: seen.paints[0] ?? Number.NaN,
    largestPaintMs: seen.largest,
    shift: largestWindow(seen.shifts),
    moved: seen.shifts
      .toSorted((a, b) => b.value - a.value)
      .slice(0, 4)
      .map(({ value, at, what }) => `${value.toFixed(3)} at ${Math.round(at)} ms: ${what.join(", ")}`),
    blockedMs: seen.tasks.reduce((all, ms) => all + ms - 50, 0),
    longestTaskMs: Math.max(0, ...seen.tasks),
    scriptBytes: sum("script"),
    styleBytes: sum("stylesheet"),
  };
};
