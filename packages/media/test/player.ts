/** A real Chromium that plays files of a small server: what a person would see at each instant. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "@playwright/test";
import { readBlocks } from "./barcode.js";

/** Files by name. */
export interface Files {
  get(name: string): Uint8Array | string | undefined;
}

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** What the page does; it runs in the browser, so it is text. */
const PAGE = `<!doctype html><title>player</title><script src="hls.js"></script><video muted></video><canvas width="320" height="180"></canvas><script>
const video = document.querySelector("video"), canvas = document.querySelector("canvas").getContext("2d", { willReadFrequently: true });
const problems = [];
const report = (problem) => {
  problems.push(problem);
  video.dispatchEvent(new Event("problem"));
};
video.addEventListener("error", () => report("video: " + video.error.message));
let presented = Number.NEGATIVE_INFINITY;
function present(_, { mediaTime }) {
  presented = mediaTime;
  video.dispatchEvent(new Event("presented"));
  video.requestVideoFrameCallback(present);
}
video.requestVideoFrameCallback(present);
const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
function look() {
  canvas.drawImage(video, 0, 0, 320, 180);
  const row = canvas.getImageData(0, 45, 320, 1).data;
  return { blocks: Array.from({ length: 20 }, (_, i) => row[(i * 16 + 8) * 4]), time: video.currentTime, duration: video.duration, problems };
}
function when(ready) {
  return new Promise((done) => {
    const events = ["loadeddata", "canplay", "seeked", "timeupdate", "ended", "presented", "problem"];
    const check = () => {
      if (!ready() && !problems.length) return;
      for (const name of events) video.removeEventListener(name, check);
      painted().then(() => done(look()));
    };
    for (const name of events) video.addEventListener(name, check);
    check();
  });
}
// A seek is over a moment before its frame is on screen; which frame near there it is, is for the barcode to say.
const settled = () => !video.seeking && video.readyState >= 2 && Math.abs(presented - video.currentTime) < 0.05;
function openFile(url) {
  video.src = url;
  return when(settled);
}
function openPlaylist(url, start) {
  const hls = new Hls();
  hls.on(Hls.Events.ERROR, (_, { details, fatal }) => fatal && report("hls.js: " + details));
  hls.loadSource(url);
  hls.attachMedia(video);
  return when(() => settled() && video.currentTime >= start - 0.001);
}
function seek(time) {
  video.currentTime = time;
  return when(settled);
}
function playToEnd(rate) {
  video.playbackRate = rate;
  video.play();
  return when(() => video.ended);
}
</script>`;

const TYPES = [
  ["/", "text/html"],
  [".js", "text/javascript"],
  [".m3u8", "application/vnd.apple.mpegurl"],
] as const;

function answer(files: Files, request: IncomingMessage, response: ServerResponse): void {
  const content = files.get(decodeURIComponent((request.url ?? "/").slice(1)));
  if (content === undefined) {
    response.writeHead(404).end();
    return;
  }
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const [, from, to] = /^bytes=(\d+)-(\d*)$/u.exec(request.headers.range ?? "") ?? [];
  const start = from === undefined ? 0 : Number(from);
  const end = to ? Math.min(Number(to) + 1, bytes.length) : bytes.length;
  const type = TYPES.find(([end]) => request.url?.endsWith(end))?.[1] ?? "video/mp4";
  const headers = { "content-type": type, "accept-ranges": "bytes", "content-length": end - start };
  if (from === undefined) response.writeHead(200, headers);
  else response.writeHead(206, { ...headers, "content-range": `bytes ${start}-${end - 1}/${bytes.length}` });
  response.end(bytes.subarray(start, end));
}

/** What is on screen. */
export interface Seen {
  /** The barcode's number; -1: none. */
  readonly number: number;
  /** The player's time and length, in seconds. */
  readonly time: number;
  readonly duration: number;
  /** Errors of the video element, and those of hls.js that end playback (a load that a seek cuts off is none). */
  readonly problems: readonly string[];
}

/** One page with one video. */
export class Player {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Opens an MP4 and waits for its first frame. */
  openFile(name: string): Promise<Seen> {
    return this.#do(`openFile(${JSON.stringify(name)})`);
  }

  /** Opens a playlist with hls.js and waits until it stands at `start` (s). */
  openPlaylist(name: string, start: number): Promise<Seen> {
    return this.#do(`openPlaylist(${JSON.stringify(name)}, ${start})`);
  }

  /** Goes to a time (s) and waits for the frame there. */
  seek(time: number): Promise<Seen> {
    return this.#do(`seek(${time})`);
  }

  /** Plays from where it stands to the end. */
  playToEnd(rate: number): Promise<Seen> {
    return this.#do(`playToEnd(${rate})`);
  }

  async #do(call: string): Promise<Seen> {
    const { blocks, ...seen } = await this.#page
      .evaluate<{ blocks: number[]; time: number; duration: number; problems: string[] }>(call)
      .catch((cause: unknown) => {
        // The lines of an error in the page name files of the page, which vitest would look for on disk.
        throw new Error(`${call} failed in the page: ${String(cause).split("\n", 1)[0]}`);
      });
    return { ...seen, number: readBlocks(blocks) };
  }
}

/** Server and browser; `close` ends both. */
export class Theatre {
  readonly #browser: Browser;
  readonly #stop: () => Promise<void>;
  readonly #address: string;

  private constructor(browser: Browser, address: string, stop: () => Promise<void>) {
    this.#browser = browser;
    this.#address = address;
    this.#stop = stop;
  }

  /** Starts both; `files` may grow afterwards. */
  static async start(files: Files): Promise<Theatre> {
    const hls = await readFile(new URL("../../../node_modules/hls.js/dist/hls.min.js", import.meta.url));
    const all: Files = { get: (name: string) => (name === "" ? PAGE : name === "hls.js" ? hls : files.get(name)) };
    const server = createServer((request, response) => answer(all, request, response));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const stop = (): Promise<void> =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    const browser = await chromium.launch({ executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium", args: FLAGS });
    return new Theatre(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop);
  }

  /** A fresh page. */
  async player(): Promise<Player> {
    const page = await this.#browser.newPage();
    await page.goto(this.#address);
    return new Player(page);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#stop();
  }
}
