/** Pictures of the LiveKit example: somebody shares a film with LiveKit's own button, somebody else keeps a part of it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "@playwright/test";
import { LivekitServer, ServerProcess } from "@livekit-replay/peers";
import { hostEnvOf, joinMeeting, serverEnvOf, startHostApp } from "./host-process.ts";
import type { Take } from "./shots-sharer.ts";

const FILM = fileURLToPath(new URL("../../packages/peers/fixtures/demo-film.mp4", import.meta.url));

/** What the person shares is the demo film: a tab that shows the meeting would show itself. */
const shareFilm = async (page: Page): Promise<void> => {
  await page.route("**/film.mp4", (route) => route.fulfill({ path: FILM, contentType: "video/mp4" }));
  await page.addInitScript(() => {
    navigator.mediaDevices.getDisplayMedia = async () => {
      const video: HTMLVideoElement & { captureStream?: (rate: number) => MediaStream } = document.createElement("video");
      video.src = "/film.mp4";
      video.loop = true;
      video.muted = true;
      await video.play();
      return video.captureStream?.(30) ?? new MediaStream();
    };
  });
};

const takeViews = async (browser: Browser, app: string, seconds: number, take: Take): Promise<void> => {
  const [ada, ben] = await Promise.all([0, 1].map(async () => await (await browser.newContext()).newPage()));
  if (ada === undefined || ben === undefined) throw new Error("there are two of them");
  await shareFilm(ada);
  await ben.goto(app);
  await take(ben, "example-door");
  await joinMeeting(ada, app, "Ada");
  await joinMeeting(ben, app, "Ben");
  await ada.getByRole("button", { name: "Share screen" }).click();
  await ben.locator(".replay-strip-kept").waitFor({ timeout: 60_000 });
  await ben.waitForFunction(
    (least) => Number(/(\d+):(\d+)/.exec(document.querySelector(".replay-strip-film")?.getAttribute("aria-label") ?? "")?.[2]) >= least,
    seconds,
    { timeout: (seconds + 60) * 1000 },
  );
  await ben.getByRole("button", { name: /^Capture \d/ }).click();
  await ben.waitForFunction(() => performance.getEntriesByName("replay:painted").length > 0);
  await ben.locator("img.replay-poster").waitFor();
  await take(ben, "example-meeting");
  await ben.getByRole("article").getByRole("link").click();
  await ben.locator(".replay-player[data-phase=ready]").waitFor();
  await take(ben, "example-clip");
  await ben.getByRole("button", { name: "Trim" }).click();
  await ben.locator(".replay-trim").waitFor();
  await take(ben, "example-trim");
  await Promise.all([ada, ben].map((page) => page.context().close()));
};

/** Starts everything that the example needs, and takes its views. `seconds`: how much shall be kept first, below a minute. */
export const takeExample = async (browser: Browser, seconds: number, take: Take): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "replay-example-"));
  const livekit = await LivekitServer.start();
  try {
    const hostEnv = await hostEnvOf(livekit);
    const server = await ServerProcess.start({ folder, env: { LOG_LEVEL: "error", MIN_FREE_BYTES: "100 MB", ...serverEnvOf(hostEnv) } });
    try {
      const { app, close } = await startHostApp(hostEnv, server);
      try {
        await takeViews(browser, app, seconds, take);
      } finally {
        await close();
      }
    } finally {
      await server.close();
    }
  } finally {
    await livekit.close();
    await rm(folder, { recursive: true });
  }
};
