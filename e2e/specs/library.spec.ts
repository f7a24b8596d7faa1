/** The library: rename, search, sort, delete with a way back. */
import { Api } from "@livekit-replay/peers";
import type { Locator, Page } from "@playwright/test";
import { makeManyClips } from "../page/many-clips.js";
import { waitForKept } from "../page/kept.js";
import { captureByKey, expect, signIn, test } from "../page/people.js";

/** Escape leaves it, Enter saves it, and what is typed is no key of the page or the list. */
const renameInPlace = async (page: Page): Promise<void> => {
  const title = page.getByRole("textbox", { name: "Title" });
  await page
    .getByRole("button", { name: /^More for/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await title.fill("never mind");
  await page.keyboard.press("Escape");
  await expect(title).toHaveCount(0);
  await expect(page.getByRole("row").first()).toBeFocused();
  await page.keyboard.press("F2");
  await title.pressSequentially("1 <b>c</b> a");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "1 <b>c</b> a" })).toBeVisible();
  await page.getByRole("row").first().press("F2");
  await title.fill("  Zebra crossing ");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Zebra crossing" })).toBeVisible();
  await expect(page.getByRole("article")).toHaveCount(2);
};

/** The last card is the one of the last title. */
const sortByTitle = async (page: Page): Promise<void> => {
  await page
    .getByRole("button", { name: /^Sort by/ })
    .or(page.getByRole("button", { name: /Newest/ }))
    .first()
    .click();
  await page.getByRole("option", { name: "Title" }).click();
  await expect(page.getByRole("article").last()).toContainText("Zebra crossing");
};

/** Many at once: chosen by keyboard, deleted, and back by one press. */
const deleteBothAndUndo = async (page: Page): Promise<void> => {
  // A list is one stop of the keyboard, and its lines have the focus: a box that is given it hands it on a frame later.
  const last = page.getByRole("row").last();
  await expect(last.getByRole("article")).toContainText("Zebra crossing");
  await last.focus();
  await expect(last).toBeFocused();
  await page.keyboard.press("Space");
  await expect(page.getByRole("status").getByText("1 chosen")).toBeVisible();
  await page.keyboard.press("ControlOrMeta+a");
  await page.getByRole("button", { name: "Delete 2" }).click();
  await expect(page.getByRole("article")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("article")).toHaveCount(2);
  // The box itself, by mouse.
  await page.getByRole("row").last().locator("label").click();
  await expect(page.getByRole("status").getByText("1 chosen")).toBeVisible();
  await page.getByRole("button", { name: "Choose none" }).click();
  await expect(page.getByText("1 chosen")).toHaveCount(0);
};

test("rename, search, sort, delete, undo, delete for good", async ({ page, server, shareFilm }) => {
  shareFilm("lobby");
  await signIn(page, server, "Bob");
  await waitForKept(page, 4);
  await captureByKey(page, "1");
  await captureByKey(page, "2");
  await page.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: "Library" }).click();
  await expect(page.getByRole("article")).toHaveCount(2);
  await expect(page.getByRole("meter", { name: "Room for clips" })).toBeVisible();

  await renameInPlace(page);

  await sortByTitle(page);

  await page.getByRole("searchbox", { name: "Search clips" }).fill("zebra");
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.getByRole("searchbox", { name: "Search clips" }).fill("no such words");
  await expect(page.getByText("Nothing matches “no such words”")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search clips" }).fill("zebra");
  await expect(page.getByRole("article")).toHaveCount(1);
  // A reload shows the same.
  await page.reload();
  await expect(page.getByRole("searchbox", { name: "Search clips" })).toHaveValue("zebra");
  await expect(page.getByRole("article")).toHaveCount(1);

  const deletions: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "DELETE") deletions.push(request.url());
  });
  await page.getByRole("button", { name: "More for Zebra crossing" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByRole("article")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.getByRole("searchbox", { name: "Search clips" }).fill("");
  await expect(page.getByRole("article")).toHaveCount(2);
  await deleteBothAndUndo(page);
  expect(deletions).toEqual([]);

  await page.getByRole("button", { name: "More for Zebra crossing" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const deleted = page.waitForResponse((response) => response.request().method() === "DELETE");
  await page.getByRole("button", { name: "Dismiss" }).first().click();
  expect((await deleted).status()).toBe(204);
  await page.reload();
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(page.getByText("Zebra crossing")).toHaveCount(0);
});

/** Bob in the room, in a second tab of the same browser: who is in no room may not capture there. */
const anotherPresence = async (page: Page, url: string): Promise<Page> => {
  const other = await page.context().newPage();
  await other.goto(`${url}/rooms/lobby`);
  await other
    .getByRole("button", { name: /^Bob/ })
    .or(other.getByRole("heading", { level: 1, name: "Lobby" }))
    .first()
    .click();
  await expect(other.getByText("Replay is running")).toBeVisible();
  return other;
};

const placeOf = (page: Page): Promise<number> => page.evaluate(() => scrollY);
/** Where on the screen the last card is, once it is drawn: a line that comes above the list moves what is scrolled, and nothing that is seen. */
const lastCardAt = async (page: Page): Promise<number> => {
  let y: number | undefined;
  await expect
    .poll(async () => {
      y = (await page.getByRole("article").last().boundingBox())?.y;
      return y;
    })
    .toBeDefined();
  return Math.round(y ?? 0);
};
const heightOf = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollHeight);

/** From the end of a long list to a clip and back, and after a reload: the list and the place in it are as they were. */
const comeBack = async (page: Page): Promise<void> => {
  const whole = await heightOf(page);
  await page.getByRole("row").first().focus();
  await page.keyboard.press("End");
  await expect(page.locator("[role=row]:focus").getByRole("article")).toBeInViewport({ ratio: 0.9 });
  await expect(page.getByRole("row").last()).toBeFocused();
  expect(await heightOf(page)).toBe(whole);
  const at = await placeOf(page);
  expect(at).toBeGreaterThan(whole - 2000);
  await page.locator("[role=row]:focus").press("Enter");
  await expect(page.locator(".clip h1")).toBeVisible();
  await expect.poll(() => placeOf(page)).toBe(0);
  await page.goBack();
  await expect.poll(() => placeOf(page)).toBe(at);
  await expect(page.getByRole("article").last()).toBeInViewport();
  await page.reload();
  await expect.poll(() => placeOf(page)).toBe(at);
  await expect(page.getByRole("article").last()).toBeInViewport();
};

/** As many as can be chosen at once, without looking at each; then a stretch with Shift, which is deleted. */
const chooseMany = async (page: Page): Promise<void> => {
  await page.getByRole("row").first().focus();
  await page.keyboard.press("ControlOrMeta+a");
  await expect(page.getByRole("status").getByText("200 chosen")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("row").nth(1).press("Space");
  await page
    .getByRole("article")
    .nth(3)
    .click({ modifiers: ["Shift"] });
  await expect(page.getByRole("status").getByText("3 chosen")).toBeVisible();
  await page.getByRole("button", { name: "Delete 3" }).click();
  await expect(page.getByText("3 clips are deleted")).toBeVisible();
};

test("hundreds of clips: one list that stays where it was, and new ones wait", async ({ page, server, shareFilm, folder }) => {
  shareFilm("lobby");
  await signIn(page, server, "Bob");
  await waitForKept(page, 3);
  const bob = await Api.signIn(server.url, "bob");
  const [session] = (await bob.status("lobby")).sessions;
  const second = { sessionId: session?.id ?? "", durationSeconds: 1 };
  expect((await bob.capture(second, 30)).state).toBe("ready");
  await makeManyClips({ folder, userId: "bob", count: 299 });
  await page.goto(`${server.url}/library`);
  const counted = (count: number): Locator => page.getByRole("status").filter({ hasText: new RegExp(`^${count} clips$`) });
  await expect(counted(300)).toBeVisible();
  await comeBack(page);
  const at = await lastCardAt(page);

  // What is kept meanwhile moves nothing.
  const shown = await page.getByRole("article").last().getByRole("link").textContent();
  const keeper = await anotherPresence(page, server.url);
  await bob.capture(second);
  const news = page.getByRole("button", { name: "Show 1 new clip" });
  await expect(news).toBeVisible();
  expect(await page.getByRole("article").last().getByRole("link").textContent()).toBe(shown);
  expect(await lastCardAt(page)).toBe(at);
  await keeper.close();
  await news.click();
  await expect(counted(301)).toBeVisible();
  await expect(page.getByRole("article").first()).toBeInViewport();

  await chooseMany(page);
  await expect(counted(298)).toBeVisible();
  const deleted: number[] = [];
  page.on("response", (response) => void (response.request().method() === "DELETE" && deleted.push(response.status())));
  await page.getByRole("button", { name: "Dismiss" }).first().click();
  await expect.poll(() => deleted).toEqual([204, 204, 204]);
  await expect(counted(298)).toBeVisible();
});

test("a deletion that waits for its undo is sent when the page is left", async ({ page, server, shareFilm }) => {
  shareFilm("lobby");
  await signIn(page, server, "Bob");
  await waitForKept(page, 3);
  await captureByKey(page, "1");
  await page.getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  await page.goto(`${server.url}/library`);
  await expect(page.getByRole("heading", { name: "Your clips will be here" })).toBeVisible();
});
