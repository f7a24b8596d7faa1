/** A call that egress records: its newest seconds come late, which the page says and offers to wait for. */
import { expect, test } from "../page/egress.js";
import { waitForKept } from "../page/kept.js";
import { signIn } from "../page/people.js";
import { pressAndSee } from "../page/press.js";

test("a press keeps what there is, says what is not written yet, and a whole clip takes its place", async ({
  page,
  server,
  shareInCall,
}) => {
  test.setTimeout(180_000);
  await signIn(page, server, "Bob");
  await shareInCall("lobby");
  await expect(page.getByRole("heading", { name: "Alice is sharing" })).toBeVisible();
  await waitForKept(page, 8, 90_000);

  await pressAndSee(page, "1");
  const kept = page.getByRole("region", { name: "Just kept" });
  await expect(kept.getByText(/^The newest 0:\d\d are not written yet\.$/)).toBeVisible();
  const short = await kept.getByRole("heading", { level: 3 }).getByRole("link").getAttribute("href");
  await kept.getByRole("button", { name: "Wait for them" }).click();
  await expect(kept.getByText(/^Waiting for the newest 0:\d\d…$/)).toBeVisible();
  await expect(kept.getByText(/^The newest|^Waiting for/)).toHaveCount(0, { timeout: 30_000 });
  expect(await kept.getByRole("heading", { level: 3 }).getByRole("link").getAttribute("href")).not.toBe(short);
  await expect(kept.locator(".replay-player[data-phase=ready]")).toBeVisible();
  await page.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: "Library" }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
});
