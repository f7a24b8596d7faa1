/**
 * A player without a framework: one media element, one source, one state. What is asked for (play, seek, sound) changes the state only when the
 * media element confirms it. The picture stays covered until the exact start frame is there, and what lies before the start cannot be reached.
 */
import { Value } from "../store/value.js";
import { Early, type EarlyEvents } from "./early.js";
import { watchElement } from "./element.js";
import type { MediaPiece } from "./moments.js";
import { load, prepare, type Loader, type LoaderEvents, type PlayerSource, type PlayerToken, type Prepared } from "./source.js";

/** How far a running share can be rewound, in seconds on the media element's timeline. */
export interface LiveWindow {
  readonly fromS: number;
  readonly toS: number;
  /** Which moments it shows. */
  readonly pieces: readonly MediaPiece[];
}

/** What a player shows. Positions count from the start of what was asked for, in seconds. */
export interface PlayerState {
  readonly phase: "empty" | "loading" | "ready" | "failed";
  /** The picture must not be seen yet: it is not the one that was asked for. */
  readonly covered: boolean;
  readonly playing: boolean;
  /** Wants to play and has nothing to play. */
  readonly waiting: boolean;
  readonly ended: boolean;
  readonly positionS: number;
  readonly durationS: number;
  readonly muted: boolean;
  readonly volume: number;
  /** Only for a running share. */
  readonly live: LiveWindow | null;
  readonly error: unknown;
}

/** How a player is made. */
export interface PlayerOptions {
  readonly token: PlayerToken;
  /** Called once per source, when its first right frame was painted without its cover. */
  readonly onPainted?: () => void;
}

const nothing: PlayerState = {
  phase: "empty",
  covered: true,
  playing: false,
  waiting: false,
  ended: false,
  positionS: 0,
  durationS: 0,
  muted: false,
  volume: 1,
  live: null,
  error: undefined,
};

/** A frame belongs to the start when its time is at most this much earlier: timestamps are rounded on their way. */
const EARLY_S = 0.002;
const MOST_NUDGES = 5;
/** So long after a seek Chromium has told of its frame; now and then (once in some 200 clips that begin inside of a segment) it never does. */
const PATIENCE_MS = 150;
/** Nearer to the edge than this counts as live: whole segments, twice, and the playlist's own delay. */
const LIVE_S = 8;

/** True when the position is as near to the newest picture as a live player gets. */
export const isAtEdge = (state: PlayerState): boolean => state.live !== null && state.live.toS - state.positionS < LIVE_S;

/** Plays one source at a time in one media element. */
export class PlayerStore {
  readonly #value = new Value(nothing);
  readonly #options: PlayerOptions;
  #video: HTMLVideoElement | undefined;
  #source: PlayerSource | undefined;
  #loader: Loader | undefined;
  #prepared: Prepared | undefined;
  #early: Early | undefined;
  /** The first frame of what was loaded early is painted, below the cover. */
  #earlyReady = false;
  /** The clip's length, as long as the media element knows only that of its beginning. */
  #lengthS: number | undefined;
  #unwatch: (() => void) | undefined;
  #startS: number | undefined;
  /** Media time of the last frame below the cover: it may be painted before the start is known. */
  #seenS: number | undefined;
  #frameRequest: number | undefined;
  #nudges = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #waiting: AbortController | undefined;
  #wantsToPlay = false;
  /** The last seek was one to the end: the picture that it leads to may be one before it. */
  #sentToEnd = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  get value(): Value<PlayerState> {
    return this.#value;
  }

  /** Gives the player its media element. Answers how to take it back, which ends what plays. */
  attach(video: HTMLVideoElement): () => void {
    this.#video = video;
    this.#unwatch = watchElement(video, {
      onChange: () => this.#read(),
      onSeeking: () => this.#keepOutOfPreroll(),
    });
    this.#begin();
    return () => this.#detach();
  }

  /** Gets ready for a clip that is about to come. `beginning`: the playlist of what it will begin with; it is decoded meanwhile, and nothing of it is seen before the clip is there. */
  prepare(beginning?: string): void {
    const video = this.#video;
    if (video === undefined || this.#source !== undefined || this.#early !== undefined) return;
    if (beginning === undefined || this.#prepared !== undefined) {
      this.#prepared ??= prepare(video, this.#options.token);
      return;
    }
    this.#early = new Early({ video, url: beginning, token: this.#options.token, events: this.#earlyEvents });
    this.#awaitFirstFrame(video);
  }

  /** Plays something else, from its start. `autoplay`: as soon as it can. */
  open(source: PlayerSource, options: { readonly autoplay: boolean; readonly muted: boolean }): void {
    this.#source = source;
    this.#wantsToPlay = options.autoplay;
    if (this.#video !== undefined) this.#video.muted = options.muted;
    this.#set({ muted: options.muted });
    this.#begin();
  }

  /** Asks the element to play. A browser that refuses sound is asked again without. */
  async play(): Promise<void> {
    const video = this.#video;
    this.#wantsToPlay = true;
    if (video === undefined || this.#value.get().covered) return;
    if (video.ended || this.#sentToEnd) this.seek(0);
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || video.muted) return;
      video.muted = true;
      await video.play().catch(() => undefined);
    }
  }

  pause(): void {
    this.#wantsToPlay = false;
    this.#video?.pause();
  }

  toggle(): void {
    if (this.#value.get().playing) this.pause();
    else void this.play();
  }

  /** Goes to a position in seconds from the start; what lies outside becomes the nearest that can be reached. */
  seek(positionS: number): void {
    const video = this.#video;
    if (video === undefined || this.#startS === undefined) return;
    const { live, durationS } = this.#value.get();
    const [least, most] = live === null ? [0, durationS] : [live.fromS, Math.max(live.fromS, live.toS - 2)];
    this.#sentToEnd = live === null && positionS >= durationS;
    video.currentTime = this.#startS + Math.min(Math.max(positionS, least), most);
  }

  /** Goes to exactly this position, also at the end of what there is. For who knows where frames are; nothing before the start is shown all the same. */
  show(positionS: number): void {
    const video = this.#video;
    if (video === undefined || this.#startS === undefined) return;
    this.#sentToEnd = false;
    video.currentTime = this.#startS + Math.max(0, positionS);
  }

  /** Where what was asked for begins on the media element's own timeline, in seconds; undefined before that is known. */
  get beginS(): number | undefined {
    return this.#startS;
  }

  /** Goes on or back by seconds. */
  seekBy(deltaS: number): void {
    this.seek(this.#value.get().positionS + deltaS);
  }

  /** Goes to the newest picture of a running share, and plays. */
  toLive(): void {
    const { live } = this.#value.get();
    if (live === null) return;
    this.seek(live.toS - 4);
    void this.play();
  }

  setMuted(muted: boolean): void {
    if (this.#video !== undefined) this.#video.muted = muted;
  }

  /** Loads the same source again, after a failure. */
  retry(): void {
    this.#begin();
  }

  #detach(): void {
    this.#stop();
    this.#prepared?.close();
    this.#prepared = undefined;
    this.#early?.close();
    this.#early = undefined;
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#video = undefined;
    this.#value.set(nothing);
  }

  /** The frame of the start is there, or not wanted any more. */
  #stopWaiting(): void {
    if (this.#frameRequest !== undefined) this.#video?.cancelVideoFrameCallback?.(this.#frameRequest);
    this.#frameRequest = undefined;
    clearTimeout(this.#patience);
    this.#waiting?.abort();
  }

  #stop(): void {
    this.#stopWaiting();
    this.#loader?.close();
    this.#loader = undefined;
    this.#startS = undefined;
    this.#seenS = undefined;
    this.#earlyReady = false;
    this.#lengthS = undefined;
    this.#sentToEnd = false;
  }

  #begin(): void {
    const [video, source] = [this.#video, this.#source];
    if (video === undefined || source === undefined) return;
    const { muted, volume } = this.#value.get();
    video.muted = muted;
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined && this.#goOn(early, source)) return;
    early?.close();
    this.#stop();
    this.#value.set({ ...nothing, phase: "loading", muted, volume });
    const prepared = this.#prepared;
    this.#prepared = undefined;
    this.#loader = load({ video, source, token: this.#options.token, events: this.#events, prepared });
    this.#awaitFirstFrame(video);
  }

  /** Takes over what was loaded before the clip was there. False when it is not the clip's beginning. */
  #goOn(early: Early, source: PlayerSource): boolean {
    if (source.kind !== "hls" || source.span === undefined || !early.fits(source.span.startsAtMs)) return false;
    const { muted, volume } = this.#value.get();
    this.#loader = early;
    this.#lengthS = source.span.durationS;
    early.goOn(source.url);
    this.#value.set({ ...nothing, phase: "loading", muted, volume, durationS: this.#lengthS });
    if (this.#earlyReady) this.#uncover();
    return true;
  }

  readonly #earlyEvents: EarlyEvents = {
    onStart: (startS) => this.#begun(startS),
    onWhole: () => {
      this.#lengthS = undefined;
      this.#read();
    },
    // The clip itself may well play.
    onFail: () => {
      this.#early?.close();
      this.#early = undefined;
      this.#stop();
      if (this.#source === undefined) this.prepare();
      else this.#begin();
    },
  };

  readonly #events: LoaderEvents = {
    onStart: (startS) => this.#begun(startS),
    onWindow: (fromS, toS, pieces) => {
      this.#set({ live: { fromS, toS, pieces } });
      this.#begun(0);
    },
    onFail: (error) => this.#set({ phase: "failed", error }),
  };

  #begun(startS: number): void {
    if (this.#startS !== undefined) return;
    this.#startS = startS;
    this.#read();
    if (this.#seenS !== undefined && this.#seenS >= startS - EARLY_S) this.#uncover();
  }

  /** Looks at each frame that is painted below the cover until it is the start, or later. Playing begins then, so that no pre-roll is heard. */
  #awaitFirstFrame(video: HTMLVideoElement): void {
    if (!("requestVideoFrameCallback" in video)) return this.#awaitData(video);
    this.#nudges = 0;
    const { signal } = (this.#waiting = new AbortController());
    for (const event of ["seeked", "loadeddata"]) video.addEventListener(event, () => this.#bePatient(video, signal), { signal });
    this.#followFrames(video);
  }

  #followFrames(video: HTMLVideoElement): void {
    this.#frameRequest = video.requestVideoFrameCallback((_, frame) => {
      const startS = this.#startS;
      this.#seenS = frame.mediaTime;
      if (startS !== undefined && frame.mediaTime >= startS - EARLY_S) return this.#uncover();
      this.#followFrames(video);
      this.#nudge(video);
    });
  }

  /** An element that stands at the start and still shows the frame before it (its times are rounded) is moved on by a hair, or no other frame would come. False: it does not stand there. */
  #nudge(video: HTMLVideoElement): boolean {
    const startS = this.#startS;
    if (startS === undefined || video.seeking || video.currentTime < startS - EARLY_S) return false;
    this.#nudges += 1;
    if (this.#nudges <= MOST_NUDGES) video.currentTime = startS + EARLY_S * this.#nudges;
    return true;
  }

  /** An element that has come to rest and does not tell of its frame is moved on by a hair; one that never tells is believed. While the page is hidden, nothing is painted: that is waited for. */
  #bePatient(video: HTMLVideoElement, signal: AbortSignal): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      requestAnimationFrame(() => {
        if (signal.aborted || !this.#nudge(video)) return;
        if (this.#nudges <= MOST_NUDGES) this.#seenS = undefined;
        else if (this.#seenS === undefined) this.#uncover();
      });
    }, PATIENCE_MS);
  }

  /** For a browser that does not tell of frames: the start is there when data is, after the seek to it. */
  #awaitData(video: HTMLVideoElement): void {
    const { signal } = (this.#waiting = new AbortController());
    const look = (): void => {
      if (this.#startS === undefined || video.seeking || video.readyState < 2 || video.currentTime < this.#startS - EARLY_S) return;
      this.#uncover();
    };
    for (const event of ["seeked", "loadeddata", "playing"]) video.addEventListener(event, look, { signal });
  }

  #uncover(): void {
    this.#stopWaiting();
    if (this.#source === undefined) {
      this.#earlyReady = true;
      return;
    }
    this.#set({ phase: "ready", covered: false });
    if (this.#wantsToPlay) void this.play();
    // The first callback comes before the picture without its cover is painted, the second one after.
    requestAnimationFrame(() => requestAnimationFrame(() => this.#options.onPainted?.()));
  }

  #keepOutOfPreroll(): void {
    const video = this.#video;
    if (video === undefined || this.#startS === undefined || this.#value.get().covered) return;
    if (video.currentTime < this.#startS - EARLY_S) video.currentTime = this.#startS;
  }

  /** Takes the element's own state over. */
  #read(): void {
    const video = this.#video;
    if (video === undefined || this.#source === undefined) return;
    const startS = this.#startS ?? 0;
    const lengthS = this.#lengthS ?? (Number.isFinite(video.duration) ? Math.max(0, video.duration - startS) : 0);
    this.#set({
      playing: !video.paused && !video.ended,
      waiting: !video.paused && !video.ended && video.readyState < 3,
      ended: video.ended,
      positionS: Math.max(0, video.currentTime - startS),
      durationS: lengthS,
      muted: video.muted,
      volume: video.volume,
    });
  }

  #set(change: Partial<PlayerState>): void {
    const now = this.#value.get();
    const changed = Object.entries(change).some(([name, value]) => !Object.is(now[name as keyof PlayerState], value));
    if (changed) this.#value.set({ ...now, ...change });
  }
}
