/** Trimming in a real browser: what is on the screen at the handles is what the new clip begins and ends with, of a clip and of a buffer before anything is kept of it. */
import type { Page } from "@playwright/test";
import { check } from "../page/axe.js";
import { downloadClip, numbersOf } from "../page/clip.js";
import { NUMBERS, readNumber, shareNumbers } from "../page/numbers.js";
import { waitForKept } from "../page/kept.js";
import { captureByKey, expect, signIn, test } from "../page/people.js";

/** Waits until the picture is the frame that the active handle stands on, and reads its number. */
const shown = async (page: Page): Promise<number> => {
  await expect(page.locator(".replay-trim-picture[data-exact=true]")).toBeVisible();
  return await readNumber(page.locator(".replay-trim video"));
};

const handle = (page: Page, name: "Start" | "End") => page.getByRole("dialog").getByRole("slider", { name: new RegExp(`^${name}`) });

/** Presses a key and waits until the active handle has moved by it. */
const press = async (page: Page, name: "Start" | "End", key: string): Promise<void> => {
  const before = await handle(page, name).getAttribute("aria-valuetext");
  await page.keyboard.press(key);
  await expect(handle(page, name)).not.toHaveAttribute("aria-valuetext", before ?? "");
};

/** By how many pictures a second of the clock may differ from one of playing: its beginning is known better with each packet. */
const CLOCK_PICTURES = 1;

/** Moves an end by a second; answers the number that is there then. A second of playing has thirty pictures (`slack` 0). */
const bySecond = async (page: Page, name: "Start" | "End", slack: number): Promise<number> => {
  await handle(page, name).focus();
  const before = await shown(page);
  await press(page, name, name === "Start" ? "Shift+ArrowRight" : "Shift+ArrowLeft");
  const after = await shown(page);
  const moved = (name === "Start" ? after - before : before - after) + NUMBERS;
  expect(Math.abs((moved % NUMBERS) - 30)).toBeLessThanOrEqual(slack);
  return after;
};

/** Moves both ends by keys; answers the numbers that are on the screen there. */
const choose = async (page: Page, slack: number): Promise<{ readonly first: number; readonly last: number }> => {
  const start = await bySecond(page, "Start", slack);
  for (const key of [".", "ArrowRight", ".", ","]) await press(page, "Start", key);
  const first = await shown(page);
  expect(first).toBe((start + 2) % NUMBERS);
  const end = await bySecond(page, "End", slack);
  for (const key of ["ArrowLeft", ",", "."]) await press(page, "End", key);
  const last = await shown(page);
  expect(last).toBe((end - 1 + NUMBERS) % NUMBERS);
  return { first, last };
};

/** Opens the part that was saved, and reads its file. */
const fileOf = async (page: Page): Promise<number[]> => {
  await page.getByRole("button", { name: "Open clip" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.locator(".replay-player[data-phase=ready]")).toBeVisible();
  return numbersOf(await downloadClip(page));
};

/** Every picture once, from the first to the last that was seen at the handles. */
const judge = (numbers: readonly number[], { first, last }: { readonly first: number; readonly last: number }): void => {
  expect(numbers).toEqual(Array.from(numbers, (_, index) => (first + index) % NUMBERS));
  expect(numbers.at(-1)).toBe(last);
};

test("a clip and a range of a buffer are trimmed to exactly the pictures at the handles", async ({ page, server }, info) => {
  const endShare = await shareNumbers(server, "lobby");
  try {
    await signIn(page, server, "Bob");
    await waitForKept(page, 6);
    await captureByKey(page, "1");
    await page.getByRole("button", { name: "Trim", exact: true }).click();
    await expect(page.getByRole("dialog", { name: /^Trim “Alice in lobby”$/ })).toBeVisible();
    const part = await choose(page, 0);
    await check(page, "trim");

    // Nothing that was chosen is lost by an Escape too many.
    await page.keyboard.press("Escape");
    await page.getByRole("alertdialog", { name: "Leave without saving?" }).getByRole("button", { name: "Go on trimming" }).click();
    await page.getByRole("textbox", { name: "Title" }).fill("The very part");
    await page.getByRole("button", { name: "Save as new clip" }).click();
    await expect(page.getByText("Saved as “The very part”")).toBeVisible();
    await check(page, "trim, saved");
    const ms = await page.evaluate(() => {
      const [from, to] = ["replay:trim", "replay:trimmed"].map((name) => performance.getEntriesByName(name).at(-1)?.startTime ?? 0);
      return (to ?? 0) - (from ?? 0);
    });
    info.annotations.push({ type: "measured", description: `saving a part took ${ms.toFixed(0)} ms` });
    await page.getByRole("button", { name: "Undo" }).last().click();
    await page.getByRole("button", { name: "Save as new clip" }).click();
    judge(await fileOf(page), part);
    await expect(page.getByRole("heading", { level: 1, name: "The very part" })).toBeVisible();

    await page.getByRole("link", { name: "Lobby" }).first().click();
    await page.getByRole("button", { name: "Choose a range" }).click();
    await page.getByRole("button", { name: "Look first" }).click();
    await expect(page.getByRole("dialog", { name: /^Trim before keeping/ })).toBeVisible();
    await expect(page.locator(".replay-trim-picture[data-exact=true]")).toBeVisible();
    await check(page, "trim before keeping");
    const range = await choose(page, CLOCK_PICTURES);
    await page.getByRole("button", { name: "Keep as clip" }).click();
    judge(await fileOf(page), range);
  } finally {
    await endShare();
  }
});
