/** The page in a made-up language: from right to left, and half as long again. Everything still has room, on a desk and on a phone. */
import { check } from "../page/axe.js";
import { expectFits } from "../page/fit.js";
import { captureByKey, expect, test } from "../page/people.js";

test("words that are long and run from right to left have room in every view", { tag: "@long" }, async ({ page, server, shareFilm }) => {
  shareFilm("lobby");
  const open = (path: string): Promise<unknown> => page.goto(`${server.url}${path}?pseudo=rtl`);
  await open("/");
  await page.getByRole("button", { name: /^Bob/ }).waitFor();
  await expectFits(page, "sign-in");
  await page.getByRole("button", { name: /^Bob/ }).click();
  await expect(page.locator("html[lang=ar-XB][dir=rtl]")).toBeAttached();
  await expect(page.locator(".replay-strip-kept")).toBeVisible({ timeout: 30_000 });
  await captureByKey(page, "1");
  await expectFits(page, "room");
  await check(page, "room, from right to left");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await expectFits(page, "keys");
  await open("/library");
  await page.getByRole("article").waitFor();
  await expectFits(page, "library");
  await page.getByRole("article").getByRole("link").first().click();
  await page.locator(".replay-player[data-phase=ready]").waitFor();
  await expectFits(page, "clip");
  await open(`${new URL(page.url()).pathname}/trim`);
  await page.locator(".replay-trim [data-exact]").waitFor();
  await expectFits(page, "trim");
  await open("/channels/general");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await expectFits(page, "channel");
});
