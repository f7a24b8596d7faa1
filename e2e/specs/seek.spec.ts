/** What is painted after a seek is the picture of its place: also shortly before what is loaded, at the very end, and where the browser does not tell of it. */
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

test("at the very end the last picture is shown, and playing begins anew there", async ({ page, server }) => {
  const endShare = await shareNumbers(server, "lobby");
  try {
    await signIn(page, server, "Bob");
    await waitForKept(page, 6);
    await captureByKey(page, "1");
    const video = page.locator(".replay-player video");
    await video.evaluate((element: HTMLVideoElement) => element.pause());
    await page.getByRole("slider", { name: "Position" }).focus();
    await page.keyboard.press("Home");
    await expect.poll(() => numberIn(video)).toBe(0);
    await page.keyboard.press("End");
    // The playlist ends with what had arrived at the press: the newest pictures may still have been on their way.
    const last = await video.evaluate(({ duration }: HTMLVideoElement) => Math.ceil(duration * 30) - 1);
    await expect.poll(async () => (await numberIn(video)) ?? 0).toBeGreaterThan(last - 10);
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await expect.poll(() => video.evaluate(({ currentTime, paused }: HTMLVideoElement) => !paused && currentTime < 2)).toBe(true);
  } finally {
    await endShare();
  }
});

test("a browser that does not tell of a clip's first picture: it is shown and plays all the same", async ({ page, server }) => {
  // As Chromium is now and then: it tells of the picture of before the seek, and of no other one until there is another seek.
  await page.addInitScript(() => {
    const untold = new WeakSet<HTMLVideoElement>();
    type Follow = (this: HTMLVideoElement, told: VideoFrameRequestCallback) => number;
    const native = Object.getOwnPropertyDescriptor(HTMLVideoElement.prototype, "requestVideoFrameCallback")?.value as Follow;
    HTMLVideoElement.prototype.requestVideoFrameCallback = function follow(this: HTMLVideoElement, told) {
      return native.call(this, (now, frame) => {
        if (frame.mediaTime < 0.01 || untold.has(this)) return told(now, frame);
        untold.add(this);
        this.requestVideoFrameCallback(told);
      });
    };
  });
  const endShare = await shareNumbers(server, "lobby");
  try {
    await signIn(page, server, "Bob");
    await waitForKept(page, 18);
    // It begins inside of a segment.
    await captureByKey(page, "q");
    const video = page.locator(".replay-player video");
    await expect.poll(() => video.evaluate(({ paused, currentTime }: HTMLVideoElement) => !paused && currentTime > 1)).toBe(true);
  } finally {
    await endShare();
  }
});
