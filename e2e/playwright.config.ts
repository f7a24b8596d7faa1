/** Browser tests: a real Chromium with a window captures a real tab and plays what the server made of it. Needs DISPLAY (npm test starts Xvfb) and the build. */
import { defineConfig } from "@playwright/test";
import { CHROMIUM, CHROMIUM_FLAGS } from "./page/browser.js";

/** Where no page captures itself and nobody is in a call: a second one of these beside everything else fits on two cores. */
const CALM = ["accessible", "admin", "channel", "keyboard", "library", "live", "phone", "pseudo", "seek", "trim", "weight"].map(
  (name) => `${name}.spec.ts`,
);

const TIMED = /@timed/;
/** `npm test` leaves out what is tagged `@long`. It says so here and not by `--grep-invert`: what a project says of itself takes the place of what the command line says. */
const LEFT_OUT = process.env["E2E_SHORT"] === undefined ? [] : [/@long/];
const UNTIMED = { grepInvert: [TIMED, ...LEFT_OUT], workers: 1 };

export default defineConfig({
  testDir: "./specs",
  outputDir: "../test-results",
  // One test of each kind at a time: a tab that captures itself takes most of a core, and so does a call.
  workers: 2,
  projects: [
    { name: "busy", testIgnore: CALM, ...UNTIMED },
    { name: "calm", testMatch: CALM, ...UNTIMED },
    // What is measured is measured alone, when everything else is over.
    { name: "timed", grep: TIMED, grepInvert: LEFT_OUT, workers: 1, dependencies: ["busy", "calm"] },
  ],
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
