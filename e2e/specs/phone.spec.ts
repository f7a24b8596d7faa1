/** On a phone: everything under the thumb, nothing beside the screen. */
import { waitForKept } from "../page/kept.js";
import { expect, signIn, test } from "../page/people.js";
import { drawRangeByTouch } from "../page/strip.js";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test("capture with one thumb, watch, and find it in the library", async ({ page, server, shareFilm }) => {
  shareFilm("lobby");
  await signIn(page, server, "Bob");
  await waitForKept(page, 3);
  const capture = page.getByRole("button", { name: /^Capture \d/ });
  const box = await capture.boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(44);
  expect(box?.y).toBeGreaterThan(600);
  for (const name of ["15 s", "10 min", "Another length…", "to your library"]) {
    const reach = await page.getByRole("button", { name, exact: true }).boundingBox();
    expect(reach?.height).toBeGreaterThanOrEqual(44);
    expect(reach?.width).toBeGreaterThanOrEqual(44);
    expect(reach?.y).toBeGreaterThan(600);
  }
  await drawRangeByTouch(page, 30, 1);
  const keep = page.getByRole("button", { name: /^Keep 0:/ });
  await expect(keep).toBeInViewport();
  expect((await keep.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  await page.getByRole("button", { name: "Start one second later" }).tap();
  await page.getByRole("button", { name: "Clear" }).tap();
  await expect(keep).toBeHidden();
  await capture.tap();
  await page.waitForFunction(() => performance.getEntriesByName("replay:painted").length > 0);
  await expect(page.getByRole("group", { name: /^Player:/ })).toBeInViewport();

  const isTooWide = (): Promise<boolean> =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(await isTooWide()).toBe(false);
  await page.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: "Library" }).tap();
  await expect(page.getByRole("article")).toHaveCount(1);
  expect(await isTooWide()).toBe(false);
  await page.getByRole("article").getByRole("link").tap();
  await expect(page.locator(".replay-player[data-phase=ready]")).toBeVisible();
  expect(await isTooWide()).toBe(false);
  await page.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: "Channels" }).tap();
  await expect(page.getByRole("heading", { name: /^No clips in/ })).toBeVisible();
  expect(await isTooWide()).toBe(false);
});
