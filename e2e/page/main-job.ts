/** The main job, whatever hand it is done with: share, capture, watch, trim, rename, post, be watched by another person, delete, undo. */
import { expect, type Browser, type Locator, type Page } from "@playwright/test";
import type { ServerProcess } from "@livekit-replay/peers";
import { askForLess } from "./ask.js";
import type { Hand } from "./hands.js";
import { waitForKept } from "./kept.js";
import { anotherPerson } from "./people.js";

/** The title that the clip gets: markup in it stays text. */
const TITLE = "The <b>very</b> part";

const positionOf = (player: Locator): Promise<number> => player.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime);

const share = async (page: Page, hand: Hand): Promise<void> => {
  await hand.press(page.getByRole("button", { name: "Share this tab" }));
  await expect(page.getByRole("region", { name: "You are sharing" })).toBeVisible();
  await waitForKept(page, 6);
};

/** The clip plays by itself, and stops and goes on when it is asked to. */
const captureAndWatch = async (page: Page, hand: Hand): Promise<void> => {
  await hand.press(page.getByRole("button", { name: /^Capture \d/ }));
  await page.waitForFunction(() => performance.getEntriesByName("replay:painted").length > 0);
  const kept = page.getByRole("region", { name: "Just kept" });
  await expect(kept.getByText(/^asked 5:00, got 0:\d\d: the share began 0:\d\d ago$/i)).toBeVisible();
  const player = kept.getByRole("group", { name: /^Player:/ });
  const at = await positionOf(player);
  await expect.poll(() => positionOf(player)).toBeGreaterThan(at);
};

const trimAndRename = async (page: Page, hand: Hand): Promise<void> => {
  await hand.press(page.getByRole("region", { name: "Just kept" }).getByRole("button", { name: "Trim", exact: true }));
  const dialog = page.getByRole("dialog", { name: /^Trim “/ });
  const start = dialog.getByRole("slider", { name: /^Start/ });
  await expect(page.locator(".replay-trim-picture[data-exact=true]")).toBeVisible();
  const before = await start.getAttribute("aria-valuetext");
  await hand.forward(start);
  await expect(start).not.toHaveAttribute("aria-valuetext", before ?? "");
  await hand.press(dialog.getByRole("button", { name: "Save as new clip" }));
  await expect(dialog.getByText(/^Saved as “/)).toBeVisible();
  await hand.press(dialog.getByRole("button", { name: "Open clip" }));
  await expect(page.locator(".clip .replay-player[data-phase=ready]")).toBeVisible();
  await hand.rename(page);
  await expect(page.getByRole("textbox", { name: "Title" })).toBeFocused();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(TITLE);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: TITLE })).toBeVisible();
};

const post = async (page: Page, hand: Hand): Promise<void> => {
  await hand.press(page.getByRole("main").getByRole("button", { name: "Share", exact: true }));
  await hand.press(page.getByRole("dialog", { name: "Share to a channel" }).getByRole("button", { name: "Post" }));
  await expect(page.getByText("Posted in #clips")).toBeVisible();
};

/** Nobody reloads: what another person did is there. */
const beWatched = async (bob: Page): Promise<void> => {
  await bob.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: "clips" }).click();
  await bob.getByRole("button", { name: `Play ${TITLE}` }).click();
  const player = bob.locator(".replay-player[data-phase=ready]");
  await expect(player.locator("video")).toBeVisible();
  await expect.poll(() => positionOf(player)).toBeGreaterThan(0.5);
};

/** Back by Undo, and gone for everybody without it. */
const removeAndUndo = async (page: Page, hand: Hand, bob: Page): Promise<void> => {
  const inMenu = async (): Promise<void> => {
    await hand.press(page.getByRole("main").getByRole("button", { name: `More for ${TITLE}` }));
    await hand.press(page.getByRole("menuitem", { name: "Delete" }));
  };
  await inMenu();
  const told = page.getByRole("alertdialog").filter({ hasText: `“${TITLE}” is deleted` });
  const card = page.getByRole("article").filter({ hasText: TITLE });
  await expect(page.getByRole("article")).toHaveCount(1);
  await hand.press(told.getByRole("button", { name: "Undo" }));
  await expect(card).toBeVisible();
  await expect(bob.getByRole("article")).toHaveCount(1);
  await hand.press(card.getByRole("link", { name: TITLE }));
  await expect(page.getByRole("heading", { level: 1, name: TITLE })).toBeVisible();
  await inMenu();
  await hand.press(told.getByRole("button", { name: "Dismiss" }));
  await expect(bob.getByRole("article").getByText("This clip was deleted")).toBeVisible();
  await expect(page.getByRole("article")).toHaveCount(1);
};

/** From the sign-in to the end of the share, in a browser of its own. */
export const doMainJob = async (browser: Browser, server: ServerProcess, hand: Hand): Promise<void> => {
  const bob = await anotherPerson(browser, server, "Bob");
  const context = await browser.newContext(hand.context);
  const page = await context.newPage();
  await page.addInitScript(askForLess);
  await page.goto(server.url);
  await hand.press(page.getByRole("button", { name: /^Alice/ }));
  await share(page, hand);
  await expect(bob.getByText("Replay is running")).toBeVisible();
  await captureAndWatch(page, hand);
  await trimAndRename(page, hand);
  await post(page, hand);
  await beWatched(bob);
  await removeAndUndo(page, hand, bob);
  await hand.press(page.getByRole("button", { name: "Stop sharing" }));
  await expect(page.getByRole("button", { name: "Stop sharing" })).toHaveCount(0);
  await context.close();
  await bob.context().close();
};
