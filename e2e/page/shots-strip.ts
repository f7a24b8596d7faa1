/** Pictures of the strip: the moment below the pointer, a range that is chosen, and a moment that is seen. */
import type { Page } from "@playwright/test";
import { drawRange, pointOf } from "./strip.ts";

/** Takes a view under a name, in every size and theme. */
export type Take = (page: Page, name: string) => Promise<void>;

/** Takes what can be done on the strip that a page shows; leaves it as it was. At least a minute must be kept. */
export const takeStrip = async (page: Page, take: Take): Promise<void> => {
  await drawRange(page, 40, 15);
  await page.getByRole("group", { name: "Keep the chosen range" }).waitFor();
  await take(page, "strip-range");
  await page.getByRole("slider", { name: "Start Chosen range" }).focus();
  await page.keyboard.press("ArrowLeft");
  await page.locator(".replay-preview canvas").waitFor();
  await take(page, "strip-handle");
  await page.keyboard.press("Escape");
  const moment = await pointOf(page, 30);
  await page.mouse.click(moment.x, moment.y);
  await page.locator(".replay-player[data-playing]").waitFor();
  await page.mouse.move(0, 0);
  await take(page, "strip-moment");
  await page.getByRole("button", { name: "Close live picture" }).click();
};
