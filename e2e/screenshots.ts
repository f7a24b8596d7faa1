/**
 * Pictures of every view, from a real server with real shares: `node e2e/screenshots.ts` (needs the build, Chromium and a DISPLAY).
 * All go to .cache/screenshots; `--guide` also renews docs/guide/page.png, admin.png and react.png. `--example`: of examples/livekit-react alone. `--faults`: a film of what goes wrong instead (faults.ts). `--seconds=N`: how much shall be in the buffer first.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, expect, type Browser, type Page } from "@playwright/test";
import { Api, ServerProcess, shareDemo } from "@livekit-replay/peers";
import { CHROMIUM, CHROMIUM_FLAGS } from "./page/browser.ts";
import { waitForKept } from "./page/kept.ts";
import { takeAdmin } from "./page/shots-admin.ts";
import { takeExample } from "./page/shots-example.ts";
import { takeLibrary } from "./page/shots-library.ts";
import { takePseudo } from "./page/shots-pseudo.ts";
import { takeSharer } from "./page/shots-sharer.ts";
import { takeStrip } from "./page/shots-strip.ts";
import { drawRange } from "./page/strip.ts";
import { takeTrim, takeTrimRange } from "./page/shots-trim.ts";
import { shrinkPicture } from "./page/shrink.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = join(ROOT, ".cache", "screenshots");
/** How much is in the buffer before the room is taken, unless `--seconds` says otherwise. */
const SECONDS = 70;
const GUIDE = join(ROOT, "docs", "guide", "page.png");
const GUIDE_ADMIN = join(ROOT, "docs", "guide", "admin.png");
const GUIDE_EXAMPLE = join(ROOT, "docs", "guide", "react.png");
/** How much is kept in the LiveKit example before it is taken. */
const EXAMPLE_SECONDS = 40;
const SIZES = [
  { name: "1440", width: 1440, height: 900 },
  { name: "390", width: 390, height: 844 },
] as const;
const THEMES = ["light", "dark"] as const;

const option = (name: string, fallback: number): number =>
  Number(process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split("=")[1] ?? fallback);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Takes a view in both sizes and both themes. */
const take = async (page: Page, name: string): Promise<void> => {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}-${size.name}.png`), animations: "disabled" });
    }
  }
  await page.setViewportSize(SIZES[0]);
  await page.emulateMedia({ colorScheme: "light" });
  say(name);
};

const signIn = async (browser: Browser, url: string, name: string): Promise<Page> => {
  const context = await browser.newContext({ viewport: SIZES[0] });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getDisplayMedia.bind(mediaDevices);
    mediaDevices.getDisplayMedia = (options = {}) => ask({ ...options, video: { width: 1280, height: 720, frameRate: 10 } });
  });
  await page.goto(`${url}/`);
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
};

const painted = async (page: Page, act: () => Promise<void>): Promise<void> => {
  const count = await page.evaluate(() => performance.getEntriesByName("replay:painted").length);
  await act();
  await page.waitForFunction((before) => performance.getEntriesByName("replay:painted").length > before, count);
};

/** Views of who has nothing yet, before anybody shares. */
const takeEmpty = async (browser: Browser, url: string): Promise<void> => {
  const context = await browser.newContext({ viewport: SIZES[0] });
  const page = await context.newPage();
  await page.goto(`${url}/`);
  await page.getByRole("button", { name: /^Alice/ }).waitFor();
  await take(page, "sign-in");
  await context.close();
  const bob = await signIn(browser, url, "Bob");
  await bob.getByRole("button", { name: "Share screen" }).waitFor();
  await take(bob, "room-empty");
  await bob.goto(`${url}/library`);
  await bob.getByRole("heading", { name: "Your clips will be here" }).waitFor();
  await take(bob, "library-empty");
  await bob.goto(`${url}/channels/general`);
  await bob.getByRole("heading", { name: /^No clips/ }).waitFor();
  await take(bob, "channel-empty");
  await bob.context().close();
};

/** Where clips go, and the question before others see them. */
const takeDestination = async (bob: Page): Promise<void> => {
  await bob.getByRole("button", { name: "to your library" }).click();
  await take(bob, "capture-destination");
  await bob.getByRole("menuitemradio", { name: "#clips" }).click();
  await bob.getByRole("alertdialog").waitFor();
  await take(bob, "capture-confirm");
  await bob.getByRole("button", { name: "Post in #clips" }).click();
  await take(bob, "capture-channel");
  await bob.getByRole("button", { name: "to #clips" }).click();
  await bob.getByRole("menuitemradio", { name: /^Your library/ }).click();
};

const setQuota = async (url: string, userId: string, limitBytes: number | null): Promise<void> => {
  const { token } = await Api.signIn(url, "alice");
  const response = await fetch(`${url}/livekit-replay/admin/users/${userId}/quota`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ limitBytes }),
  });
  if (!response.ok) throw new Error(`quota: ${response.status} ${await response.text()}`);
};

/** A press that does not fit into what the person may keep. */
const takeFull = async (bob: Page, url: string): Promise<void> => {
  await setQuota(url, "bob", 1000);
  await bob.goto(`${url}/rooms/lobby`);
  await bob.locator(".replay-strip-kept").first().waitFor();
  await bob.keyboard.press("1");
  await bob.getByRole("alert").waitFor();
  await take(bob, "capture-full");
  await setQuota(url, "bob", null);
};

/** What Bob decides about his own share, and what Alice sees of it. */
const takeOwn = async (bob: Page, url: string): Promise<void> => {
  const browser = bob.context().browser();
  if (browser === null) return;
  const alice = await signIn(browser, url, "Alice");
  await takeSharer(bob, alice, url, take);
  await alice.context().close();
};

/** Bob watches Alice's film and keeps parts of it. */
const takeRoom = async (bob: Page, url: string): Promise<void> => {
  await take(bob, "room-other");
  await bob.getByRole("button", { name: "Watch live" }).click();
  await bob.locator(".replay-player[data-playing]").waitFor();
  await take(bob, "room-live");
  await bob.getByRole("button", { name: "Close live picture" }).click();
  await takeTrimRange(bob, take);
  await takeStrip(bob, take);
  await painted(bob, () => bob.keyboard.press(option("seconds", SECONDS) >= 305 ? "5" : "1"));
  await take(bob, "room-kept");
  if (process.argv.includes("--guide")) await shrinkPicture(join(FOLDER, "room-kept-light-1440.png"), GUIDE);
  await painted(bob, () => bob.keyboard.press("2"));
  await painted(bob, () => bob.keyboard.press("5"));
  await bob.getByRole("button", { name: "Another length…" }).click();
  await bob.getByRole("textbox", { name: "Minutes" }).waitFor();
  await take(bob, "custom-length");
  await bob.keyboard.press("Escape");
  await takeDestination(bob);
  await bob.getByRole("button", { name: "Share this tab" }).click();
  await waitForKept(bob, 2);
  await take(bob, "room-mine");
  await takeOwn(bob, url);
  await bob.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: "Library" }).click();
  await expect(bob.getByRole("article")).toHaveCount(3);
  await take(bob, "library-dock");
  await painted(bob, () => bob.keyboard.press("q"));
  await bob.getByRole("alertdialog").getByRole("button", { name: "Undo" }).waitFor();
  await take(bob, "capture-toast");
  await bob.getByRole("alertdialog").getByRole("button", { name: "Undo" }).click();
  await bob.goto(`${url}/rooms/lobby`);
};

const takeDialogs = async (bob: Page): Promise<void> => {
  await bob
    .getByRole("button", { name: "Rename" })
    .or(bob.getByRole("button", { name: /^More for/ }))
    .first()
    .click();
  await take(bob, "clip-menu");
  await bob.getByRole("menuitem", { name: "Rename" }).click();
  await bob.getByRole("textbox", { name: "Title" }).fill("The moment the build went green");
  await take(bob, "rename");
  await bob.keyboard.press("Enter");
  await bob.getByRole("button", { name: "Share", exact: true }).click();
  await bob.getByRole("textbox").fill("Look at the left corner, right before it falls over.");
  await take(bob, "share");
  await bob.getByRole("button", { name: "Post" }).click();
  await bob.getByText(/^Posted in/).waitFor();
};

/** Library, clip, channel, dialogs. */
const takeClips = async (bob: Page, url: string): Promise<void> => {
  await bob.goto(`${url}/library`);
  await expect(bob.locator("img.replay-poster")).toHaveCount(3);
  await take(bob, "library");
  await takeLibrary(bob, url, take);
  await painted(bob, () => bob.getByRole("article").first().getByRole("link").click());
  await takeDialogs(bob);
  await take(bob, "clip");
  await takeTrim(bob, take);
  await bob.getByRole("button", { name: /^More for/ }).click();
  await bob.getByRole("menuitem", { name: "Delete" }).click();
  await bob.getByText(/is deleted$/).waitFor();
  await take(bob, "library-undo");
  await bob.getByRole("button", { name: "Undo" }).click();
  await bob.goto(`${url}/channels/clips`);
  await bob.getByRole("article").first().waitFor();
  await take(bob, "channel");
  await bob.keyboard.press("?");
  await take(bob, "keys");
  await bob.getByRole("button", { name: /^C: Capture the last/ }).click();
  await bob.keyboard.press("5");
  await take(bob, "keys-taken");
  await bob.goto(`${url}/clips/AAAAAAAAAAAAAAAAAAAAAA`);
  await bob.getByRole("heading", { name: "There is no such clip here" }).waitFor();
  await take(bob, "clip-gone");
};

const takeEnds = async (browser: Browser, url: string, bob: Page, endShare: () => void): Promise<void> => {
  const carol = await signIn(browser, url, "Carol");
  await carol.getByText(/is sharing$/).waitFor();
  await take(carol, "room-carol");
  await carol.context().close();
  await bob.goto(`${url}/rooms/lobby`);
  endShare();
  await bob
    .getByText(/share ended/)
    .first()
    .waitFor();
  await take(bob, "room-ended");
  await drawRange(bob, 40, 15);
  await bob.getByRole("group", { name: "Keep the chosen range" }).waitFor();
  await take(bob, "room-ended-range");
};

const launch = (): Promise<Browser> =>
  chromium.launch({ headless: false, executablePath: CHROMIUM, args: [...CHROMIUM_FLAGS, "--hide-scrollbars"] });

/** A LiveKit application with the components in it. */
const example = async (): Promise<void> => {
  await mkdir(FOLDER, { recursive: true });
  const browser = await launch();
  try {
    await takeExample(browser, EXAMPLE_SECONDS, take);
    if (process.argv.includes("--guide")) await shrinkPicture(join(FOLDER, "example-meeting-dark-1440.png"), GUIDE_EXAMPLE);
  } finally {
    await browser.close();
  }
};

const main = async (): Promise<void> => {
  await mkdir(FOLDER, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "replay-screenshots-"));
  const server = await ServerProcess.start({ folder, env: { LOG_LEVEL: "error" } });
  const browser = await launch();
  const ending = new AbortController();
  try {
    await takeEmpty(browser, server.url);
    const share = shareDemo({ url: server.url, roomName: "lobby", say: () => undefined, signal: ending.signal });
    const bob = await signIn(browser, server.url, "Bob");
    const seconds = option("seconds", SECONDS);
    await bob.locator(".replay-strip-kept").waitFor();
    await bob.waitForFunction(
      (least) =>
        Number(
          (document.querySelector(".session-kept strong")?.textContent ?? "0:0")
            .split(":")
            .reduce((sum, part) => String(Number(sum) * 60 + Number(part))),
        ) >= least,
      seconds,
      { timeout: (seconds + 60) * 1000 },
    );
    await takeRoom(bob, server.url);
    await takeClips(bob, server.url);
    await takePseudo(bob, server.url, take);
    await takeFull(bob, server.url);
    await takeAdmin(browser, server.url, take);
    if (process.argv.includes("--guide")) await shrinkPicture(join(FOLDER, "admin-sessions-light-1440.png"), GUIDE_ADMIN);
    await takeEnds(browser, server.url, bob, () => ending.abort());
    await share;
  } finally {
    ending.abort();
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true });
  }
};

if (process.argv.includes("--faults")) await (await import("./faults.ts")).filmFaults();
else if (process.argv.includes("--example")) await example();
else {
  await main();
  await example();
}
// The publisher's native threads would keep the process.
process.exit(0);
