/** Dragging from one point of the screen to another. */
import type { Page } from "@playwright/test";

/** In pixels of the viewport. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** With the mouse. */
export const dragByMouse = async ({ mouse }: Page, from: Point, to: Point): Promise<void> => {
  await mouse.move(from.x, from.y);
  await mouse.down();
  await mouse.move(to.x, to.y, { steps: 6 });
  await mouse.up();
};

/** With a finger, as the browser tells of fingers. */
export const dragByTouch = async (page: Page, from: Point, to: Point): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  const touch = async (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: Point[]): Promise<void> => {
    await session.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
  await touch("touchStart", [from]);
  for (const share of [0.25, 0.5, 0.75, 1]) {
    await touch("touchMove", [{ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }]);
  }
  await touch("touchEnd", []);
  await session.detach();
};
