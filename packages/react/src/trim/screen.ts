/** The editor's picture: goes to exact places without piling up seeks, and tells which frame is really painted. */
import { Value } from "../store/value.js";
import type { PlayerStore } from "../player/store.js";

/** A seek that is not answered any more is not waited for. */
const STUCK_MS = 1500;
/** So long after a seek a browser has told of its frame, or (rarely) never does. */
const PATIENCE_MS = 500;

/** One media element that a player plays in. Positions count from the start of what plays, in seconds. */
export class Screen {
  /** Position of the frame that is painted, as its file says; undefined before the first one, and where the browser does not tell. */
  readonly painted = new Value<number | undefined>(undefined);
  /** Called when the element has come to rest and the frame that it shows now is painted, as far as that is told. */
  onRest: () => void = () => undefined;
  /** A frame was painted since the last seek began. */
  #fresh = false;
  readonly #player: PlayerStore;
  #video: HTMLVideoElement | undefined;
  #wanted: number | undefined;
  #soughtS: number | undefined;
  #soughtAt = 0;
  #request: number | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(player: PlayerStore) {
    this.#player = player;
  }

  /** Follows an element until the answered function is called. */
  attach(video: HTMLVideoElement): () => void {
    this.#video = video;
    const onSeeked = (): void => {
      this.#go();
      this.#rest();
      clearTimeout(this.#patience);
      if (!this.#fresh) this.#patience = setTimeout(() => this.#rest(true), PATIENCE_MS);
    };
    video.addEventListener("seeked", onSeeked);
    this.#follow(video);
    return () => {
      video.removeEventListener("seeked", onSeeked);
      clearTimeout(this.#patience);
      if (this.#request !== undefined) video.cancelVideoFrameCallback?.(this.#request);
      this.#video = undefined;
      this.#wanted = undefined;
      this.painted.set(undefined);
    };
  }

  /** Where the element is; undefined before there is something. */
  get positionS(): number | undefined {
    const beginS = this.#player.beginS;
    return this.#video === undefined || beginS === undefined ? undefined : this.#video.currentTime - beginS;
  }

  /** Shows a place. While the element is on its way to another one, the newest wish waits, and those between are left out. */
  show(positionS: number): void {
    const isOnTheWay = this.#video?.seeking === true && performance.now() - this.#soughtAt < STUCK_MS;
    this.#wanted = isOnTheWay && positionS === this.#soughtS ? undefined : positionS;
    if (!isOnTheWay) this.#go();
  }

  #go(): void {
    const wanted = this.#wanted;
    if (wanted === undefined || this.#player.beginS === undefined) return;
    this.#wanted = undefined;
    this.#soughtS = wanted;
    this.#soughtAt = performance.now();
    this.#fresh = false;
    this.#player.show(wanted);
  }

  #follow(video: HTMLVideoElement): void {
    if (!("requestVideoFrameCallback" in video)) return;
    this.#request = video.requestVideoFrameCallback((_, { mediaTime }) => {
      const beginS = this.#player.beginS;
      this.#fresh = true;
      if (beginS !== undefined) this.painted.set(mediaTime - beginS);
      this.#rest();
      this.#follow(video);
    });
  }

  /** `untold`: a browser that has not told of the frame will not. */
  #rest(untold = false): void {
    if ((this.#fresh || untold) && this.#video?.seeking === false && this.#video.paused) this.onRest();
  }
}
