/** What a player plays, and how it gets to a media element. */
import type Hls from "hls.js";
import type { LevelDetails } from "hls.js";
import { piecesOf, type MediaPiece } from "./moments.js";
import { repaintWrong } from "./repaint.js";

/** By what a clip is known again of which something was loaded before it was there. */
export interface ClipSpan {
  /** Wall time of its first frame. */
  readonly startsAtMs: number;
  readonly durationS: number;
}

/** `file`: a progressive MP4 or WebM, by its signed link; `#t=` says where it begins (Media Fragments, 4.2.1). `hls`: a playlist, of a clip (fixed) or of a running share (live). */
export type PlayerSource =
  | { readonly kind: "file"; readonly url: string }
  | { readonly kind: "hls"; readonly url: string; readonly live: boolean; readonly span?: ClipSpan };

/** What a loader says of its source. Times are in seconds on the media element's own timeline. */
export interface LoaderEvents {
  /** Where what was asked for begins (`EXT-X-START`; 0 for a file). Media before it is pre-roll. */
  readonly onStart: (startS: number) => void;
  /** The playlist of a running share was read again: how far it reaches, and which moments it shows. */
  readonly onWindow: (fromS: number, toS: number, pieces: readonly MediaPiece[]) => void;
  /** It will not play. */
  readonly onFail: (error: unknown) => void;
}

/** A source at a media element. */
export interface Loader {
  /** Idempotent. */
  close(): void;
}

/** Gives the token that playlists and segments are asked for with. */
export type PlayerToken = () => Promise<string | null>;

/** A playlist's address without its signature: the player sends the token instead, which does not end after an hour. */
export const unsigned = (url: string): string => {
  const address = new URL(url);
  address.searchParams.delete("token");
  return address.href;
};

let pending: Promise<{ default: typeof Hls }> | undefined;

/** Loads the player's code ahead of time, so that the first clip does not wait for it. */
export const preloadPlayer = (): Promise<{ default: typeof Hls }> =>
  (pending ??= import("hls.js/light").catch((error: unknown) => {
    pending = undefined;
    throw error;
  }));

/** Where a file begins, in seconds: the browser goes there by itself, and what lies before it is pre-roll. */
const beginOf = (url: string): number => {
  const seconds = Number(/[#&]t=(?:npt:)?([\d.]+)/.exec(url)?.[1] ?? 0);
  return Number.isFinite(seconds) ? seconds : 0;
};

const loadFile = (video: HTMLVideoElement, url: string, events: LoaderEvents): Loader => {
  const onMetadata = (): void => events.onStart(beginOf(url));
  const onError = (): void => events.onFail(video.error ?? new Error("The file cannot be played"));
  video.addEventListener("loadedmetadata", onMetadata);
  video.addEventListener("error", onError);
  video.src = url;
  return {
    close: () => {
      video.removeEventListener("loadedmetadata", onMetadata);
      video.removeEventListener("error", onError);
      video.removeAttribute("src");
      video.load();
    },
  };
};

/** Live: two segments behind the edge is as near as whole segments allow without running dry. */
const liveSettings = { liveSyncDurationCount: 2, liveDurationInfinity: true, backBufferLength: 60 };
const clipSettings = { maxBufferLength: 30, backBufferLength: 600 };

const MOST_RECOVERIES = 3;

/** What hls.js is made with, and where. */
interface MakePlayer {
  readonly video: HTMLVideoElement;
  readonly live: boolean;
  readonly token: PlayerToken;
  readonly isClosed: () => boolean;
  /** Where something is really asked for. Default: at its own address. */
  readonly addressOf?: (url: string) => string | Promise<string>;
}

const makeHls = (Player: typeof Hls, { live, token, addressOf = (url) => url }: MakePlayer): Hls =>
  new Player({
    ...(live ? liveSettings : clipSettings),
    // The first fragment is fetched together with the playlist's other work: every millisecond counts after a press.
    startFragPrefetch: true,
    // CMAF goes to the media source as it is: a worker would only cost the time of its start.
    enableWorker: false,
    // The token of the moment, for each request: a player may outlive the one that it began with.
    xhrSetup: async (request, url) => {
      const [address, bearer] = [await addressOf(url), await token()];
      request.open("GET", address, true);
      if (bearer !== null) request.setRequestHeader("Authorization", `Bearer ${bearer}`);
    },
  });

const listen = (Player: typeof Hls, hls: Hls, live: boolean, events: LoaderEvents): void => {
  let recoveries = 0;
  const read = (details: LevelDetails): void => {
    if (live) events.onWindow(details.fragmentStart, details.edge, piecesOf(details.fragments));
    else events.onStart(details.startTimeOffset ?? 0);
  };
  hls.on(Player.Events.LEVEL_LOADED, (_, data) => read(data.details));
  hls.on(Player.Events.LEVEL_UPDATED, (_, data) => read(data.details));
  hls.on(Player.Events.ERROR, (_, data) => {
    if (!data.fatal) return;
    recoveries += 1;
    if (data.type === Player.ErrorTypes.MEDIA_ERROR && recoveries <= MOST_RECOVERIES) hls.recoverMediaError();
    else events.onFail(data.error);
  });
};

/** A player of clips that is connected with its media element before there is a clip: whoever presses does not wait for that. */
export interface Prepared {
  readonly player: Promise<Hls>;
  /** Idempotent. Not needed once `load` has taken it. */
  close(): void;
}

/** An hls.js of this package's settings, at its media element. Throws where the browser cannot. */
export const makePlayer = async (options: MakePlayer): Promise<Hls> => {
  const { default: Player } = await preloadPlayer();
  if (!Player.isSupported()) throw new Error("This browser cannot play HLS");
  const hls = makeHls(Player, options);
  if (options.isClosed()) hls.destroy();
  else {
    hls.attachMedia(options.video);
    repaintWrong(Player, hls, options.video);
  }
  return hls;
};

/** Prepares a player for the next clip. */
export const prepare = (video: HTMLVideoElement, token: PlayerToken): Prepared => {
  let closed = false;
  const player = makePlayer({ video, live: false, token, isClosed: () => closed });
  // Whoever takes it hears of a failure; nobody may.
  player.catch(() => undefined);
  return {
    player,
    close: () => {
      closed = true;
      player.then((hls) => hls.destroy()).catch(() => undefined);
    },
  };
};

/** What plays, where, and who hears of it. */
export interface LoadOptions {
  readonly video: HTMLVideoElement;
  readonly source: PlayerSource;
  readonly token: PlayerToken;
  readonly events: LoaderEvents;
  /** Taken over when it fits; closed when it does not. */
  readonly prepared: Prepared | undefined;
}

const loadHls = ({ video, token, events, prepared }: LoadOptions, url: string, live: boolean): Loader => {
  let closed = false;
  const ready = live ? undefined : prepared?.player;
  if (live) prepared?.close();
  const player = ready ?? makePlayer({ video, live, token, isClosed: () => closed });
  const begin = async (): Promise<void> => {
    const [{ default: Player }, hls] = await Promise.all([preloadPlayer(), player]);
    if (closed) return;
    listen(Player, hls, live, events);
    hls.loadSource(url);
  };
  begin().catch((error: unknown) => {
    if (!closed) events.onFail(error);
  });
  return {
    close: () => {
      closed = true;
      player.then((hls) => hls.destroy()).catch(() => undefined);
    },
  };
};

/** Connects a source with a media element. */
export const load = (options: LoadOptions): Loader => {
  const { video, source, events, prepared } = options;
  if (source.kind === "hls") return loadHls(options, source.url, source.live);
  prepared?.close();
  return loadFile(video, source.url, events);
};
