/** Tests of somebody else's LiveKit application. */
import type { Page } from "@playwright/test";
import { test as base } from "./call.js";
import { hostEnvOf, serverEnvOf, startHostApp } from "./host-process.js";

/** What a test of the application gets besides. */
export interface HostApp {
  /** What livekit-replay and the application are both told, and where the application listens. */
  readonly hostEnv: Readonly<Record<string, string>>;
  /** Address of the application. */
  readonly app: string;
}

/** `test` with the application. Everything that it started ends with the test. */
export const test = base.extend<HostApp>({
  hostEnv: async ({ livekit }, use) => await use(await hostEnvOf(livekit)),
  serverEnv: async ({ hostEnv }, use) => await use(serverEnvOf(hostEnv)),
  app: async ({ hostEnv, server }, use) => {
    const { app, close } = await startHostApp(hostEnv, server);
    await use(app);
    await close();
  },
});

/** LiveKit's button asks for any surface; only a tab that asks for itself is captured without somebody who chooses. */
export const preferThisTab = async (page: Page): Promise<void> => {
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getDisplayMedia.bind(mediaDevices);
    mediaDevices.getDisplayMedia = (options = {}) => {
      const little = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 20 } };
      return ask(Object.assign({ ...options, video: little }, { preferCurrentTab: true, selfBrowserSurface: "include" }));
    };
  });
};

export { expect } from "./call.js";
export { joinMeeting } from "./host-process.js";
