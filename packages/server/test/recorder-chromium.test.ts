/** A real Chromium publishes: its bandwidth estimate grows on our feedback, what it sends is kept, and its going is noticed at once. */
import { readFile } from "node:fs/promises";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildRecorder } from "./recorder-build.js";
import { RecorderWorld } from "./recorder-world.js";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
  "--allow-loopback-in-peer-connection",
];
let browser: Browser;
let the: RecorderWorld;

beforeAll(async () => {
  const entry = await buildRecorder();
  the = await RecorderWorld.open({ entry });
  the.page = await readFile(new URL("fixtures/publish.html", import.meta.url), "utf8");
  browser = await chromium.launch({ headless: true, executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium", args: flags });
});
afterAll(async () => {
  await browser.close();
  await the.close();
});

interface Sending {
  readonly codec: string;
  readonly target: number;
  readonly estimate: number;
  readonly frames: number;
}

const sending = (page: Page): Promise<Sending> => page.evaluate("sending()");

describe("Chromium", () => {
  it("sends H.264 and sound at more than 2 Mbit/s, also before it is recorded, and is recorded as sent", { timeout: 90_000 }, async () => {
    const page = await browser.newPage();
    await page.goto(the.url);
    const publicationId = String(await page.evaluate("publish()")).slice(1);
    await the.publicationState(publicationId, "flowing");
    // Within the frames of 12 s: a busy machine takes longer to encode as many.
    const { estimate } = await vi.waitUntil(
      async () => {
        const now = await sending(page);
        return (now.estimate > 2_000_000 || now.frames >= 12 * 30) && now;
      },
      { timeout: 40_000, interval: 200 },
    );
    expect(estimate).toBeGreaterThan(2_000_000);
    const sessionId = await the.start(publicationId);
    await the.segmentCount(sessionId, 3);
    // What a browser aims at goes up and down a little all the time.
    await vi.waitUntil(async () => (await sending(page)).target > 2_000_000, { timeout: 12_000, interval: 200 });
    expect((await sending(page)).codec).toBe("video/H264");
    await page.evaluate("pc.close()");
    const ended = await the.publicationState(publicationId, "ended", 2_000);
    expect(ended).toMatchObject({ sessionId, reason: "The publisher closed the connection" });
    const clip = await the.decode(sessionId, 0);
    // A browser's frames come unevenly; FFmpeg's raw output counts them at a fixed rate and says so. The decoder must be silent.
    expect(clip.complaints.filter((line) => !line.includes("to muxer in stream"))).toEqual([]);
    expect(clip).toMatchObject({ videoCodec: "h264", audioCodec: "opus" });
    expect(clip.frames.length).toBeGreaterThan(60);
    expect(clip.clicks.length).toBeGreaterThanOrEqual(3);
    expect(the.segments(sessionId).flatMap(({ gaps }) => gaps)).toEqual([]);
    await page.close();
  });
});
