/** Who sees what: a clip is its owner's until it is shared; then the channel shows it to all who can read it, at once. */
import { Api, type ServerProcess } from "@livekit-replay/peers";
import type { Browser, Page } from "@playwright/test";
import { waitForKept } from "../page/kept.js";
import { anotherPerson, captureByKey, expect, signIn, test } from "../page/people.js";

/** Who is not signed in is told nothing of a clip, is led to sign in, and then sees it: the page that is served is the same for every address. */
const expectNeutral = async (browser: Browser, server: ServerProcess, address: string, title: string): Promise<void> => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const served = async (url: string): Promise<string> => (await context.request.get(url, { headers: { accept: "text/html" } })).text();
  const neutral = await served(`${server.url}/`);
  expect(await served(address)).toBe(neutral);
  expect(await served(`${server.url}/clips/AAAAAAAAAAAAAAAAAAAAAA`)).toBe(neutral);
  expect(neutral).toContain('<meta property="og:title" content="Replay" />');
  expect(neutral).not.toContain(title);
  await page.goto(address);
  await page.getByRole("button", { name: /^Carol/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  expect(page.url()).toBe(address);
  await context.close();
};

const postAgain = async (server: ServerProcess, token: string, address: string): Promise<void> => {
  const { pathname } = new URL(address);
  const response = await fetch(`${server.url}/livekit-replay${pathname}/share`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ channelId: "general" }),
  });
  expect(response.status).toBe(201);
};

/** Keeps a page's event stream on its way, from the next time that it is opened. Answers how to let it through. */
const holdStream = async (page: Page): Promise<() => void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route("**/me/events", async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
};

/** What is posted while somebody reads further down waits above, and moves nothing. */
const expectNewsWait = async (reader: Page, post: () => Promise<unknown>): Promise<void> => {
  for (let count = 2; count <= 3; count += 1) await post();
  await expect(reader.getByRole("article")).toHaveCount(3);
  await reader.getByRole("article").last().scrollIntoViewIfNeeded();
  await expect.poll(() => reader.evaluate(() => scrollY)).toBeGreaterThan(300);
  const at = await reader.evaluate(() => scrollY);
  for (let count = 0; count < 2; count += 1) await post();
  await expect(reader.getByRole("button", { name: "2 new posts" })).toBeVisible();
  await expect(reader.getByRole("article")).toHaveCount(3);
  expect(await reader.evaluate(() => scrollY)).toBe(at);
  await reader.getByRole("button", { name: "2 new posts" }).click();
  await expect(reader.getByRole("article")).toHaveCount(5);
  await expect(reader.getByRole("article").first()).toBeInViewport();
};

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
  await waitForKept(page, 3);
  await captureByKey(page, "1");
  await page.getByRole("region", { name: "Just kept" }).getByRole("heading", { level: 3 }).getByRole("link").click();
  await expect(page.getByText("Only you can see this clip")).toBeVisible();
  const address = page.url();
  await carol.goto(address);
  await expect(carol.getByRole("heading", { name: "There is no such clip here" })).toBeVisible();
  const letThrough = await holdStream(carol);
  await carol.goto(`${server.url}/channels/general`);
  await expect(carol.getByRole("heading", { name: "No clips in #general yet" })).toBeVisible();

  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByText("#general").last().click();
  await page.getByRole("textbox").fill("<b>Look</b> at this");
  await page.getByRole("button", { name: "Post" }).click();
  await expect(page.getByText("Posted in #general")).toBeVisible();

  // Nobody reloads: the post comes by itself, and its text stays text; also the one that came while the stream was on its way.
  letThrough();
  await expect(carol.getByText("<b>Look</b> at this")).toBeVisible();
  await carol.getByRole("button", { name: /^Play / }).click();
  await expect(carol.locator(".replay-player[data-phase=ready] video")).toBeVisible();
  await expect(carol.getByRole("button", { name: /^More for/ })).toBeVisible();
  await carol.goto(address);
  await expect(carol.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(carol.getByRole("button", { name: "Share", exact: true })).toHaveCount(0);
  await expectNeutral(browser, server, address, (await carol.getByRole("heading", { level: 1 }).textContent()) ?? "");

  await carol.goto(`${server.url}/channels/general`);
  const { token } = await Api.signIn(server.url, "bob");
  await expectNewsWait(carol, () => postAgain(server, token, address));
  await page.goto(`${server.url}/channels/general`);
  for (let left = 4; left >= 0; left -= 1) {
    await page
      .getByRole("button", { name: /^More for/ })
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Take out of the channel" }).click();
    await expect(page.getByRole("article")).toHaveCount(left);
  }
  await expect(page.getByRole("heading", { name: "No clips in #general yet" })).toBeVisible();
  await carol.goto(address);
  await expect(carol.getByRole("heading", { name: "There is no such clip here" })).toBeVisible();
  await carol.context().close();
});
