/** The buffer strip as a person uses it: by moments, not by pixels. */
import type { Locator, Page } from "@playwright/test";

/** Where a moment lies on the first strip of a page, in pixels of the viewport. */
export const pointOf = async (page: Page, agoS: number): Promise<{ readonly x: number; readonly y: number }> => {
  const film = page.getByRole("img", { name: /^Buffer:/ }).first();
  await film.scrollIntoViewIfNeeded();
  const box = await film.boundingBox();
  const seconds = Number(await page.locator(".replay-strip").first().getAttribute("data-seconds"));
  if (box === null) throw new Error("the strip cannot be seen");
  return { x: box.x + box.width * (1 - agoS / seconds), y: box.y + box.height / 2 };
};

/** Draws a range with the mouse. */
export const drawRange = async (page: Page, fromAgoS: number, toAgoS: number): Promise<void> => {
  const [from, to] = [await pointOf(page, fromAgoS), await pointOf(page, toAgoS)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, to.y, { steps: 3 });
  await page.mouse.move(to.x, to.y, { steps: 3 });
  await page.mouse.up();
};

/** Draws a range with a finger, as the browser tells of fingers. */
export const drawRangeByTouch = async (page: Page, fromAgoS: number, toAgoS: number): Promise<void> => {
  const [from, to] = [await pointOf(page, fromAgoS), await pointOf(page, toAgoS)];
  const session = await page.context().newCDPSession(page);
  const touch = async (type: "touchStart" | "touchMove" | "touchEnd", points: readonly { x: number; y: number }[]): Promise<void> => {
    await session.send("Input.dispatchTouchEvent", { type, touchPoints: [...points] });
  };
  await touch("touchStart", [from]);
  for (const share of [0.25, 0.5, 0.75, 1]) await touch("touchMove", [{ x: from.x + (to.x - from.x) * share, y: from.y }]);
  await touch("touchEnd", []);
  await session.detach();
};

/** The handle at the start, or at the end, of the chosen range. */
export const handle = (page: Page, edge: "Start" | "End"): Locator => page.getByRole("slider", { name: `${edge} Chosen range` });
