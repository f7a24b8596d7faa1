/** Somebody else's share: watch it live, go back by the player and by the strip, keep a range of it by mouse and by keys, and keep it still after its end. */
import type { Page } from "@playwright/test";
import { check } from "../page/axe.js";
import { waitForKept } from "../page/kept.js";
import { captureByKey, expect, signIn, test } from "../page/people.js";
import { drawRange, handle, pointOf } from "../page/strip.js";

const secondsOf = (words: string | null): number => {
  const [minutes = "0", seconds = "0"] = /(\d+):(\d\d)/.exec(words ?? "")?.slice(1) ?? [];
  return Number(minutes) * 60 + Number(seconds);
};

/** The chosen length, as the bar says it. */
const chosenLength = async (page: Page): Promise<number> =>
  secondsOf(
    await page
      .getByRole("group", { name: "Keep the chosen range" })
      .getByRole("button", { name: /^Keep / })
      .textContent(),
  );

/** Draws a range, moves its ends by keys, gives it up, chooses another one without a mouse, and keeps it. */
const keepRange = async (page: Page): Promise<void> => {
  await drawRange(page, 13, 2);
  const bar = page.getByRole("group", { name: "Keep the chosen range" });
  await expect(bar).toBeVisible();
  await expect(handle(page, "End")).toBeFocused();
  await expect(page.getByText(/^From 0:\d\d to 0:\d\d ago, 0:\d\d long$/)).toBeAttached();
  const drawn = await chosenLength(page);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => chosenLength(page)).toBe(drawn - 1);
  await handle(page, "Start").press("Shift+ArrowRight");
  await expect.poll(() => chosenLength(page)).toBeLessThan(drawn - 1);
  await page.keyboard.press("Home");
  await handle(page, "End").press("End");
  await expect.poll(() => chosenLength(page)).toBeGreaterThan(drawn);
  await check(page, "range");
  await bar.getByRole("button", { name: "End one second earlier" }).click();
  await page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
  await expect(page.getByRole("button", { name: "Choose a range" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(handle(page, "Start")).toBeFocused();
  await page.keyboard.press("End");
  await expect.poll(() => chosenLength(page)).toBe(1);
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowLeft");
  await bar.getByRole("button", { name: "Keep 0:05" }).press("Enter");
  await expect(page.getByText(/^asked 0:05, got 0:05$/i)).toBeVisible();
  await expect(page.getByText("One clip kept")).toBeVisible();
  await expect(bar).toBeHidden();
};

test("watch live, rewind, keep a range of the strip, and capture after the end", async ({ page, server, shareFilm }) => {
  const endShare = shareFilm("lobby");
  await signIn(page, server, "Bob");
  await expect(page.getByRole("heading", { name: "Alice is sharing" })).toBeVisible();
  await waitForKept(page, 14);
  await page.getByRole("button", { name: "Watch live" }).click();
  const player = page.getByRole("group", { name: "Player: Alice", exact: true });
  await expect(player).toHaveAttribute("data-playing", "true");
  await expect(player.getByText("Live", { exact: true })).toBeVisible();

  await player.getByRole("button", { name: "Back 10 seconds" }).click();
  await expect(player.getByRole("button", { name: "Jump to live" })).toBeVisible();
  await expect(player.getByText(/^0:\d\d behind$/)).toBeVisible();
  await player.getByRole("button", { name: "Jump to live" }).click();
  await expect(player.getByText("Live", { exact: true })).toBeVisible();

  const moment = await pointOf(page, 13);
  await page.mouse.move(moment.x, moment.y);
  await expect(page.locator(".replay-preview canvas")).toBeVisible();
  await expect(page.locator(".replay-preview")).toHaveText(/^0:\d\d ago$/);
  await page.mouse.click(moment.x, moment.y);
  await expect(player.getByRole("button", { name: "Jump to live" })).toBeVisible();
  await expect(page.locator(".replay-playhead")).toBeVisible();

  await keepRange(page);

  await endShare();
  await expect(page.getByText(/^Alice’s share ended\. The last \d:\d\d can still be kept: 1[45]:\d\d$/)).toBeVisible();
  await drawRange(page, 10, 4);
  await expect(page.getByText(/^From \d:\d\d to \d:\d\d before the end, \d:\d\d long$/)).toBeAttached();
  await page.getByRole("button", { name: "Clear" }).click();
  await captureByKey(page, "2");
  await expect(page.getByText(/^asked 2:00, got \d:\d\d/i)).toBeVisible();
});
