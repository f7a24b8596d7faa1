/** What breaks the chain of frames that need each other, until a keyframe begins a new one. */
import type { PictureLoss } from "./picture.js";

/** Notes losses of one stream. */
export class PictureChain {
  #needsKey = true;
  /** Frames are missing since the last one emitted. */
  #isBroken = false;
  #packets = 0;
  #at: number | null = null;
  #blank = false;

  /** Whether only a keyframe can go on. */
  get needsKey(): boolean {
    return this.#needsKey;
  }

  /** Packets were lost, or 0: a frame cannot be used. */
  break(packets: number): void {
    this.#packets += packets;
    this.#needsKey = true;
    this.#isBroken = true;
  }

  /** A blank keyframe came. */
  blank(): void {
    this.#blank = true;
    this.break(0);
  }

  /** A packet came; after a loss, the first one tells where it ended. */
  seen(timestamp: number): void {
    if (this.#packets > 0) this.#at ??= timestamp;
  }

  /** Another stream follows: what was lost of this one counts no more. */
  reset(): void {
    this.take(0);
    this.#needsKey = true;
  }

  /** A frame is emitted: what was lost before it; null for nothing. */
  take(timestamp: number): PictureLoss | null {
    const loss = this.#isBroken ? { packets: this.#packets, timestamp: this.#at ?? timestamp, blank: this.#blank } : null;
    this.#needsKey = false;
    this.#isBroken = false;
    this.#packets = 0;
    this.#at = null;
    this.#blank = false;
    return loss;
  }
}
