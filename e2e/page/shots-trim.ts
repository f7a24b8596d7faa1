/** Pictures of the trim editor: of a clip, saved, asked before it is left; and of a range of a buffer. */
import type { Page } from "@playwright/test";
import type { Take } from "./shots-sharer.ts";

/** The picture is the wanted frame, and the film has its pictures. */
const ready = async (page: Page): Promise<void> => {
  await page.locator(".replay-trim-picture[data-exact=true]").waitFor();
  await page.locator(".replay-trim-film:not([data-empty])").waitFor();
};

const narrow = async (page: Page): Promise<void> => {
  const ends = page.getByRole("dialog").or(page.locator(".trim-page"));
  await ends.getByRole("slider", { name: /^Start/ }).focus();
  await page.keyboard.press("Shift+ArrowRight");
  await ends.getByRole("slider", { name: /^End/ }).focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await ready(page);
};

/** From the page of a clip; it is left as it was. */
export const takeTrim = async (page: Page, take: Take): Promise<void> => {
  await page.getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("menuitem", { name: "Trim" }).click();
  await ready(page);
  await narrow(page);
  await take(page, "trim");
  await page.getByRole("button", { name: "Save as new clip" }).click();
  await page.getByText(/^Saved as/).waitFor();
  await take(page, "trim-saved");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("The new clip is deleted. Your choice is still here.").waitFor();
  await page.keyboard.press("Escape");
  const question = page.getByRole("alertdialog", { name: "Leave without saving?" });
  await question.waitFor();
  await take(page, "trim-leave");
  await question.getByRole("button", { name: "Leave" }).click();
  await question.waitFor({ state: "hidden" });
};

/** From a room with a buffer of somebody. */
export const takeTrimRange = async (page: Page, take: Take): Promise<void> => {
  await page.getByRole("button", { name: "Choose a range" }).click();
  await page.getByRole("button", { name: "Look first" }).click();
  await ready(page);
  await narrow(page);
  await take(page, "trim-range");
  await page.keyboard.press("Escape");
  await page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click();
  await page.getByRole("button", { name: "Clear" }).click();
};
