/** Tests of the page: a real server for each worker, people who are signed in, and what they do again and again. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect, type Browser, type Page } from "@playwright/test";
import { ServerProcess } from "@livekit-replay/peers";

/** What a test gets besides Playwright's own. */
export interface WorkerThings {
  /** The server of this worker, on a free port, with a folder of its own. */
  readonly server: ServerProcess;
}

/** `test` with a server. It is stopped, and its folder removed, when the worker ends. */
export const test = base.extend<object, WorkerThings>({
  server: [
    async ({ browserName }, use) => {
      const folder = await mkdtemp(join(tmpdir(), `replay-e2e-${browserName}-`));
      const server = await ServerProcess.start({ folder, env: { LOG_LEVEL: "error", MIN_FREE_BYTES: "100 MB" } });
      await use(server);
      await server.close();
      await rm(folder, { recursive: true });
    },
    { scope: "worker" },
  ],
});

/** Tab capture at 720p30: what two cores can encode beside the rest of the test. */
const askForLess = (): void => {
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getDisplayMedia.bind(mediaDevices);
  mediaDevices.getDisplayMedia = (options = {}) =>
    ask({ ...options, video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } });
};

/** Opens the page and signs in as a demo person by the page itself. */
export const signIn = async (page: Page, server: ServerProcess, name: string): Promise<void> => {
  await page.addInitScript(askForLess);
  await page.goto(`${server.url}/`);
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Lobby" })).toBeVisible();
};

/** A second person with a browser context of their own. */
export const anotherPerson = async (browser: Browser, server: ServerProcess, name: string): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await signIn(page, server, name);
  return page;
};

/** Shares the tab itself, and waits until something is kept. */
export const shareThisTab = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Share this tab" }).click();
  await expect(page.getByRole("region", { name: "You are sharing" })).toBeVisible();
  await expect(page.getByRole("img", { name: /^Buffer: 0:0[3-9]/ })).toBeVisible();
};

/** Ends the share. */
export const stopSharing = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Stop sharing" }).click();
  await expect(page.getByText(/The share ended/)).toBeVisible();
};

export { expect };
