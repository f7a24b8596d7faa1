/** The components inside a LiveKit application of somebody else's: LiveKit's own button shares, ours keeps it, and nobody is in the room twice. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { listParticipants } from "../page/call.js";
import { expectFits } from "../page/fit.js";
import { expect, joinMeeting, preferThisTab, test } from "../page/host-app.js";
import { waitForKept } from "../page/kept.js";

/** What axe finds in our part of the page; LiveKit's own parts are LiveKit's. */
const violationsOf = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page }).include(".buffers").include(".clips").analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
};

test(
  "a share by LiveKit's button is kept by ours; another person has the strip too",
  { tag: "@long" },
  async ({ page: ada, browser, app, livekit }) => {
    await preferThisTab(ada);
    await joinMeeting(ada, app, "Ada");
    await ada.getByRole("button", { name: "Share screen" }).click();
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const ben = await context.newPage();
    await joinMeeting(ben, app, "Ben");
    await waitForKept(ada, 3);
    await waitForKept(ben, 3);
    await expect(ben.getByRole("button", { name: /^Capture \d/ })).toBeEnabled();
    expect(await violationsOf(ben)).toEqual([]);
    // LiveKit tells each of them of two people: the components have joined nothing.
    const shown = (await listParticipants(livekit, "standup")).filter(({ hidden }) => !hidden);
    expect(shown).toHaveLength(2);
    await context.close();

    await ada.getByRole("button", { name: /^Capture \d/ }).click();
    await ada.waitForFunction(() => performance.getEntriesByName("replay:painted").length === 1);
    await expect(ada.getByRole("region", { name: "Just kept" }).getByText(/^asked 5:00, got 0:\d\d/)).toBeVisible();
    await expect(ada.getByRole("article")).toHaveCount(1);
    expect(await violationsOf(ada)).toEqual([]);
    await ada.getByRole("article").getByRole("link").click();
    await expect(ada.getByRole("region", { name: "Clip", exact: true }).locator(".replay-player[data-phase=ready]")).toBeVisible();
    await ada.getByRole("button", { name: "Trim" }).click();
    await expect(ada.getByRole("group", { name: /^Trim/ })).toBeVisible();
    await expectFits(ada, "the trim editor beside a conference");
  },
);
