/** `npm run bench -- strip`: a room is watched while somebody shares; no task of the page may be long. */
import { type BenchResult, shareDemo } from "@livekit-replay/peers";
import { enter, withPlace } from "./browser.ts";

/** A task that is longer is felt. */
const LONG_MS = 50;

interface Watched {
  /** Long ones, in ms: the browser tells of those over 50. */
  readonly tasks: number[];
  changes: number;
}

declare global {
  interface Window {
    benchWatched?: Watched;
  }
}

/** Measures a minute. */
export const benchStrip = async ({ say }: { readonly say: (line: string) => void }): Promise<BenchResult> =>
  withPlace(async ({ server, browser }) => {
    const ending = new AbortController();
    const done = shareDemo({ url: server.url, roomName: "lobby", say: () => undefined, signal: ending.signal });
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
      const page = await context.newPage();
      await enter(page, server.url, "Bob");
      await page
        .getByRole("img", { name: /^Buffer: 0:0[5-9]/ })
        .first()
        .waitFor({ timeout: 60_000 });
      say("Watching the strip for a minute…");
      await page.evaluate(() => {
        const watched: Watched = { tasks: [], changes: 0 };
        window.benchWatched = watched;
        new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => void watched.tasks.push(duration))).observe({
          type: "longtask",
        });
        const strip = document.querySelector(".replay-strip") ?? document.body;
        new MutationObserver(() => void (watched.changes += 1)).observe(strip, {
          subtree: true,
          attributes: true,
          childList: true,
          characterData: true,
        });
      });
      // A minute by the strip itself.
      await page
        .getByRole("img", { name: /^Buffer: 1:0[5-9]/ })
        .first()
        .waitFor({ timeout: 120_000 });
      const watched = await page.evaluate(() => window.benchWatched);
      if (watched === undefined) throw new Error("the page was left");
      const { tasks, changes } = watched;
      return {
        bench: "the strip for a minute, while somebody shares",
        measures: [
          { name: "longest task (0: none was over 50 ms)", value: Math.max(0, ...tasks), unit: "ms", budget: LONG_MS },
          { name: "tasks over 50 ms", value: tasks.length, unit: "", budget: 0 },
          { name: "changes of the strip", value: changes, unit: "", budget: null },
        ],
        details: { tasks },
      };
    } finally {
      ending.abort();
      await done;
    }
  });
