/** axe on every view, in both themes: no violation. And no violation of the content security policy on the way. */
import type { Browser, Page } from "@playwright/test";
import type { ServerProcess } from "@livekit-replay/peers";
import { check } from "../page/axe.js";
import { waitForKept } from "../page/kept.js";
import { anotherPerson, captureByKey, expect, signIn, test } from "../page/people.js";

/** The menu of where clips go, and the question before others see them. */
const checkDestination = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "to your library" }).click();
  await check(page, "where clips go");
  await page.getByRole("menuitemradio", { name: "#clips" }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await check(page, "before a channel");
  await page.keyboard.press("Escape");
};

/** A clip's menu, its title as a field, a choice of clips, the quota explained. */
const checkLibrary = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: /^More for/ }).click();
  await check(page, "clip menu");
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await expect(page.getByRole("textbox", { name: "Title" })).toBeVisible();
  await check(page, "rename in place");
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox").press("Space");
  await check(page, "chosen clips");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "What fits?" }).click();
  await expect(page.getByRole("dialog", { name: "What fits?" })).toBeVisible();
  await check(page, "room for clips");
  await page.keyboard.press("Escape");
  await page.getByRole("searchbox", { name: "Search clips" }).fill("no such words");
  await expect(page.getByText("Nothing matches “no such words”")).toBeVisible();
  await check(page, "nothing found");
  await page.getByRole("button", { name: "Show all clips" }).click();
};

/** A library, a channel and a clip without anything in them. */
const checkNothing = async (page: Page, server: ServerProcess): Promise<void> => {
  await page.goto(`${server.url}/library`);
  await expect(page.getByRole("heading", { name: "Your clips will be here" })).toBeVisible();
  await check(page, "empty library");
  await page.goto(`${server.url}/channels/general`);
  await expect(page.getByRole("heading", { name: /^No clips in/ })).toBeVisible();
  await check(page, "empty channel");
  await page.goto(`${server.url}/clips/AAAAAAAAAAAAAAAAAAAAAA`);
  await expect(page.getByRole("heading", { name: "There is no such clip here" })).toBeVisible();
  await check(page, "no clip");
  await page.goto(`${server.url}/rooms/lobby`);
};

/** What the person who shared sees of the clips of others. */
const checkOfMe = async (browser: Browser, server: ServerProcess): Promise<void> => {
  const alice = await anotherPerson(browser, server, "Alice");
  await alice.goto(`${server.url}/clips/of-me`);
  await expect(alice.getByRole("article")).toHaveCount(1);
  await check(alice, "clips of my shares");
  await alice.getByRole("button", { name: /^Withdraw/ }).click();
  await expect(alice.getByRole("alertdialog")).toBeVisible();
  await check(alice, "withdraw");
  await alice.context().close();
};

test("every view", async ({ page, browser, server, shareFilm }) => {
  test.setTimeout(180_000);
  const blocked: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy|violates/i.test(message.text())) blocked.push(message.text());
  });
  await page.goto(`${server.url}/`);
  await expect(page.getByRole("button", { name: /^Alice/ })).toBeVisible();
  await check(page, "sign-in");
  await signIn(page, server, "Bob");
  await expect(page.getByRole("button", { name: "Share screen" })).toBeVisible();
  await check(page, "empty room");
  await checkNothing(page, server);
  const endShare = shareFilm("lobby");
  await waitForKept(page, 4);
  await captureByKey(page, "1");
  await page.getByRole("button", { name: "Watch live" }).click();
  await expect(page.getByRole("group", { name: "Player: Alice", exact: true })).toHaveAttribute("data-playing", "true");
  await check(page, "room");
  await page.getByRole("button", { name: "Another length…" }).click();
  await expect(page.getByRole("textbox", { name: "Minutes" })).toBeVisible();
  await check(page, "own length");
  await page.keyboard.press("Escape");
  await checkDestination(page);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await check(page, "share dialog");
  await page.getByRole("button", { name: "Post" }).click();
  // Looking at it stops its time.
  await page.getByText(/^Posted in/).hover();
  await expect(page.getByRole("region", { name: "Just kept" }).getByRole("link", { name: /^#/ })).toBeVisible();
  await check(page, "toast");
  await page.getByRole("button", { name: "Open channel" }).click();
  await expect(page.getByRole("article")).toBeVisible();
  await check(page, "channel");
  await page.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: "Library" }).click();
  await expect(page.getByRole("article")).toBeVisible();
  await check(page, "library");
  await checkLibrary(page);
  await page.getByRole("article").getByRole("link").click();
  await expect(page.locator(".replay-player[data-phase=ready]")).toBeVisible();
  await check(page, "clip");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await check(page, "keys");
  await page.keyboard.press("Escape");
  await endShare();
  await page
    .getByRole("navigation", { name: "Main menu" })
    .getByRole("link", { name: /^Lobby/ })
    .click();
  await expect(page.getByText(/share ended/)).toBeVisible();
  await check(page, "ended");
  await checkOfMe(browser, server);
  expect(blocked).toEqual([]);
});
