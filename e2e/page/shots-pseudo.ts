/** Pictures of the main views in the made-up language that runs from right to left. */
import type { Page } from "@playwright/test";
import type { Take } from "./shots-sharer.ts";

/** Of somebody who is signed in, has a clip, and is in a room where somebody shares. Leaves the page in its own language. */
export const takePseudo = async (page: Page, url: string, take: Take): Promise<void> => {
  const open = (path: string): Promise<unknown> => page.goto(`${url}${path}?pseudo=rtl`);
  await open("/rooms/lobby");
  await page.locator(".replay-strip-kept").first().waitFor();
  await take(page, "rtl-room");
  await open("/library");
  await page.getByRole("article").first().waitFor();
  await take(page, "rtl-library");
  await page.getByRole("article").first().getByRole("link").first().click();
  await page.locator(".replay-player[data-phase=ready]").waitFor();
  await take(page, "rtl-clip");
  await page.goto(`${url}/rooms/lobby`);
};
