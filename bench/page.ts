/** `npm run bench -- page`: how the views come up, as a person on a desk and one with a slow phone sees them; what Lighthouse looks at, by the browser's own observers. */
import { Api, type BenchResult, type Measure, shareDemo } from "@livekit-replay/peers";
import type { Browser, Page } from "@playwright/test";
import { waitForKept } from "../e2e/page/kept.ts";
import { enter, withPlace } from "./browser.ts";
import { type Vitals, vitalsOf } from "./vitals.ts";

/** Lighthouse's own marks for "good", desk and phone; script is the issue's. */
const SIZES = [
  { name: "desk", viewport: { width: 1440, height: 900 }, slower: 1, paintMs: 1800, blockedMs: 200 },
  { name: "phone", viewport: { width: 390, height: 844 }, slower: 4, paintMs: 1800, blockedMs: 600 },
] as const;
const SHIFT = 0.1;
const LARGEST_MS = 2500;
const SCRIPT_KB = 200;

type Size = (typeof SIZES)[number];

const measuresOf = (view: string, size: Size, isFirst: boolean, vitals: Vitals): Measure[] => [
  { name: `${view}, ${size.name}: first contentful paint`, value: vitals.firstPaintMs, unit: "ms", budget: size.paintMs },
  { name: `${view}, ${size.name}: largest contentful paint`, value: vitals.largestPaintMs, unit: "ms", budget: LARGEST_MS },
  { name: `${view}, ${size.name}: total blocking time`, value: vitals.blockedMs, unit: "ms", budget: size.blockedMs },
  { name: `${view}, ${size.name}: cumulative layout shift`, value: vitals.shift, unit: "", budget: SHIFT },
  { name: `${view}, ${size.name}: script, compressed`, value: vitals.scriptBytes / 1000, unit: "kB", budget: isFirst ? SCRIPT_KB : null },
  { name: `${view}, ${size.name}: style, compressed`, value: vitals.styleBytes / 1000, unit: "kB", budget: null },
];

/** A view: what its address is, and what is there when it is there. */
interface View {
  readonly name: string;
  readonly path: string;
  readonly settled: (page: Page) => Promise<unknown>;
}

const viewsOf = (clipId: string): View[] => [
  { name: "sign-in", path: "/", settled: (page) => page.getByRole("button", { name: /^Alice/ }).waitFor() },
  {
    name: "room",
    path: "/rooms/lobby",
    settled: (page) =>
      page
        .getByRole("img", { name: /^Buffer:/ })
        .first()
        .waitFor(),
  },
  { name: "library", path: "/library", settled: (page) => page.getByRole("article").first().waitFor() },
  {
    name: "clip",
    path: `/clips/${clipId}`,
    settled: (page) => page.waitForFunction(() => performance.getEntriesByName("replay:painted").length > 0),
  },
];

/** Each view in a context of its own: nothing is in the browser's cache. */
const measureView = async (browser: Browser, url: string, view: View, size: Size): Promise<Vitals> => {
  const context = await browser.newContext({ viewport: size.viewport });
  try {
    if (view.name !== "sign-in") {
      const before = await context.newPage();
      await enter(before, url, "Alice");
      const page = await fresh(before);
      return await slowed(page, size, () => vitalsOf(page, `${url}${view.path}`, () => view.settled(page)));
    }
    const page = await context.newPage();
    return await slowed(page, size, () => vitalsOf(page, `${url}${view.path}`, () => view.settled(page)));
  } finally {
    await context.close();
  }
};

/** The same tab (who is signed in is in its session storage), with an empty cache. */
const fresh = async (page: Page): Promise<Page> => {
  const client = await page.context().newCDPSession(page);
  await client.send("Network.clearBrowserCache");
  await client.detach();
  return page;
};

const slowed = async <T>(page: Page, { slower }: Size, work: () => Promise<T>): Promise<T> => {
  const client = await page.context().newCDPSession(page);
  await client.send("Emulation.setCPUThrottlingRate", { rate: slower });
  return await work();
};

/** A clip of the film that is being shared, once a little of it is kept. */
const makeClip = async (browser: Browser, url: string): Promise<string> => {
  const context = await browser.newContext({ viewport: SIZES[0].viewport });
  const page = await context.newPage();
  await enter(page, url, "Alice");
  await waitForKept(page, 7);
  await context.close();
  const alice = await Api.signIn(url, "alice");
  const [session] = (await alice.status("lobby")).sessions;
  if (session === undefined) throw new Error("nothing is shared");
  const { id } = await alice.capture({ sessionId: session.id, durationSeconds: 5 });
  return (await alice.readyClip(id, 30_000)).id;
};

/** Measures sign-in, room, library and clip in both sizes. */
export const benchPage = async ({ say }: { readonly say: (line: string) => void }): Promise<BenchResult> =>
  withPlace(async ({ server, browser }) => {
    const ending = new AbortController();
    const done = shareDemo({ url: server.url, roomName: "lobby", say: () => undefined, signal: ending.signal });
    const measures: Measure[] = [];
    const details: Record<string, Vitals> = {};
    try {
      const clipId = await makeClip(browser, server.url);
      for (const size of SIZES) {
        for (const view of viewsOf(clipId)) {
          const vitals = await measureView(browser, server.url, view, size);
          details[`${view.name} ${size.name}`] = vitals;
          measures.push(...measuresOf(view.name, size, view.name === "sign-in", vitals));
          for (const line of vitals.moved) say(`  ${view.name}, ${size.name}, moved: ${line}`);
        }
      }
    } finally {
      ending.abort();
      await done;
    }
    return { bench: "how the views come up (an empty cache; the phone's processor is four times slower)", measures, details };
  });
