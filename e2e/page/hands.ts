/** Ways in which a person uses the page: with a mouse, by keyboard alone, with a finger on a phone. Each does the same things to what has a role and a name. */
import { expect, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";
import { dragByMouse, dragByTouch, type Point } from "./drag.js";

/** What a person does. */
export interface Hand {
  readonly name: "mouse" | "keyboard" | "finger";
  /** The browser that it is used in. */
  readonly context: BrowserContextOptions;
  /** Presses a button, a link, an item of a menu. */
  readonly press: (target: Locator) => Promise<void>;
  /** Moves the handle of a slider forward. */
  readonly forward: (slider: Locator) => Promise<void>;
  /** Makes a clip's title a field. */
  readonly rename: (page: Page) => Promise<void>;
}

const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 720 } };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Where a handle is, and where it goes. */
const wayOf = async (slider: Locator): Promise<{ readonly from: Point; readonly to: Point }> => {
  // The input itself has no size: it lies in what is seen of the handle.
  const seen = await slider.locator("xpath=ancestor::*[@data-what][1]").elementHandle();
  // What has just been opened still moves.
  await seen?.waitForElementState("stable");
  const [box, film] = [await seen?.boundingBox(), await slider.locator("xpath=ancestor::*[@role='group'][1]").boundingBox()];
  if (!box || film === null) throw new Error("the handle cannot be seen");
  const from = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  // One picture of a still screen may stand for two seconds of such a short clip, and a handle goes to the beginning of the picture that it is let go on.
  return { from, to: { x: from.x + film.width * 0.6, y: from.y } };
};

const MENU = (page: Page): Locator => page.getByRole("button", { name: /^More for/ });

/** With a mouse. */
export const mouse: Hand = {
  name: "mouse",
  context: DESK,
  press: (target) => target.click(),
  forward: async (slider) => {
    const { from, to } = await wayOf(slider);
    await dragByMouse(slider.page(), from, to);
  },
  rename: (page) => page.getByRole("heading", { level: 1 }).dblclick(),
};

/** With a finger. */
export const finger: Hand = {
  name: "finger",
  context: PHONE,
  press: (target) => target.tap(),
  forward: async (slider) => {
    const { from, to } = await wayOf(slider);
    await dragByTouch(slider.page(), from, to);
  },
  rename: async (page) => {
    await MENU(page).first().tap();
    await page.getByRole("menuitem", { name: "Rename" }).tap();
  },
};

/** More than any view has. */
const MOST_STEPS = 120;

const isFocused = (target: Locator): Promise<boolean> => target.evaluate((element) => element === document.activeElement);

/** Goes from one thing to the next with one key until it is there; fails when it never is. */
export const goTo = async (target: Locator, key: string): Promise<void> => {
  await expect(target).toBeVisible();
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (await isFocused(target)) return;
    await target.page().keyboard.press(key);
  }
  throw new Error(`the key ${key} does not reach ${String(target)}`);
};

/** By keyboard alone: Tab from thing to thing, arrows within a menu, Enter. */
export const keyboard: Hand = {
  name: "keyboard",
  context: DESK,
  press: async (target) => {
    const role = await target.getAttribute("role");
    await goTo(target, role === "menuitem" ? "ArrowDown" : "Tab");
    await target.page().keyboard.press("Enter");
  },
  forward: async (slider) => {
    await goTo(slider, "Tab");
    // By a picture: one of a still screen may stand for longer than the second that Shift moves by.
    await slider.page().keyboard.press("ArrowRight");
  },
  rename: (page) => page.keyboard.press("F2"),
};
