/**
 * A film of what goes wrong: each fault as a strip of pictures, before, meanwhile and after, from a real server (`npm run screenshots -- --faults`). Each
 * picture is taken when the page says what is to be seen on it, so that the film is a test too. The strips go to .cache/screenshots; `--guide` renews
 * docs/guide/faults.png, which is made of the best of them.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, expect, type Browser, type FrameLocator, type Page } from "@playwright/test";
import { Api, ServerProcess, shareDemo } from "@livekit-replay/peers";
import { askForLess } from "./page/ask.ts";
import { CHROMIUM, CHROMIUM_FLAGS } from "./page/browser.ts";
import { EmbedHost } from "./page/embed.ts";
import { waitForKept } from "./page/kept.ts";
import { Network } from "./page/network.ts";
import { sheetOf, type Strip } from "./page/sheet.ts";
import { shrinkPicture } from "./page/shrink.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = join(ROOT, ".cache", "screenshots");
const GUIDE = join(ROOT, "docs", "guide", "faults.png");
const SIZE = { width: 1100, height: 700 };
const CUT_MS = 20_000;
const PATIENCE = { timeout: 60_000 };

/** What each fault is filmed with. */
interface Set {
  readonly browser: Browser;
  readonly folder: string;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const open = async (browser: Browser): Promise<Page> => {
  const context = await browser.newContext({ viewport: SIZE });
  const page = await context.newPage();
  await page.addInitScript(askForLess);
  return page;
};

const signIn = async (browser: Browser, url: string, name: string): Promise<Page> => {
  const page = await open(browser);
  await page.goto(`${url}/`);
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
};

type Place = Page | FrameLocator;

const share = async (place: Place): Promise<void> => {
  await place.getByRole("button", { name: "Share this tab" }).click();
  await waitForKept(place, 5);
};

/** Takes pictures of a page for a strip. */
const film = (strip: Strip, page: Page) => {
  return async (caption: string): Promise<void> => {
    strip.frames.push({ caption, picture: await page.screenshot({ animations: "disabled" }) });
    say(`  ${caption}`);
  };
};

const networkCut = async ({ browser, folder }: Set): Promise<Strip> => {
  const strip: Strip = { title: "The network is cut for 20 seconds while Alice shares", frames: [] };
  const server = await ServerProcess.start({ folder, env: { LOG_LEVEL: "error" } });
  const network = await Network.between(server);
  try {
    const page = await open(browser);
    await network.lead(page);
    await page.goto(`${network.url}/`);
    await page.getByRole("button", { name: /^Alice/ }).click();
    await share(page);
    const take = film(strip, page);
    await take("Before");
    const mended = network.cutFor(CUT_MS);
    await page.getByText("The server cannot be reached right now. Trying again…").waitFor(PATIENCE);
    await page.getByText(/^The connection was lost\. Your share is being connected again/).waitFor(PATIENCE);
    await take("Meanwhile: it is said, and tried again");
    await mended;
    await expect(page.getByText("The server cannot be reached right now. Trying again…")).toHaveCount(0, PATIENCE);
    await expect(page.getByText(/^The connection was lost/)).toHaveCount(0, PATIENCE);
    await waitForKept(page, 30);
    await expect(page.getByRole("region", { name: "You are sharing" })).toHaveCount(1);
    await take("Afterwards: the same buffer goes on, with a gap");
    await page.context().close();
  } finally {
    await network.close();
    await server.close();
  }
  return strip;
};

const serverRestarted = async ({ browser, folder }: Set): Promise<Strip> => {
  const strip: Strip = { title: "The server is killed and started again while Alice shares", frames: [] };
  let server = await ServerProcess.start({ folder, env: { LOG_LEVEL: "error" } });
  try {
    const page = await signIn(browser, server.url, "Alice");
    await share(page);
    const take = film(strip, page);
    await take("Before");
    const port = Number(new URL(server.url).port);
    process.kill(server.pid, "SIGKILL");
    await page.getByText("The server cannot be reached right now. Trying again…").waitFor(PATIENCE);
    await take("Meanwhile");
    await server.close();
    server = await ServerProcess.start({ folder, port, env: { LOG_LEVEL: "error" } });
    await expect(page.getByText("The server cannot be reached right now. Trying again…")).toHaveCount(0, PATIENCE);
    await expect(page.getByText(/^The connection was lost/)).toHaveCount(0, PATIENCE);
    await expect(page.getByRole("button", { name: "Stop sharing" })).toBeVisible(PATIENCE);
    await page.getByText(/missing in all:/).waitFor(PATIENCE);
    await page.keyboard.press("1");
    await page.getByText(/^asked 1:00, got/i).waitFor(PATIENCE);
    await take("Afterwards: what was kept is there, and can be captured");
    await page.context().close();
  } finally {
    await server.close();
  }
  return strip;
};

const tokenExpired = async ({ browser, folder }: Set): Promise<Strip> => {
  const strip: Strip = { title: "The sign-in runs out in mid-session, in a host application's window", frames: [] };
  const host = await EmbedHost.start();
  const server = await ServerProcess.start({ folder, env: { LOG_LEVEL: "error", ...host.serverEnv } });
  try {
    host.replayUrl = server.url;
    host.lifeSeconds = 10;
    const page = await open(browser);
    await page.goto(host.url);
    const frame = page.frameLocator("iframe");
    await share(frame);
    const take = film(strip, page);
    await take("Before");
    host.gives = false;
    await frame.getByText("Your sign-in has run out.").waitFor(PATIENCE);
    await take("Meanwhile: it is said, and the share goes on");
    await frame.getByRole("button", { name: "Capture 5:00" }).click();
    host.lifeSeconds = 3600;
    host.gives = true;
    await frame.getByText(/^asked \d+:\d\d, got/i).waitFor(PATIENCE);
    await expect(frame.getByText("Your sign-in has run out.")).toHaveCount(0, PATIENCE);
    await take("Afterwards: what was pressed meanwhile is kept");
    await page.context().close();
  } finally {
    await server.close();
    await host.close();
  }
  return strip;
};

const quotaFilled = async ({ browser, folder }: Set): Promise<Strip> => {
  const strip: Strip = { title: "Another tab fills the quota", frames: [] };
  const server = await ServerProcess.start({ folder, env: { LOG_LEVEL: "error", DEFAULT_QUOTA_BYTES: "8 MB" } });
  const ending = new AbortController();
  const done = shareDemo({ url: server.url, roomName: "lobby", say: () => undefined, signal: ending.signal });
  try {
    const page = await signIn(browser, server.url, "Bob");
    const api = await Api.signIn(server.url, "bob");
    await waitForKept(page, 10);
    const take = film(strip, page);
    await take("Before");
    const [session] = (await api.status("lobby")).sessions;
    // The other tab.
    for (let full = false; !full;)
      full = await api.capture({ sessionId: session?.id ?? "", durationSeconds: 10 }, 20).then(
        () => false,
        () => true,
      );
    await page.keyboard.press("1");
    await page.getByRole("alert").filter({ hasText: "Your room for clips is full" }).waitFor(PATIENCE);
    await take("It does not fit any more: why, and the way out");
    await page.getByRole("link", { name: "To the library" }).click();
    await page.getByRole("article").first().waitFor(PATIENCE);
    await take("The way out: the library");
    await page.context().close();
  } finally {
    ending.abort();
    await done;
    await server.close();
  }
  return strip;
};

const clipDeleted = async ({ browser, folder }: Set): Promise<Strip> => {
  const strip: Strip = { title: "A clip is deleted while somebody watches it", frames: [] };
  const server = await ServerProcess.start({ folder, env: { LOG_LEVEL: "error" } });
  const ending = new AbortController();
  const done = shareDemo({ url: server.url, roomName: "lobby", say: () => undefined, signal: ending.signal });
  try {
    const page = await signIn(browser, server.url, "Bob");
    await waitForKept(page, 10);
    const alice = await Api.signIn(server.url, "alice");
    const [session] = (await alice.status("lobby")).sessions;
    const clip = await alice.capture({
      sessionId: session?.id ?? "",
      durationSeconds: 8,
      shareOption: "channel",
      targetChannelId: "clips",
    });
    await page.goto(`${server.url}/clips/${clip.id}`);
    await page.locator(".replay-player[data-phase=ready]").waitFor(PATIENCE);
    const take = film(strip, page);
    await take("Bob watches Alice’s clip");
    const headers = { authorization: `Bearer ${alice.token}` };
    await fetch(`${server.url}/livekit-replay/clips/${clip.id}`, { method: "DELETE", headers });
    await page.getByRole("heading", { name: "This clip was deleted" }).waitFor(PATIENCE);
    await take("Alice deletes it");
    await page.goto(`${server.url}/channels/clips`);
    await page.getByText("This clip was deleted").waitFor(PATIENCE);
    await take("Its post says so too");
    await page.context().close();
  } finally {
    ending.abort();
    await done;
    await server.close();
  }
  return strip;
};

const faults = { networkCut, serverRestarted, tokenExpired, quotaFilled, clipDeleted } as const;

/** Films all faults, or the one that `--only=` names. */
export const filmFaults = async (): Promise<void> => {
  await mkdir(FOLDER, { recursive: true });
  const only = process.argv.find((argument) => argument.startsWith("--only="))?.split("=")[1];
  const browser = await chromium.launch({ headless: false, executablePath: CHROMIUM, args: [...CHROMIUM_FLAGS, "--hide-scrollbars"] });
  const strips: Strip[] = [];
  try {
    for (const [name, make] of Object.entries(faults)) {
      if (only !== undefined && only !== name) continue;
      say(name);
      const folder = await mkdtemp(join(tmpdir(), "replay-faults-"));
      const strip = await make({ browser, folder });
      await rm(folder, { recursive: true });
      strips.push(strip);
      await sheetOf(browser, [strip], join(FOLDER, `fault-${name}.png`));
    }
    const all = join(FOLDER, "faults.png");
    await sheetOf(browser, strips, all);
    if (process.argv.includes("--guide")) await shrinkPicture(all, GUIDE);
  } finally {
    await browser.close();
  }
};
