/** Who sees what: a clip is its owner's until it is shared; then the channel shows it to all who can read it, at once. */
import { anotherPerson, captureByKey, expect, signIn, test, waitForKept } from "../page/people.js";

test("a shared clip appears live for others, plays for them, and goes when it is taken back", async ({
  page,
  server,
  browser,
  shareFilm,
}) => {
  shareFilm("lobby");
  const carol = await anotherPerson(browser, server, "Carol");
  await expect(carol.getByText("Replay is running")).toBeVisible();
  await expect(carol.getByText(/need a permission that you do not have/)).toBeVisible();
  await expect(carol.getByRole("button", { name: /^Capture/ })).toHaveCount(0);
  await carol.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: "general" }).click();
  await expect(carol.getByRole("heading", { name: "No clips in #general yet" })).toBeVisible();

  await signIn(page, server, "Bob");
  await waitForKept(page, "0:0[3-9]");
  await captureByKey(page, "1");
  await page.getByRole("region", { name: "Just kept" }).getByRole("heading", { level: 3 }).getByRole("link").click();
  await expect(page.getByText("Only you can see this clip")).toBeVisible();
  const address = page.url();
  await carol.goto(address);
  await expect(carol.getByRole("heading", { name: "There is no such clip here" })).toBeVisible();
  await carol.goto(`${server.url}/channels/general`);

  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByText("#general").last().click();
  await page.getByRole("textbox").fill("<b>Look</b> at this");
  await page.getByRole("button", { name: "Post" }).click();
  await expect(page.getByText("Posted in #general")).toBeVisible();

  // Nobody reloads: the post comes by itself, and its text stays text.
  await expect(carol.getByText("<b>Look</b> at this")).toBeVisible();
  await carol.getByRole("button", { name: /^Play / }).click();
  await expect(carol.locator(".replay-player[data-phase=ready] video")).toBeVisible();
  await expect(carol.getByRole("button", { name: /^More for/ })).toBeVisible();
  await carol.goto(address);
  await expect(carol.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(carol.getByRole("button", { name: "Share", exact: true })).toHaveCount(0);

  await page.goto(`${server.url}/channels/general`);
  await page.getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("menuitem", { name: "Take out of the channel" }).click();
  await expect(page.getByRole("heading", { name: "No clips in #general yet" })).toBeVisible();
  await carol.goto(address);
  await expect(carol.getByRole("heading", { name: "There is no such clip here" })).toBeVisible();
  await carol.context().close();
});
