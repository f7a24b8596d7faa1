/** What goes wrong is said in the page, with a way out, and the page goes on. */
import { Api } from "@livekit-replay/peers";
import { check } from "../page/axe.js";
import { EmbedHost } from "../page/embed.js";
import { waitForKept } from "../page/kept.js";
import { captureByKey, expect, shareThisTab, signIn, test } from "../page/people.js";

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
  await page.getByRole("button", { name: "Forget…" }).click();
  await check(page, "what is to be forgotten");
  await page.getByRole("button", { name: "Delete now" }).click();
  await expect(page.getByRole("dialog", { name: "Forgotten" })).toBeVisible();
  await check(page, "what was forgotten");
});

test.describe("a small quota", () => {
  test.use({ serverEnv: { DEFAULT_QUOTA_BYTES: "1000" } });

  test("a capture that does not fit says why and what to do", async ({ page, server, shareFilm }) => {
    shareFilm("lobby");
    await signIn(page, server, "Bob");
    await waitForKept(page, 3);
    await page.keyboard.press("1");
    await expect(page.getByRole("alert")).toContainText("Your room for clips is full");
    await expect(page.getByRole("link", { name: "To the library" })).toBeVisible();
    const again = page.waitForResponse((response) => response.url().endsWith("/capture"));
    await page.getByRole("button", { name: "Try again" }).click();
    expect((await again).status()).toBe(507);
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

test("five tabs of one browser: event streams leave room for requests", { tag: "@long" }, async ({ context, server }) => {
  const names = ["Alice", "Bob", "Carol", "Alice", "Bob"];
  for (const name of names) {
    const tab = await context.newPage();
    await signIn(tab, server, name);
    await expect(tab.getByRole("heading", { name: "Nobody shares here right now" }).or(tab.getByText(/^You can watch here/))).toBeVisible();
    await tab.getByRole("link", { name: "Studio" }).click();
    await expect(tab.getByRole("heading", { level: 1, name: "Studio" })).toBeVisible();
  }
});

test("a clip that is deleted while somebody watches it: the page says so", async ({ page, server, shareFilm }) => {
  shareFilm("lobby");
  await signIn(page, server, "Bob");
  await waitForKept(page, 3);
  const alice = await Api.signIn(server.url, "alice");
  const [session] = (await alice.status("lobby")).sessions;
  const clip = await alice.capture({ sessionId: session?.id ?? "", durationSeconds: 2, shareOption: "channel", targetChannelId: "clips" });
  await page.goto(`${server.url}/clips/${clip.id}`);
  await expect(page.locator(".replay-player[data-phase=ready]")).toBeVisible();
  const headers = { authorization: `Bearer ${alice.token}` };
  expect((await fetch(`${server.url}/livekit-replay/clips/${clip.id}`, { method: "DELETE", headers })).status).toBe(204);
  await expect(page.getByRole("heading", { name: "This clip was deleted" })).toBeVisible();
});

const embedded = test.extend<{ readonly lifeSeconds: number; readonly host: EmbedHost }>({
  lifeSeconds: [8, { option: true }],
  host: async ({ lifeSeconds }, use) => {
    const host = await EmbedHost.start();
    host.lifeSeconds = lifeSeconds;
    await use(host);
    await host.close();
  },
  serverEnv: async ({ host }, use) => {
    await use(host.serverEnv);
  },
});

embedded(
  "in a host application's window: signed in by it, and a sign-in that runs out costs nothing",
  { tag: "@long" },
  async ({ page, server, host }) => {
    host.replayUrl = server.url;
    await page.goto(host.url);
    const frame = page.frameLocator("iframe");
    await expect(frame.getByRole("button", { name: /^Alice/ })).toBeVisible();
    await frame.getByRole("button", { name: "Share this tab" }).click();
    await waitForKept(frame, 2);

    await frame.getByRole("button", { name: "Pause buffer" }).click();
    await expect(frame.getByText("Replay is paused")).toBeVisible();
    await expect(frame.getByText(/^You have paused the buffer/)).toBeVisible();
    await frame.getByRole("button", { name: "Resume buffer" }).click();
    await expect(frame.getByText("Replay is running")).toBeVisible();
    await waitForKept(frame, 5);

    host.gives = false;
    await expect(frame.getByRole("alert").filter({ hasText: "Your sign-in has run out." })).toContainText("Your share goes on.");
    // What is pressed now waits for the new sign-in, and is dated by the press.
    await frame.getByRole("button", { name: "Capture 5:00" }).click();
    host.lifeSeconds = 3600;
    host.gives = true;
    await expect(frame.getByText(/^asked \d+:\d\d, got 0:\d\d/i)).toBeVisible();
    await expect(frame.getByText("Your sign-in has run out.")).toHaveCount(0);
    await expect(frame.getByRole("region", { name: "You are sharing" })).toHaveCount(1);

    await frame.getByRole("button", { name: "Forget…" }).click();
    await frame.getByRole("button", { name: "Delete now" }).click();
    const dialog = frame.getByRole("dialog", { name: "Forgotten" });
    await expect(dialog).toContainText("Deleted from the server: 0:");
    await expect(dialog.getByRole("listitem")).toHaveCount(1);
    await dialog.getByRole("button", { name: "Close" }).click();
    await expect(frame.getByRole("img", { name: /^Buffer: 0:0\d kept/ }).first()).toBeVisible({ timeout: 30_000 });

    // The host signs somebody else in: nothing of Alice is left.
    host.person = { userId: "bob", name: "Bob" };
    await page.reload();
    await expect(frame.getByRole("button", { name: /^Bob/ })).toBeVisible();
    await expect(frame.getByText(/^Alice’s share ended/)).toBeVisible();
  },
);

embedded("in a frame that may not share a screen: the page says so, and a way out", async ({ page, server, host }) => {
  host.replayUrl = server.url;
  host.allow = "autoplay; fullscreen";
  await page.goto(host.url);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("button", { name: "Share this tab" }).click();
  await expect(frame.getByText("The page around this one does not let it share a screen")).toContainText(
    "Open Replay in a window of its own.",
  );
  await expect(frame.getByRole("button", { name: "Share this tab" })).toBeEnabled();
});
