/** Pictures of the library's states, for `npm run screenshots`. */
import type { Page } from "@playwright/test";

/** Takes a view in every size and theme, under this name. */
type Take = (page: Page, name: string) => Promise<void>;

/** A person who has some clips looks at them; afterwards the library is as it was. */
export const takeLibrary = async (page: Page, url: string, take: Take): Promise<void> => {
  await page.getByRole("checkbox").first().press("Space");
  await page.getByRole("button", { name: /^Delete \d/ }).waitFor();
  await take(page, "library-chosen");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "What fits?" }).click();
  await page.getByText(/more minutes fit/).waitFor();
  await take(page, "library-room");
  await page.keyboard.press("Escape");
  await page.getByRole("row").first().press("F2");
  await page.getByRole("textbox", { name: "Title" }).waitFor();
  await take(page, "library-rename");
  await page.keyboard.press("Escape");
  await page.getByRole("searchbox").fill("no such words");
  await page.getByText(/^Nothing matches/).waitFor();
  await take(page, "library-nothing-found");
  await page.goto(`${url}/clips/of-me`);
  await page.locator(".of-me").first().waitFor();
  await take(page, "library-of-me");
  await page.goto(`${url}/library`);
  await page
    .getByRole("button", { name: /^More for/ })
    .first()
    .waitFor();
};
