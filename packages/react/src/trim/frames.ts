/** The frames of what is trimmed, asked for in windows as they are needed: an editor stops at exact ones. Times are the target's own, in ms: a clip's playing time, a buffer's wall time. */
import type { Frames } from "@livekit-replay/contract";

/** A frame, and until when it is shown. */
export interface Frame {
  readonly atMs: number;
  readonly untilMs: number;
}

/** From where to where there is something. */
export interface Bounds {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Asks the server for a window. */
export type AskFrames = (fromMs: number, lengthMs: number) => Promise<Frames>;

/** What a window knows; `whole`: nothing can be added to it any more. */
interface Known {
  readonly frames: Frames;
  readonly whole: boolean;
  /** Where everything ended when it was asked for. */
  readonly endMs: number;
}

const WINDOW_MS = 20_000;
/** Windows that are kept: more than a person needs around two handles. */
const MOST_WINDOWS = 40;
/** Times are exact to 1 µs; this much is rounding. */
const ROUNDED_MS = 0.002;

const windowOf = (atMs: number): number => Math.floor(atMs / WINDOW_MS);

/** Players tell of a picture's time in what their files count in: µs or ms. */
const TOLD_WITHIN_MS = 1;
const MOST_OFF_MS = 4;

/**
 * By how much a painted picture that is told to be at `paintedMs` is not the wanted one, in ms: 0 when it is. The last frame lasts until the moment of
 * the press: that may be a few µs, less than times are rounded by.
 */
export const offFrom = ({ atMs, untilMs }: Frame, paintedMs: number): number => {
  const off = atMs - paintedMs;
  return Math.abs(off) < Math.max(TOLD_WITHIN_MS, Math.min((untilMs - atMs) / 2, MOST_OFF_MS)) ? 0 : off;
};

/** The frame that is on the screen at an instant, in what a window knows. Before the first one (a gap lies there) it is the first. */
const frameIn = ({ atMs: times, untilMs }: Frames, atMs: number): Frame | undefined => {
  const found = times.findLastIndex((time) => time <= atMs + ROUNDED_MS);
  const index = Math.max(found, 0);
  const time = times[index];
  return time === undefined ? undefined : { atMs: time, untilMs: times[index + 1] ?? untilMs };
};

/** Frames by windows. Holds no timers and no listeners: nothing to close. */
export class FrameTable {
  readonly #ask: AskFrames;
  readonly #bounds: () => Bounds;
  readonly #windows = new Map<number, Promise<Known>>();
  readonly #known = new Map<number, Known>();

  /** `bounds`: what there is at this moment; a running buffer grows at its end. */
  constructor(ask: AskFrames, bounds: () => Bounds) {
    this.#ask = ask;
    this.#bounds = bounds;
  }

  /** The frame on the screen at an instant, if it is known without asking. */
  known(atMs: number): Frame | undefined {
    const known = this.#known.get(windowOf(atMs));
    return known === undefined || !this.#answers(known, atMs) ? undefined : frameIn(known.frames, atMs);
  }

  /** The frame on the screen at an instant; in a gap the first one behind it; behind the end the last one. Undefined where there is none at all. */
  async at(atMs: number): Promise<Frame | undefined> {
    const { fromMs, toMs } = this.#bounds();
    const wanted = Math.min(Math.max(atMs, fromMs), Math.max(fromMs, toMs - ROUNDED_MS));
    for (let window = windowOf(wanted); window * WINDOW_MS < toMs; window += 1) {
      const { frames } = await this.#window(window, wanted);
      const frame = frameIn(frames, wanted);
      if (frame !== undefined) return frame;
    }
    return await this.#last(windowOf(wanted) - 1);
  }

  /** The frame behind one; undefined: it is the last. */
  async next({ untilMs }: Frame): Promise<Frame | undefined> {
    if (untilMs >= this.#bounds().toMs - ROUNDED_MS) return undefined;
    const frame = await this.at(untilMs);
    return frame !== undefined && frame.atMs >= untilMs - ROUNDED_MS ? frame : undefined;
  }

  /** The frame before one; undefined: it is the first. */
  async previous({ atMs }: Frame): Promise<Frame | undefined> {
    const { fromMs } = this.#bounds();
    if (atMs <= fromMs + ROUNDED_MS) return undefined;
    for (let window = windowOf(atMs - 2 * ROUNDED_MS); (window + 1) * WINDOW_MS > fromMs; window -= 1) {
      const { frames } = await this.#window(window, atMs - 2 * ROUNDED_MS);
      const before = frames.atMs.findLastIndex((time) => time < atMs - ROUNDED_MS);
      const time = frames.atMs[before];
      if (time !== undefined) return { atMs: time, untilMs: frames.atMs[before + 1] ?? frames.untilMs };
    }
    return undefined;
  }

  async #last(window: number): Promise<Frame | undefined> {
    for (let at = window; (at + 1) * WINDOW_MS > this.#bounds().fromMs && at >= 0; at -= 1) {
      const { frames } = await this.#window(at, at * WINDOW_MS);
      const time = frames.atMs.at(-1);
      if (time !== undefined) return { atMs: time, untilMs: frames.untilMs };
    }
    return undefined;
  }

  /** A window that ended where everything ended then may know more now. */
  #answers({ whole, frames, endMs }: Known, atMs: number): boolean {
    return whole || atMs < frames.untilMs - ROUNDED_MS || this.#bounds().toMs <= endMs + ROUNDED_MS;
  }

  async #window(window: number, atMs: number): Promise<Known> {
    const known = this.#known.get(window);
    if (known !== undefined && this.#answers(known, atMs)) return known;
    const pending = this.#windows.get(window) ?? this.#load(window);
    this.#windows.set(window, pending);
    return await pending;
  }

  async #load(window: number): Promise<Known> {
    const { toMs: endMs } = this.#bounds();
    try {
      const frames = await this.#ask(window * WINDOW_MS, WINDOW_MS);
      const known: Known = { frames, whole: endMs >= (window + 1) * WINDOW_MS, endMs };
      this.#known.delete(window);
      this.#known.set(window, known);
      const [oldest] = this.#known.keys();
      if (this.#known.size > MOST_WINDOWS && oldest !== undefined) this.#known.delete(oldest);
      return known;
    } finally {
      this.#windows.delete(window);
    }
  }
}
