/** When the frames of a clip are shown, of its own playing time: the same times that trimming goes by. */
import type { Frames, FramesQuery } from "@livekit-replay/contract";
import { movieFrames, pieceFrames, readMovieFile, type ShownFrames } from "@livekit-replay/media";
import { addressOf } from "../catalog/places.js";
import type { ClipRow } from "../catalog/port.js";
import type { Store } from "../store/open.js";
import { type MaterialParts, readClip } from "./material.js";
import { readMaterial } from "./mp4.js";

/** What frames are read from. */
export interface ClipFramesParts extends MaterialParts {
  readonly store: Pick<Store, "pins" | "clips">;
}

/** Clips whose frames are kept in memory: who edits one asks for many windows of it. Ten minutes of 60 frames a second are 0.3 MB. */
const mostKept = 8;

/** µs to ms. */
const toMs = (time: number): number => Math.round(time) / 1000;

/** The window of a clip's frames that a query asks for. */
function windowOf({ times, total }: ShownFrames, { fromMs, lengthMs }: FramesQuery): Frames {
  const [from, to] = [fromMs * 1000, Math.min((fromMs + lengthMs) * 1000, total)];
  if (from >= total) return { atMs: [], untilMs: toMs(total) };
  const first = Math.max(
    times.findLastIndex((time) => time <= from),
    times.findLastIndex((time) => time <= 0),
    0,
  );
  const behind = times.findIndex((time, frame) => frame > first && time >= to);
  const end = behind < 0 ? times.length : behind;
  // Of the first frame that is seen, only what is seen counts.
  const atMs = Array.from(times.subarray(first, end), (time) => toMs(Math.max(0, time)));
  return { atMs, untilMs: toMs(Math.min(times[end] ?? total, total)) };
}

/** Reads them, and keeps those of the last clips that were asked for. */
export class ClipFrames {
  readonly #parts: ClipFramesParts;
  readonly #kept = new Map<string, Promise<ShownFrames>>();

  constructor(parts: ClipFramesParts) {
    this.#parts = parts;
  }

  /** Those of a window. Throws as `readClip`. */
  async of(clip: ClipRow, query: FramesQuery): Promise<Frames> {
    return windowOf(await this.#all(clip), query);
  }

  #all(clip: ClipRow): Promise<ShownFrames> {
    // What a clip is read from changes with its state, and some of its times by a few µs with that.
    const key = `${clip.id} ${clip.state} ${String(clip.pinsGone)}`;
    const frames = this.#kept.get(key) ?? this.#read(clip);
    this.#kept.delete(key);
    this.#kept.set(key, frames);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    frames.catch(() => this.#kept.delete(key));
    return frames;
  }

  #read(clip: ClipRow): Promise<ShownFrames> {
    const { pins, clips } = this.#parts.store;
    return readClip(this.#parts, clip, {
      ofPins: async (source) => {
        const { stretches, startPts } = await readMaterial(pins, addressOf(source));
        return pieceFrames(stretches, startPts);
      },
      ofMovie: async (source) => movieFrames((await clips.inspect(addressOf(source), readMovieFile)).tracks),
    });
  }
}
