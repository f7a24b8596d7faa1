/** The library: rename, search, sort, delete with a way back. */
import type { Page } from "@playwright/test";
import { captureByKey, expect, signIn, test, waitForKept } from "../page/people.js";

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
  await page.getByRole("checkbox", { name: "Choose Zebra crossing" }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("status").getByText("1 chosen")).toBeVisible();
  await page.keyboard.press("ControlOrMeta+a");
  await page.getByRole("button", { name: "Delete 2" }).click();
  await expect(page.getByRole("article")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("article")).toHaveCount(2);
};

test("rename, search, sort, delete, undo, delete for good", async ({ page, server, shareFilm }) => {
  shareFilm("lobby");
  await signIn(page, server, "Bob");
  await waitForKept(page, "0:0[4-9]");
  await captureByKey(page, "1");
  await captureByKey(page, "2");
  await page.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: "Library" }).click();
  await expect(page.getByRole("article")).toHaveCount(2);
  await expect(page.getByRole("meter", { name: "Room for clips" })).toBeVisible();

  await page
    .getByRole("button", { name: /^More for/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("  Zebra crossing ");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("link", { name: "Zebra crossing" })).toBeVisible();

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

test("a deletion that waits for its undo is sent when the page is left", async ({ page, server, shareFilm }) => {
  shareFilm("lobby");
  await signIn(page, server, "Bob");
  await waitForKept(page, "0:0[3-9]");
  await captureByKey(page, "1");
  await page.getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  await page.goto(`${server.url}/library`);
  await expect(page.getByRole("heading", { name: "Your clips will be here" })).toBeVisible();
});
