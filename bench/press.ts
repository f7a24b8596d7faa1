/**
 * `npm run bench -- press`: how long it takes from a press to the first painted frame, and where that time goes. Presses of two kinds follow each other in one
 * page: as they are, and with what is loaded before the answer kept from loading, so that the player begins with the answer. Their ratio says what that is worth on any machine.
 */
import { type BenchResult, type Measure, medianOf } from "@livekit-replay/peers";
import type { Page } from "@playwright/test";
import { pressAndSee, type Press } from "../e2e/page/press.ts";
import { beginTestPicture } from "../e2e/page/test-picture.ts";
import { waitForKept } from "../e2e/page/kept.ts";
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

interface Presses {
  readonly asIs: readonly Press[];
  readonly late: readonly Press[];
}

const medianIn = (presses: readonly Press[], what: (press: Press) => number): number => medianOf(presses.map(what));
const whole = ({ ms }: Press): number => ms;
const tailMs = ({ steps }: Press): number => steps.server["tail"] ?? Number.NaN;
const paintMs = ({ ms, steps }: Press): number => ms - steps.kept;
const wayMs = (press: Press): number => press.steps.kept - press.steps.sent - serverMs(press) - tailMs(press);

const measuresOf = ({ asIs, late }: Presses): Measure[] => {
  const step = (name: string, value: number, unit = "ms", budget: number | null = null): Measure => ({ name, value, unit, budget });
  return [
    step("press to painted, median", medianIn(asIs, whole), "ms", BUDGET_MS),
    step("press to painted, worst", Math.max(...asIs.map(whole))),
    step(
      "  the press until its request is sent",
      medianIn(asIs, ({ steps }) => steps.sent),
    ),
    step("  server: the last picture (230 + 20 ms) as a tail", medianIn(asIs, tailMs)),
    step("  server: rights, plan, charge, pins, row, view", medianIn(asIs, serverMs)),
    step("  way of request and answer, JSON, the page's turn", medianIn(asIs, wayMs)),
    step("  the answer until the picture is painted", medianIn(asIs, paintMs)),
    step("begun with the answer: press to painted, median", medianIn(late, whole)),
    step("  the answer until the picture is painted", medianIn(late, paintMs)),
    step("ratio of the two medians", medianIn(asIs, whole) / medianIn(late, whole), "", 0.9),
  ];
};

/** Presses of both kinds, one after the other. */
const pressBoth = async (page: Page, times: number, say: (line: string) => void): Promise<Presses> => {
  const [asIs, late]: [Press[], Press[]] = [[], []];
  for (let turn = 0; turn <= times; turn += 1) {
    const pair = [await pressOnce(page, false), await pressOnce(page, true)] as const;
    // The first of each kind loads what every later one has in its cache.
    if (turn === 0) continue;
    asIs.push(pair[0]);
    late.push(pair[1]);
    say(`  ${pair.map(({ ms }) => Math.round(ms)).join(" ms, begun with the answer ")} ms`);
  }
  return { asIs, late };
};

/** How it is measured. */
export interface PressBenchOptions {
  /** Of each kind. */
  readonly presses: number;
  readonly say: (line: string) => void;
}

/** Measures presses of both kinds. */
export const benchPress = async ({ presses, say }: PressBenchOptions): Promise<BenchResult> =>
  withPlace(async ({ server, browser }) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
    const page = await context.newPage();
    await page.addInitScript(askForLess);
    await page.addInitScript(allowLate);
    await enter(page, server.url, "Alice");
    await beginTestPicture(page);
    await page.getByRole("button", { name: "Share this tab" }).click();
    await waitForKept(page, 10);
    const details = await pressBoth(page, presses, say);
    const bench = `press to painted, ${presses} presses of each kind, 720p30 shared by the same tab`;
    return { bench, measures: measuresOf(details), details };
  });
