/** Tests of the page: a real server for each, people who are signed in, and what they do again and again. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect, type Browser, type Page } from "@playwright/test";
import { ServerProcess, shareDemo } from "@livekit-replay/peers";
import { askForLess } from "./ask.js";
import { waitForKept } from "./kept.js";

/** What a test gets besides Playwright's own. */
export interface Things {
  /** Further environment of the server; set it with `test.use`. */
  readonly serverEnv: Readonly<Record<string, string>>;
  /** The server's folder. */
  readonly folder: string;
  /** A server of this test alone, on a free port, with a folder of its own: no test sees the shares and clips of another. */
  readonly server: ServerProcess;
  /** Begins to share the demo film as Alice, without a browser. Answers how to end it; it ends with the test otherwise. */
  readonly shareFilm: (roomName: string) => () => Promise<void>;
}

/** `test` with a server. Everything that it started is stopped, and its folder removed, when the test ends. */
export const test = base.extend<Things>({
  serverEnv: [{}, { option: true }],
  // Playwright takes the names of what is needed from the braces.
  // oxlint-disable-next-line no-empty-pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "replay-e2e-"));
    await use(folder);
    await rm(folder, { recursive: true });
  },
  server: async ({ serverEnv, folder }, use, info) => {
    const server = await ServerProcess.start({ folder, env: { LOG_LEVEL: "error", MIN_FREE_BYTES: "100 MB", ...serverEnv } });
    await use(server);
    if (info.status !== info.expectedStatus) await info.attach("server.log", { body: server.log.join("\n"), contentType: "text/plain" });
    await server.close();
  },
  shareFilm: async ({ server }, use) => {
    const shares: { readonly ending: AbortController; readonly done: Promise<void> }[] = [];
    await use((roomName) => {
      const ending = new AbortController();
      const done = shareDemo({ url: server.url, roomName, say: () => undefined, signal: ending.signal });
      shares.push({ ending, done });
      return async () => {
        ending.abort();
        await done;
      };
    });
    for (const { ending } of shares) ending.abort();
    await Promise.all(shares.map(({ done }) => done));
  },
});

/** Opens the page (with a query such as `?codec=vp9`) and signs in as a demo person by the page itself. */
export const signIn = async (page: Page, server: ServerProcess, name: string, query = ""): Promise<void> => {
  await page.addInitScript(askForLess);
  await page.goto(`${server.url}/${query}`);
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

/** Presses a key of the capture and waits until the clip's first exact frame is painted. */
export const captureByKey = async (page: Page, key: string): Promise<void> => {
  const painted = await page.evaluate(() => performance.getEntriesByName("replay:painted").length);
  await page.keyboard.press(key);
  await page.waitForFunction((before) => performance.getEntriesByName("replay:painted").length > before, painted);
};

/** Shares the tab itself, and waits until something is kept. */
export const shareThisTab = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Share this tab" }).click();
  await expect(page.getByRole("region", { name: "You are sharing" })).toBeVisible();
  await waitForKept(page, 3);
};

/** Ends the share. */
export const stopSharing = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Stop sharing" }).click();
  await expect(page.getByText(/The share ended/)).toBeVisible();
};

export { expect };
