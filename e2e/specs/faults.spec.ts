/** What goes wrong is said in the page, with a way out, and the page goes on. */
import { captureByKey, expect, shareThisTab, signIn, test, waitForKept } from "../page/people.js";

test("a recorder that dies: the page publishes again by itself, in the same session, and the gap is shown", async ({ page, server }) => {
  await signIn(page, server, "Alice");
  await shareThisTab(page);
  const [recorder] = await server.childPids();
  if (recorder === undefined) throw new Error("the server has no recorder process");
  process.kill(recorder, "SIGKILL");
  await expect(page.getByText(/missing in all:/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("region", { name: "You are sharing" })).toHaveCount(1);
  await captureByKey(page, "1");
  await expect(page.getByText(/^asked 1:00, got 0:\d\d/i)).toBeVisible();
});

test.describe("a small quota", () => {
  test.use({ serverEnv: { DEFAULT_QUOTA_BYTES: "1000" } });

  test("a capture that does not fit says why and what to do", async ({ page, server, shareFilm }) => {
    shareFilm("lobby");
    await signIn(page, server, "Bob");
    await waitForKept(page, "0:0[3-9]");
    await page.keyboard.press("1");
    await expect(page.getByRole("alert")).toContainText("Your room for clips is full");
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(page.getByRole("alert")).toHaveCount(0);
  });
});

test("a server that goes away is said, and a deleted clip is said politely", async ({ page, server }) => {
  await signIn(page, server, "Bob");
  await page.goto(`${server.url}/clips/AAAAAAAAAAAAAAAAAAAAAA`);
  await expect(page.getByRole("heading", { name: "There is no such clip here" })).toBeVisible();
  await page.goto(`${server.url}/nowhere`);
  await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
  await page.goto(`${server.url}/rooms/lobby`);
  await expect(page.getByRole("heading", { name: "Nobody shares here right now" })).toBeVisible();
  await server.close();
  await expect(page.getByText("The server cannot be reached right now. Trying again…")).toBeVisible();
});

test("a page that is reloaded while it shares: the share ends at once, and its buffer can still be kept", async ({ page, server }) => {
  await signIn(page, server, "Alice");
  await shareThisTab(page);
  await page.reload();
  await expect(page.getByText(/^The share ended\. The last 0:\d\d can still be kept: 1[45]:\d\d$/)).toBeVisible();
  await captureByKey(page, "1");
  await expect(page.getByText(/^asked 1:00, got 0:\d\d/i)).toBeVisible();
  await shareThisTab(page);
  await expect(page.getByRole("region", { name: "You are sharing" })).toHaveCount(1);
});

test("five tabs of one browser: event streams leave room for requests", async ({ context, server }) => {
  const names = ["Alice", "Bob", "Carol", "Alice", "Bob"];
  for (const name of names) {
    const tab = await context.newPage();
    await signIn(tab, server, name);
    await expect(tab.getByRole("heading", { name: "Nobody shares here right now" }).or(tab.getByText(/^You can watch here/))).toBeVisible();
    await tab.getByRole("link", { name: "Studio" }).click();
    await expect(tab.getByRole("heading", { level: 1, name: "Studio" })).toBeVisible();
  }
});
