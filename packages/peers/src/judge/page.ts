/**
 * Reads clips as Chromium plays them: the MP4 in a video element, the playlist in hls.js. Each picture is judged by its barcode on a canvas.
 * The page is handed in by the caller, so that this package needs no browser driver of its own.
 */
import { BARCODE_BLOCKS, BARCODE_HEIGHT, readBarcode } from "../film/barcode.js";

/** What is needed of a browser's page (Playwright's `Page` has it). It must be on the server's own origin, with its content policy bypassed. */
export interface PageLike {
  evaluate(script: string): Promise<unknown>;
  addScriptTag(options: { path: string }): Promise<unknown>;
}

/** A source to play. */
export interface PlaySource {
  readonly kind: "mp4" | "hls";
  /** Absolute address. */
  readonly url: string;
}

/** What was seen at one place. */
export interface Seen {
  /** Position in the clip, seconds, by the media element's clock. */
  readonly position: number;
  /** Null when the picture has no barcode. */
  readonly number: number | null;
}

const LIMIT_MS = 30_000;

/** Lives in the page as `clipJudge`. Positions are seconds from where the clip begins (`EXT-X-START` in a playlist). */
const SCRIPT = `
globalThis.clipJudge = (() => {
  let video, hls, start = 0, shownAt = -1;
  const limited = (promise, what) => Promise.race([promise, new Promise((_, no) => setTimeout(() => no(new Error(what + " took too long: " + state())), ${LIMIT_MS}))]);
  const state = () => JSON.stringify({ at: video.currentTime, ready: video.readyState, seeking: video.seeking, error: video.error && video.error.message, end: video.duration });
  const when = (event) => new Promise((yes) => video.addEventListener(event, yes, { once: true }));
  const painted = async () => {
    while (video.seeking || video.readyState < 2) await Promise.race([when("seeked"), when("loadeddata"), when("canplay")]);
  };
  // The picture on screen follows "seeked" by a moment. Its time is told with every new one; a picture that lasts long ends the wait by itself.
  const track = (element) => element.requestVideoFrameCallback((_now, frame) => {
    if (element !== video) return;
    shownAt = frame.mediaTime;
    track(element);
  });
  const isLoaded = () => {
    const { buffered, currentTime } = video;
    return Array.from(buffered, (_, at) => buffered.start(at) <= currentTime && currentTime < buffered.end(at)).includes(true);
  };
  // Chromium takes a place up to two pictures before loaded media for loaded, and paints the first picture of that (w3c/media-source, issue 205).
  // What is judged is what belongs there: it is sought once more when it is loaded, as the player of the page does.
  const isLate = () => shownAt > video.currentTime + 0.001;
  const shown = async () => {
    await painted();
    let again = 2;
    for (let left = 120; left > 0 && (isLate() || shownAt <= video.currentTime - 0.05); left -= 1) {
      await new Promise((yes) => setTimeout(yes, 25));
      if (again === 0 || video.seeking || !isLate() || !isLoaded()) continue;
      again -= 1;
      video.currentTime = video.currentTime;
      await painted();
    }
  };
  const levels = () => {
    const canvas = new OffscreenCanvas(${BARCODE_BLOCKS}, 1);
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const height = video.videoHeight * ${BARCODE_HEIGHT};
    const found = [];
    // One block at a time, its middle only: scaling the whole strip at once would blend neighbours.
    for (let block = 0; block < ${BARCODE_BLOCKS}; block += 1) {
      const width = video.videoWidth / ${BARCODE_BLOCKS};
      pen.drawImage(video, (block + 0.25) * width, height * 0.25, width * 0.5, height * 0.5, 0, 0, 1, 1);
      found.push(pen.getImageData(0, 0, 1, 1).data[1]);
    }
    return found;
  };
  const look = () => ({ position: video.currentTime - start, levels: levels() });
  return {
    async open(kind, url, token) {
      video = document.createElement("video");
      video.muted = true;
      video.preload = "auto";
      document.body.replaceChildren(video);
      shownAt = -1;
      track(video);
      if (kind === "mp4") {
        video.src = url;
      } else {
        hls = new Hls({ xhrSetup: (request) => request.setRequestHeader("Authorization", "Bearer " + token) });
        const failed = new Promise((_, no) => hls.on(Hls.Events.ERROR, (_event, data) => data.fatal && no(new Error("hls.js: " + data.details))));
        const loaded = new Promise((yes) => hls.on(Hls.Events.LEVEL_LOADED, (_event, data) => yes(data.details.startTimeOffset ?? 0)));
        hls.loadSource(url);
        hls.attachMedia(video);
        start = await limited(Promise.race([loaded, failed]), "loading the playlist");
        // It begins at the first segment and seeks to the start by itself.
        while (video.currentTime < start - 0.001) await limited(Promise.race([when("seeked"), when("timeupdate"), when("loadeddata"), failed]), "seeking to the start");
      }
      await limited(shown(), "the first picture");
      return { length: video.duration - start, ...look() };
    },
    async seek(position) {
      const done = when("seeked");
      // At the very end there is no picture any more: the old one would stay.
      video.currentTime = Math.min(start + position, video.duration - 0.001);
      await limited(done, "seeking to " + position);
      await limited(shown(), "the picture at " + position);
      return look();
    },
    async end() {
      const done = when("seeked");
      video.currentTime = Math.max(start, video.duration - 0.5);
      await limited(done, "seeking to the end");
      const over = when("ended");
      await video.play();
      await limited(over, "playing to the end");
      return look();
    },
    close() {
      if (hls) hls.destroy();
      hls = undefined;
      start = 0;
      video.removeAttribute("src");
      video.load();
      document.body.replaceChildren();
    },
  };
})();
`;

interface RawLook {
  readonly position: number;
  readonly levels: number[];
  readonly length?: number;
}

const seen = (raw: RawLook): Seen => ({ position: raw.position, number: readBarcode(raw.levels)?.number ?? null });

/** A clip that is open in a page. */
export class PagePlayer {
  readonly #page: PageLike;
  /** The picture that is painted before anything is played. */
  readonly first: Seen;
  /** Seconds that can be played. */
  readonly length: number;

  private constructor(page: PageLike, opened: RawLook) {
    this.#page = page;
    this.first = seen(opened);
    this.length = opened.length ?? Number.NaN;
  }

  /** Puts hls.js and the reader into a page, once. `hlsPath`: the file of hls.js. */
  static async prepare(page: PageLike, hlsPath: string): Promise<void> {
    await page.addScriptTag({ path: hlsPath });
    await page.evaluate(SCRIPT);
  }

  /** Opens a clip and waits for its first picture. Throws when it does not come within half a minute. */
  static async open(page: PageLike, source: PlaySource, token: string): Promise<PagePlayer> {
    const call = `clipJudge.open(${JSON.stringify(source.kind)}, ${JSON.stringify(source.url)}, ${JSON.stringify(token)})`;
    return new PagePlayer(page, (await page.evaluate(call)) as RawLook);
  }

  /** Seeks to a position of the clip, in seconds, and reads the picture there. Beyond the end, it is the last one. */
  async seek(position: number): Promise<Seen> {
    return seen((await this.#page.evaluate(`clipJudge.seek(${position})`)) as RawLook);
  }

  /** Plays the last half second and reads the picture that stays. */
  async playToEnd(): Promise<Seen> {
    return seen((await this.#page.evaluate("clipJudge.end()")) as RawLook);
  }

  async close(): Promise<void> {
    await this.#page.evaluate("clipJudge.close()");
  }
}
