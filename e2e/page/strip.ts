/** The buffer strip as a person uses it: by moments, not by pixels. */
import type { Locator, Page } from "@playwright/test";
import { dragByMouse, dragByTouch, type Point } from "./drag.ts";

/** Where a moment lies on the first strip of a page, in pixels of the viewport. */
export const pointOf = async (page: Page, agoS: number): Promise<Point> => {
  const film = page.getByRole("img", { name: /^Buffer:/ }).first();
  await film.scrollIntoViewIfNeeded();
  const box = await film.boundingBox();
  const seconds = Number(await page.locator(".replay-strip").first().getAttribute("data-seconds"));
  if (box === null) throw new Error("the strip cannot be seen");
  return { x: box.x + box.width * (1 - agoS / seconds), y: box.y + box.height / 2 };
};

/** Draws a range with the mouse. */
export const drawRange = async (page: Page, fromAgoS: number, toAgoS: number): Promise<void> =>
  dragByMouse(page, await pointOf(page, fromAgoS), await pointOf(page, toAgoS));

/** Draws a range with a finger. */
export const drawRangeByTouch = async (page: Page, fromAgoS: number, toAgoS: number): Promise<void> =>
  dragByTouch(page, await pointOf(page, fromAgoS), await pointOf(page, toAgoS));

/** The handle at the start, or at the end, of the chosen range. */
export const handle = (page: Page, edge: "Start" | "End"): Locator => page.getByRole("slider", { name: `${edge} Chosen range` });
