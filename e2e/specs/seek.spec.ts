/** A place that is not loaded yet, shortly before one that is: what is painted there in the end is its own picture. */
import type { Page } from "@playwright/test";
import { NUMBERS, numberIn, readNumber, shareNumbers } from "../page/numbers.js";
import { waitForKept } from "../page/kept.js";
import { captureByKey, expect, signIn, test } from "../page/people.js";

const PICTURE_S = 1 / 30;

/** Keeps back what the player asks for next of a clip, so that what follows is not loaded by itself. Answers how often something was kept back. */
const holdNext = async (page: Page): Promise<() => number> => {
  let first: string | undefined;
  let held = 0;
  await page.route(/\/clips\/[^/]+\/media\/segment-/, async (route) => {
    const { pathname } = new URL(route.request().url());
    first ??= pathname;
    if (pathname !== first) return await route.continue();
    held += 1;
  });
  return () => held;
};

/** The parts that are loaded: each from and to, in seconds. */
const loaded = (page: Page): Promise<[number, number][]> =>
  page
    .locator(".replay-player video")
    .evaluate(({ buffered }: HTMLVideoElement) =>
      Array.from({ length: buffered.length }, (_, index) => [buffered.start(index), buffered.end(index)]),
    );

test("a place that is loaded late shows its own picture, not the first one behind it", async ({ page, server }) => {
  const endShare = await shareNumbers(server, "lobby");
  try {
    await signIn(page, server, "Bob");
    await waitForKept(page, 9);
    const held = await holdNext(page);
    await captureByKey(page, "1");
    const video = page.locator(".replay-player video");
    await video.evaluate((element: HTMLVideoElement) => element.pause());
    await expect.poll(held).toBe(1);
    const seek = async (seconds: number): Promise<void> => {
      await video.evaluate((element: HTMLVideoElement, to) => {
        element.currentTime = to;
      }, seconds);
      await expect(video).toHaveJSProperty("seeking", false);
    };

    // Over the part that does not come: a second part begins there.
    const toS = (await loaded(page)).at(-1)?.[1] ?? 0;
    await seek(toS + 2.5);
    await expect.poll(async () => (await loaded(page)).length).toBe(2);
    const beginS = (await loaded(page)).at(-1)?.[0] ?? 0;
    expect(beginS).toBeGreaterThan(toS + 1);
    await seek(beginS + PICTURE_S / 2);
    await expect.poll(() => numberIn(video)).toBeDefined();
    const behind = await readNumber(video);

    await seek(beginS - PICTURE_S / 2);
    await expect.poll(async () => (await loaded(page)).at(-1)?.[0]).toBeLessThan(beginS - 0.5);
    await expect.poll(() => numberIn(video)).toBe((behind + NUMBERS - 1) % NUMBERS);
    expect(await video.evaluate(({ currentTime }: HTMLVideoElement) => currentTime)).toBeCloseTo(beginS - PICTURE_S / 2, 3);
  } finally {
    await endShare();
  }
});
