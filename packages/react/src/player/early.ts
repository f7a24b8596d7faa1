/**
 * A clip's first seconds, from the buffer, while the clip is being kept: a press waits for the last picture that is still on its way, and by then
 * the first one is decoded. The clip's own playlist begins with the same segments under the same numbers, so the player goes on with it.
 */
import type Hls from "hls.js";
import type { LevelDetails } from "hls.js";
import { makePlayer, preloadPlayer, type Loader, type PlayerToken } from "./source.js";

/** What is told of it. Times are in seconds on the media element's own timeline. */
export interface EarlyEvents {
  /** Where the part that is being kept begins. */
  readonly onStart: (startS: number) => void;
  /** The clip's own playlist was read: what the media element says of its length holds from now on. */
  readonly onWhole: () => void;
  /** It will not play. Before `goOn` nothing is lost by that. */
  readonly onFail: (error: unknown) => void;
}

/** Where it is played, and who hears of it. */
export interface EarlyOptions {
  readonly video: HTMLVideoElement;
  /** Address of the playlist of the beginning. */
  readonly url: string;
  readonly token: PlayerToken;
  readonly events: EarlyEvents;
}

/** Two instants of one frame differ by no more than rounding; two frames by more. */
const SAME_FRAME_MS = 3;

const pathOf = (url: string): string => new URL(url, location.href).pathname;

/** Wall time of the first frame that is shown. The playlist says it of its first segment. */
const startOf = ({ fragments, startTimeOffset }: LevelDetails): number | undefined => {
  const at = fragments[0]?.programDateTime;
  return typeof at === "number" ? at + (startTimeOffset ?? 0) * 1000 : undefined;
};

/** Loads at once. Nothing of it is to be seen before the clip is there: the store of the player sees to that. */
export class Early implements Loader {
  readonly #options: EarlyOptions;
  readonly #clip = Promise.withResolvers<string>();
  readonly #player: Promise<Hls>;
  #asked = false;
  #closed = false;
  #startsAtMs: number | undefined;

  constructor(options: EarlyOptions) {
    this.#options = options;
    const { video, token } = options;
    this.#player = makePlayer({ video, live: false, token, isClosed: () => this.#closed, addressOf: (url) => this.#addressOf(url) });
    this.#begin().catch((error: unknown) => {
      if (!this.#closed) options.events.onFail(error);
    });
  }

  /** Whether a clip begins with the frame that is loaded here. False as long as that is not known. */
  fits(startsAtMs: number): boolean {
    return this.#startsAtMs !== undefined && Math.abs(this.#startsAtMs - startsAtMs) < SAME_FRAME_MS;
  }

  /** The clip is there: what follows comes from its own playlist. */
  goOn(clipUrl: string): void {
    this.#clip.resolve(clipUrl);
  }

  close(): void {
    this.#closed = true;
    this.#player.then((hls) => hls.destroy()).catch(() => undefined);
  }

  /** The playlist is one that grows, so it is asked for again: by then it is the clip's, or that is waited for. */
  async #addressOf(url: string): Promise<string> {
    if (pathOf(url) !== pathOf(this.#options.url)) return url;
    if (this.#asked) return await this.#clip.promise;
    this.#asked = true;
    return url;
  }

  async #begin(): Promise<void> {
    const { url, events } = this.#options;
    const [{ default: Player }, hls] = await Promise.all([preloadPlayer(), this.#player]);
    if (this.#closed) return;
    hls.on(Player.Events.LEVEL_LOADED, (_, { details }) => {
      if (!details.live || this.#startsAtMs !== undefined) return;
      this.#startsAtMs = startOf(details);
      events.onStart(details.startTimeOffset ?? 0);
    });
    hls.on(Player.Events.LEVEL_UPDATED, (_, { details }) => {
      if (!details.live) events.onWhole();
    });
    hls.on(Player.Events.ERROR, (_, data) => {
      if (data.fatal && !this.#closed) events.onFail(data.error);
    });
    hls.loadSource(url);
  }
}
