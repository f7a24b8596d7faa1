/** A server of the build and a real Chromium at it, for the benches of the page. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerProcess } from "@livekit-replay/peers";
import { chromium, type Browser, type Page } from "@playwright/test";
import { CHROMIUM, CHROMIUM_FLAGS } from "../e2e/page/browser.ts";

/** What such a bench works with. */
export interface Place {
  readonly server: ServerProcess;
  readonly browser: Browser;
  /** The server's. */
  readonly folder: string;
}

/** Some work; server, browser and folder are gone afterwards. */
export const withPlace = async <T>(work: (place: Place) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), "bench-page-"));
  try {
    const server = await ServerProcess.start({ folder, env: { LOG_LEVEL: "error", MIN_FREE_BYTES: "100 MB" } });
    try {
      const browser = await chromium.launch({ headless: false, executablePath: CHROMIUM, args: [...CHROMIUM_FLAGS] });
      try {
        return await work({ server, browser, folder });
      } finally {
        await browser.close();
      }
    } finally {
      await server.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Opens the page and signs in as a demo person. */
export const enter = async (page: Page, url: string, name: string): Promise<void> => {
  await page.goto(`${url}/`);
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("heading", { level: 1, name: "Lobby" }).waitFor();
};
