/** Keys: those of the page, of its players, and those that capture. The main job by keyboard alone is in main-job.spec.ts. */
import { goTo } from "../page/hands.js";
import { waitForKept } from "../page/kept.js";
import { captureByKey, expect, signIn, test } from "../page/people.js";

test("sign in, to the content, and in a player by keyboard alone", async ({ page, server, shareFilm }) => {
  shareFilm("lobby");
  await signIn(page, server, "Alice");
  await page.getByRole("button", { name: /^Alice:/ }).press("Enter");
  await page.getByRole("menuitem", { name: "Sign out" }).press("Enter");
  await goTo(page.getByRole("button", { name: /^Bob/ }), "Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Lobby" })).toBeVisible();

  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "To the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await waitForKept(page, 3);
  await captureByKey(page, "c");
  const player = page.getByRole("region", { name: "Just kept" }).getByRole("group", { name: /^Player:/ });
  await goTo(player.getByRole("button", { name: /^(Pause|Play)$/ }), "Tab");
  const pausedBefore = await player.getByRole("button", { name: "Play" }).isVisible();
  await page.keyboard.press("k");
  await expect(player.getByRole("button", { name: pausedBefore ? "Pause" : "Play" })).toBeVisible();
  await page.keyboard.press("Home");
  await expect.poll(() => player.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime)).toBeLessThan(3);
});

test("capture keys stay out of text fields and dialogs, and can be changed; a channel is chosen on purpose", async ({
  page,
  server,
  shareFilm,
}) => {
  shareFilm("lobby");
  await signIn(page, server, "Bob");
  await waitForKept(page, 3);
  let captures = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/capture")) captures += 1;
  });
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("c");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Another length…" }).click();
  await page.getByRole("textbox", { name: "Minutes" }).fill("0");
  await page.getByRole("textbox", { name: "Seconds" }).fill("2");
  await page.keyboard.press("Tab");
  expect(captures).toBe(0);
  await page.getByRole("button", { name: "Capture the last 0:02" }).click();
  await expect(page.getByText(/^asked 0:02, got 0:02$/i)).toBeVisible();
  expect(captures).toBe(1);

  await page.keyboard.press("?");
  await goTo(page.getByRole("button", { name: /^C: Capture the last length you used/ }), "Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("5");
  await expect(page.getByText(/^“5” does something else already: Capture 5:00\./)).toBeVisible();
  await page.keyboard.press("x");
  await expect(page.getByText("“X”: Capture the last length you used")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.reload();
  await waitForKept(page, 1);

  await goTo(page.getByRole("button", { name: /^to your library$/ }), "Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("menuitemradio", { name: "#clips" }).press("Enter");
  await expect(page.getByRole("alertdialog", { name: "Post every clip in #clips?" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Only to my library" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "to #clips" })).toBeFocused();

  await captureByKey(page, "x");
  const kept = page.getByRole("region", { name: "Just kept" });
  await expect(kept.getByRole("link", { name: "#clips" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: /^Just kept: asked 0:02, got 0:02\. Posted in #clips\.$/ })).toHaveCount(1);
  await kept.getByRole("button", { name: "Undo" }).press("Enter");
  await expect(kept).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Capture \d/ })).toBeFocused();
  await page.getByRole("alertdialog").getByRole("button", { name: "Undo" }).press("Enter");
  await expect(kept.getByText("Only you can see this clip")).toBeVisible();
});
