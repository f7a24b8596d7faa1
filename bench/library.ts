/** `npm run bench -- library`: a library of 2,000 clips, real rows and files, is scrolled from one end to the other; no task of the page may be long. */
import { Api, type BenchResult, shareDemo } from "@livekit-replay/peers";
import type { Browser, Page } from "@playwright/test";
import { waitForKept } from "../e2e/page/kept.ts";
import { makeManyClips } from "../e2e/page/many-clips.ts";
import { enter, withPlace, type Place } from "./browser.ts";

/** A task that is longer is felt. */
const LONG_MS = 50;
const CLIPS = 2000;
/** A notch of a wheel for each picture of the screen: 7,200 px a second, faster than a hand turns one. */
const NOTCH_PX = 120;
const SECONDS = [2, 4, 6];

interface Watched {
  readonly tasks: number[];
  /** Most cards that were there at once. */
  cards: number;
}

declare global {
  interface Window {
    benchLibrary?: Watched;
  }
}

/** Keeps a few clips of a share, until their MP4s are there. */
const keepSome = async ({ server }: Place, page: Page): Promise<void> => {
  const ending = new AbortController();
  const done = shareDemo({ url: server.url, roomName: "lobby", say: () => undefined, signal: ending.signal });
  try {
    await waitForKept(page, 8);
    const bob = await Api.signIn(server.url, "bob");
    const [session] = (await bob.status("lobby")).sessions;
    for (const durationSeconds of SECONDS) {
      const clip = await bob.capture({ sessionId: session?.id ?? "", durationSeconds });
      await bob.readyClip(clip.id, 60_000);
    }
  } finally {
    ending.abort();
    await done;
  }
};

/** Runs in the page. */
const watch = (): void => {
  const watched: Watched = { tasks: [], cards: 0 };
  window.benchLibrary = watched;
  const observe = (type: string, take: (entry: PerformanceEntry) => void): void =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type });
  observe("longtask", ({ duration }) => watched.tasks.push(duration));
  const rows = document.querySelector(".replay-rows") ?? document.body;
  new MutationObserver(() => {
    watched.cards = Math.max(watched.cards, rows.querySelectorAll("article").length);
  }).observe(rows, { childList: true, subtree: true });
};

/** Processor time of the page's longest task in a trace, in ms: what others do on the same machine is not in it. */
const longestOf = (trace: Buffer): number => {
  const { traceEvents } = JSON.parse(trace.toString("utf8")) as {
    traceEvents: { name: string; pid: number; tid: number; tdur?: number; args?: { name?: string } }[];
  };
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(({ name, pid, tid }) => name.endsWith("RunTask") && mains.has(`${pid} ${tid}`));
  return tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur / 1000), 0);
};

/** What a wheel does: turns of it, one for each picture of the screen. Answers how many. */
const wheelThrough = async (page: Page, byPx: number): Promise<number> => {
  await page.mouse.move(700, 500);
  for (let turns = 0; ; turns += 1) {
    const isAtEnd = await page.evaluate(() => scrollY + innerHeight >= document.documentElement.scrollHeight - 1);
    if (isAtEnd) return turns;
    await page.mouse.wheel(0, byPx);
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(painted)));
  }
};

const heightOf = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollHeight);

/** Scrolls through, jumps by keys, and reads what the browser saw. */
const scrollThrough = async (browser: Browser, page: Page, say: (line: string) => void): Promise<BenchResult> => {
  let asked = 0;
  page.on("request", (request) => (asked += request.url().includes("/my-clips") ? 1 : 0));
  const height = await heightOf(page);
  await page.evaluate(watch);
  say("Scrolling through all of them…");
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  const turns = await wheelThrough(page, NOTCH_PX);
  const longest = longestOf(await browser.stopTracing());
  const { tasks, cards } = (await page.evaluate(() => window.benchLibrary)) ?? { tasks: [], cards: 0 };
  await page.getByRole("article").last().getByRole("link").waitFor();
  say("Jumping from end to end…");
  await page.evaluate(() => window.benchLibrary?.tasks.splice(0));
  await page.getByRole("row").last().focus();
  for (const key of ["Home", "End", "PageUp", "PageUp", "Home", "PageDown", "End"]) {
    await page.keyboard.press(key);
    await page.locator("[role=row]:focus article").waitFor();
  }
  const jumps = (await page.evaluate(() => window.benchLibrary))?.tasks ?? [];
  return {
    bench: `a library of ${CLIPS} clips, scrolled through by the wheel (${turns} turns) and jumped through by keys`,
    measures: [
      { name: "processor time of the longest task while scrolling", value: longest, unit: "ms", budget: LONG_MS },
      // What else the machine does changes these two.
      {
        name: "longest task while scrolling, by the clock (0: none was over 50 ms)",
        value: Math.max(0, ...tasks),
        unit: "ms",
        budget: null,
      },
      { name: "tasks over 50 ms while scrolling, by the clock", value: tasks.length, unit: "", budget: null },
      { name: "longest task of a jump from end to end (0: none was over 50 ms)", value: Math.max(0, ...jumps), unit: "ms", budget: null },
      { name: "change of the page's height", value: (await heightOf(page)) - height, unit: "px", budget: 0 },
      { name: "most cards at once", value: cards, unit: "", budget: 80 },
      { name: "questions for clips", value: asked, unit: "", budget: null },
    ],
    details: { tasks, jumps },
  };
};

/** Measures. */
export const benchLibrary = async ({ say }: { readonly say: (line: string) => void }): Promise<BenchResult> =>
  withPlace(async (place) => {
    const context = await place.browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await enter(page, place.server.url, "Bob");
    await keepSome(place, page);
    say(`Making ${CLIPS} clips…`);
    await makeManyClips({ folder: place.folder, userId: "bob", count: CLIPS - SECONDS.length });
    await page.goto(`${place.server.url}/library`);
    await page.getByRole("status").filter({ hasText: "2,000 clips" }).waitFor();
    await page
      .getByRole("button", { name: /^More for/ })
      .first()
      .waitFor();
    return await scrollThrough(place.browser, page, say);
  });
