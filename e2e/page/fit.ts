/** Whether everything that a page shows has room: no text cut off, none on other text, no control under something else, nothing beside the screen. */
import { expect, type Page } from "@playwright/test";

/** Runs in the page; answers a line for each thing that is wrong. */
const findMisfits = (): string[] => {
  const wrong: string[] = [];
  const root = document.documentElement;
  const nameOf = (element: Element): string =>
    `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}"> ${(element.textContent ?? "").trim().slice(0, 60)}`;
  const within = (element: Element | null, is: (style: CSSStyleDeclaration, one: Element) => boolean): Element | undefined => {
    for (let one = element; one !== null; one = one.parentElement) if (is(getComputedStyle(one), one)) return one;
    return undefined;
  };
  const isForReadersOnly = (style: CSSStyleDeclaration): boolean =>
    style.clipPath === "inset(50%)" || style.clip === "rect(0px, 0px, 0px, 0px)";
  const isShown = (element: Element): boolean =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && within(element, isForReadersOnly) === undefined;
  const isFloating = (style: CSSStyleDeclaration): boolean => style.position === "fixed" || style.position === "sticky";
  if (root.scrollWidth > root.clientWidth + 1) wrong.push(`the page is ${root.scrollWidth} wide in ${root.clientWidth}`);
  const dialog = [...document.querySelectorAll('[role="dialog"]')].at(-1);
  const walker = document.createTreeWalker(dialog ?? document.body, NodeFilter.SHOW_TEXT);
  const texts: { readonly element: Element; readonly box: DOMRect; readonly floats: Element | undefined }[] = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (element === null || (node.textContent ?? "").trim() === "" || !isShown(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width > 0 && box.height > 0) texts.push({ element, box, floats: within(element, isFloating) });
  }

  for (const { element, box } of texts) {
    const holds = within(element, (style) => /^(auto|scroll|hidden|clip)$/.test(style.overflowX));
    if (holds === undefined || holds === document.body) {
      if (box.left < -1 || box.right > root.clientWidth + 1) wrong.push(`beside the screen: ${nameOf(element)}`);
      continue;
    }
    const { overflowX, textOverflow } = getComputedStyle(holds);
    const edge = holds.getBoundingClientRect();
    const cut = box.left < edge.left - 1 || box.right > edge.right + 1;
    if (cut && /^(hidden|clip)$/.test(overflowX) && textOverflow !== "ellipsis") wrong.push(`cut off: ${nameOf(element)}`);
  }
  for (const [index, one] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      if (one.floats !== other.floats || one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      // Lines of text may touch: their boxes are higher than their letters.
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (across > 2 && down > 6) wrong.push(`on each other: ${nameOf(one.element)} | ${nameOf(other.element)}`);
    }
  }

  for (const control of (dialog ?? document).querySelectorAll("button, a[href], input:not([type=range]), textarea")) {
    const box = control.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (!isShown(control) || box.width < 2 || y < 0 || y > innerHeight || x < 0 || x > innerWidth) continue;
    const top = document.elementFromPoint(x, y);
    if (top === null || control.contains(top) || top.contains(control) || top.closest("label")?.contains(control)) continue;
    if (within(top, isFloating) !== within(control, isFloating)) continue;
    wrong.push(`covered: ${nameOf(control)} by ${nameOf(top)}`);
  }
  return wrong;
};

/** The widths of a desk and of a phone. */
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;

/** Fails with everything that has no room, at the width of a desk and of a phone; `view` names what was looked at. */
export const expectFits = async (page: Page, view: string): Promise<void> => {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    expect(await page.evaluate(findMisfits), `${view}, ${size.width} px`).toEqual([]);
  }
  await page.setViewportSize(SIZES[0]);
};
