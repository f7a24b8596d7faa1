/** Browser tests: a real Chromium with a window captures a real tab and plays what the server made of it. Needs DISPLAY (npm test starts Xvfb) and the build. */
import { defineConfig } from "@playwright/test";
import { CHROMIUM, CHROMIUM_FLAGS } from "./page/browser.js";

export default defineConfig({
  testDir: "./specs",
  outputDir: "../test-results",
  // Two cores: one tab that captures itself takes most of them.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    headless: false,
    viewport: { width: 1280, height: 720 },
    acceptDownloads: true,
    // A trace takes a tenth of the machine while it is written; where nobody opens it, the tests have it.
    trace: process.env["CI"] === undefined ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    actionTimeout: 15_000,
    launchOptions: {
      executablePath: CHROMIUM,
      args: [...CHROMIUM_FLAGS],
    },
  },
});
