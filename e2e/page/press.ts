/** A press in the page, measured by the page's own marks. */
import type { Page } from "@playwright/test";

/** What a press gave: ms from the press to the first painted frame, and the number that was on the screen at the press (-1: none in this page). */
export interface Press {
  readonly ms: number;
  readonly number: number;
}

declare global {
  interface Window {
    testPress?: Promise<Press>;
  }
}

/** Half of the values are smaller. NaN of none. */
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Presses a key and waits for the clip's first painted frame. */
export const pressAndSee = async (page: Page, key: string): Promise<Press> => {
  await page.evaluate(() => {
    let number = -1;
    const note = (): void => {
      number = window.testPictureNumber ?? -1;
    };
    window.addEventListener("keydown", note, { capture: true, once: true });
    window.testPress = new Promise((resolve) => {
      const observer = new PerformanceObserver((list) => {
        const mark = list.getEntriesByName("replay:painted").at(-1);
        const press = performance.getEntriesByName("replay:press").at(-1);
        if (mark === undefined || press === undefined) return;
        observer.disconnect();
        resolve({ ms: mark.startTime - press.startTime, number });
      });
      observer.observe({ type: "mark" });
    });
  });
  await page.keyboard.press(key);
  const press = await page.evaluate(() => window.testPress);
  if (press === undefined) throw new Error("the page was left before the clip was painted");
  return press;
};
