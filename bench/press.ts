/**
 * `npm run bench -- press`: how long it takes from a press to the first painted frame, and where that time goes. Presses of two kinds follow each other in one
 * page: as they are, and with what is loaded before the answer kept from loading, so that the player begins with the answer. Their ratio says what that is worth on any machine.
 */
import { type BenchResult, medianOf } from "@livekit-replay/peers";
import type { Page } from "@playwright/test";
import { pressAndSee, type Press } from "../e2e/page/press.ts";
import { beginTestPicture } from "../e2e/page/test-picture.ts";
import { askForLess } from "../e2e/page/ask.ts";
import { enter, withPlace } from "./browser.ts";

/** Issue: press to first painted frame. */
const BUDGET_MS = 700;

declare global {
  interface Window {
    /** What is loaded before the answer is not found. */
    benchLate?: boolean;
  }
}

/** Lets the bench keep the beginning of a clip from loading. */
const allowLate = (): void => {
  globalThis.XMLHttpRequest = class extends XMLHttpRequest {
    override open(method: string, url: string | URL, async = true): void {
      const isEarly = /\/live\.m3u8\?.*fromMs=/.test(String(url));
      super.open(method, window.benchLate === true && isEarly ? `${location.origin}/livekit-replay/none` : url, async);
    }
  };
};

const pressOnce = async (page: Page, late: boolean): Promise<Press> => {
  await page.evaluate((off) => void (window.benchLate = off), late);
  const press = await pressAndSee(page, "1");
  // The next one begins when this one is done with: its MP4 is made, and it plays no more.
  await page.getByText("The MP4 is being made").waitFor({ state: "detached", timeout: 30_000 });
  await page.evaluate(() => document.querySelectorAll("video").forEach((video) => video.pause()));
  return press;
};

const serverMs = ({ steps: { server } }: Press): number =>
  Object.entries(server).reduce((sum, [name, ms]) => sum + (name === "tail" ? 0 : ms), 0);

/** Measures so many presses of each kind. */
export const benchPress = async ({
  presses,
  say,
}: {
  readonly presses: number;
  readonly say: (line: string) => void;
}): Promise<BenchResult> =>
  withPlace(async ({ server, browser }) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
    const page = await context.newPage();
    await page.addInitScript(askForLess);
    await page.addInitScript(allowLate);
    await enter(page, server.url, "Alice");
    await beginTestPicture(page);
    await page.getByRole("button", { name: "Share this tab" }).click();
    await page
      .getByRole("img", { name: /^Buffer: 0:1\d kept/ })
      .first()
      .waitFor({ timeout: 60_000 });
    const [asIs, late]: [Press[], Press[]] = [[], []];
    for (let turn = 0; turn <= presses; turn += 1) {
      // The first of each kind loads what every later one has in its cache.
      const pair = [await pressOnce(page, false), await pressOnce(page, true)] as const;
      if (turn === 0) continue;
      asIs.push(pair[0]);
      late.push(pair[1]);
      say(`  ${pair.map(({ ms }) => Math.round(ms)).join(" ms, begun with the answer ")} ms`);
    }
    const of = (what: (press: Press) => number, of: readonly Press[] = asIs): number => medianOf(of.map(what));
    const all = (press: Press): number => press.ms;
    return {
      bench: `press to painted, ${presses} presses of each kind, 720p30 shared by the same tab`,
      measures: [
        { name: "press to painted, median", value: of(all), unit: "ms", budget: BUDGET_MS },
        { name: "press to painted, worst", value: Math.max(...asIs.map(all)), unit: "ms", budget: null },
        { name: "  the press until its request is sent", value: of(({ steps }) => steps.sent), unit: "ms", budget: null },
        {
          name: "  server: the last picture (230 + 20 ms) as a tail",
          value: of(({ steps }) => steps.server["tail"] ?? NaN),
          unit: "ms",
          budget: null,
        },
        { name: "  server: rights, plan, charge, pins, row, view", value: of(serverMs), unit: "ms", budget: null },
        {
          name: "  way of request and answer, JSON",
          value: of(({ steps, ...press }) => steps.kept - steps.sent - serverMs({ steps, ...press }) - (steps.server["tail"] ?? NaN)),
          unit: "ms",
          budget: null,
        },
        { name: "  the answer until the picture is painted", value: of(({ ms, steps }) => ms - steps.kept), unit: "ms", budget: null },
        { name: "begun with the answer: press to painted, median", value: of(all, late), unit: "ms", budget: null },
        {
          name: "  the answer until the picture is painted",
          value: of(({ ms, steps }) => ms - steps.kept, late),
          unit: "ms",
          budget: null,
        },
        { name: "ratio of the two medians", value: of(all) / of(all, late), unit: "", budget: 0.9 },
      ],
      details: { asIs, late },
    };
  });
