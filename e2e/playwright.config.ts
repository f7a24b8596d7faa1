/** Browser tests: a real Chromium with a window captures a real tab and plays what the server made of it. Needs DISPLAY (npm test starts Xvfb) and the build. */
import { defineConfig } from "@playwright/test";

const chromium = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

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
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    actionTimeout: 15_000,
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--autoplay-policy=no-user-gesture-required",
        "--allow-loopback-in-peer-connection",
        "--auto-accept-this-tab-capture",
        "--disable-infobars",
      ],
    },
  },
});
