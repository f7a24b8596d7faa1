/**
 * `npm run exactness`: judges clips of the real server frame by frame, with a real publisher and a real browser.
 * Options: `--livekit` (through a real livekit-server instead of by WHIP), `--short` (90 s and a few captures), `--seed 7`, `--report test-results/exactness.json`.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runExactness } from "@livekit-replay/peers";
import { chromium } from "@playwright/test";

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    livekit: { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    report: { type: "string", default: "test-results/exactness.json" },
  },
});

const args = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"];

const code = await runExactness({
  short: values.short,
  livekit: values.livekit,
  seed: Number(values.seed),
  reportPath: values.report,
  hlsPath: fileURLToPath(import.meta.resolve("hls.js/dist/hls.min.js")),
  say: (line) => process.stdout.write(`${line}\n`),
  openPage: async (url) => {
    const browser = await chromium.launch({ executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium", args });
    const page = await browser.newPage({ bypassCSP: true });
    await page.goto(url);
    return { page, close: () => browser.close() };
  },
});

// The WebRTC library's threads would keep the process for ever.
process.exit(code);
