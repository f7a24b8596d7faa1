/** Somebody else's share: watch it live, go back, return to now, keep it, and keep it still after its end. */
import { captureByKey, expect, signIn, test, waitForKept } from "../page/people.js";

test("watch live, rewind, capture another's share, and capture it after its end", async ({ page, server, shareFilm }) => {
  const endShare = shareFilm("lobby");
  await signIn(page, server, "Bob");
  await expect(page.getByRole("heading", { name: "Alice is sharing" })).toBeVisible();
  await waitForKept(page, "0:1[4-9]");
  await page.getByRole("button", { name: "Watch live" }).click();
  const player = page.getByRole("group", { name: "Player: Alice", exact: true });
  await expect(player).toHaveAttribute("data-playing", "true");
  await expect(player.getByText("Live", { exact: true })).toBeVisible();

  await player.getByRole("button", { name: "Back 10 seconds" }).click();
  await expect(player.getByRole("button", { name: "Jump to live" })).toBeVisible();
  await expect(player.getByText(/^0:\d\d behind$/)).toBeVisible();
  await player.getByRole("button", { name: "Jump to live" }).click();
  await expect(player.getByText("Live", { exact: true })).toBeVisible();

  await captureByKey(page, "1");
  await expect(page.getByRole("region", { name: "Just kept" })).toBeVisible();

  await endShare();
  await expect(page.getByText(/^Alice’s share ended\. The last 0:\d\d can still be kept: 1[45]:\d\d$/)).toBeVisible();
  await captureByKey(page, "2");
  await expect(page.getByText(/^asked 2:00, got 0:\d\d/i)).toBeVisible();
});
