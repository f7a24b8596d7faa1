/** axe over what a page shows at this moment, in both themes. What is not a question of colours is the same in both, and asked once. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Fails with every violation; `view` names what was looked at. */
export const check = async (page: Page, view: string): Promise<void> => {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // On a busy machine the page may come to know of it while it is looked at: letters of one theme would be judged on the ground of the other.
    await page.waitForFunction((scheme) => matchMedia(`(prefers-color-scheme: ${scheme})`).matches, colorScheme);
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
    // Less motion is none: however short, a transition of colours leaves letters of one theme on the ground of the other for a frame or more.
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll("*")]
        .filter((element) => /[1-9]/.test(getComputedStyle(element).transitionDuration))
        .map(({ outerHTML }) => outerHTML.slice(0, 80)),
    );
    expect(moving, `${view}, ${colorScheme}: transitions`).toEqual([]);
    const axe = new AxeBuilder({ page });
    const { violations } = await (colorScheme === "light" ? axe : axe.withRules(["color-contrast", "link-in-text-block"])).analyze();
    const said = violations.flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`),
    );
    expect(said, `${view}, ${colorScheme}`).toEqual([]);
  }
};
