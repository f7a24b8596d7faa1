/** The page's reader in a real Chromium: the film itself as MP4, and as a playlist that FFmpeg made with a start inside a segment. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFilm, SMALL_FILM } from "../src/film/make.js";
import { PagePlayer } from "../src/judge/page.js";
import { runForText } from "../src/process/run.js";

const RATE = SMALL_FILM.frameRate;
let folder: string;
let server: Server;
let base: string;
let browser: Browser;
let page: Page;

/** A whole file or a range of it: Chromium seeks only where there are ranges. */
function answer(bytes: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (!range) return void response.end(bytes);
  const from = Number(range[1]);
  const to = range[2] ? Number(range[2]) : bytes.length - 1;
  response
    .writeHead(206, { "content-range": `bytes ${from}-${to}/${bytes.length}`, "accept-ranges": "bytes" })
    .end(bytes.subarray(from, to + 1));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "page-"));
  const film = await makeFilm(SMALL_FILM);
  const cut = ["-f", "hls", "-hls_segment_type", "fmp4", "-hls_time", "2", "-hls_playlist_type", "vod"];
  await runForText("ffmpeg", ["-v", "error", "-i", film, "-c", "copy", ...cut, join(folder, "clip.m3u8")]);
  const playlist = await readFile(join(folder, "clip.m3u8"), "utf8");
  await writeFile(join(folder, "clip.m3u8"), playlist.replace("#EXTM3U", "#EXTM3U\n#EXT-X-START:TIME-OFFSET=1.3,PRECISE=YES"));
  await writeFile(join(folder, "film.mp4"), await readFile(film));
  server = createServer((request, response) => {
    readFile(join(folder, (request.url ?? "/").slice(1))).then(
      (bytes) => answer(bytes, request, response),
      () => response.setHeader("content-type", "text/html").end("<!doctype html><body></body>"),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch({ executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await browser.newPage();
  await page.goto(base);
  await PagePlayer.prepare(page, fileURLToPath(import.meta.resolve("hls.js/dist/hls.min.js")));
});
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

describe("PagePlayer", () => {
  it("reads an MP4: first, inside, last", async () => {
    const player = await PagePlayer.open(page, { kind: "mp4", url: `${base}/film.mp4` }, "");
    expect(player.first.number).toBe(0);
    expect(player.length).toBeCloseTo(SMALL_FILM.seconds, 1);
    for (const frame of [100, 317, 42]) expect((await player.seek((frame + 0.5) / RATE)).number).toBe(frame);
    expect((await player.seek(player.length)).number).toBe(SMALL_FILM.seconds * RATE - 1);
    expect((await player.playToEnd()).number).toBe(SMALL_FILM.seconds * RATE - 1);
    await player.close();
  });

  it("reads a playlist that starts inside a segment", async () => {
    const player = await PagePlayer.open(page, { kind: "hls", url: `${base}/clip.m3u8` }, "t");
    expect(player.first.number).toBe(1.3 * RATE);
    for (const frame of [100, 317, 42]) expect((await player.seek((frame + 0.5) / RATE)).number).toBe(1.3 * RATE + frame);
    // The sound is a little longer than the picture: at the very end a seek finds no picture.
    expect((await player.seek(SMALL_FILM.seconds - 1.3 - 0.5 / RATE)).number).toBe(SMALL_FILM.seconds * RATE - 1);
    expect((await player.seek(1.01)).number).toBe(2.3 * RATE);
    expect((await player.playToEnd()).number).toBe(SMALL_FILM.seconds * RATE - 1);
    await player.close();
  });
});
