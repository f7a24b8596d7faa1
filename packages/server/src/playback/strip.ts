/** Pictures of a session's window in one row, for a strip to rewind by. Each segment's keyframe is decoded once; its picture is kept as long as the segment. */
import { micros, ReplayError, type StripQuery } from "@livekit-replay/contract";
import { cutSegment } from "@livekit-replay/media";
import { folderOf } from "../catalog/places.js";
import type { SessionRow } from "../catalog/port.js";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import type { BufferedSegment, SessionBuffer } from "../store/buffer.js";
import type { Logger } from "../store/log.js";
import type { Store } from "../store/open.js";
import { decode, frameUs, inRow, mostAtOnce, spread, type StripPicture, Turns } from "./pictures.js";

/** What strips are made with. */
export interface StripsParts {
  readonly store: Pick<Store, "buffers">;
  /** Null where FFmpeg is not installed: there are no pictures then. */
  readonly ffmpeg: Ffmpeg | null;
  readonly logger: Logger;
}

interface Picture {
  readonly segment: BufferedSegment;
  readonly jpeg: Uint8Array;
}

/** Makes strips. One piece of work for a session at a time. */
export class Strips {
  readonly #parts: StripsParts;
  readonly #turns = new Turns();

  constructor(parts: StripsParts) {
    this.#parts = parts;
  }

  /**
   * The pictures of a range of a session's window.
   * @throws ReplayError `no_segments` when nothing of the range is there; `not_ready` where pictures cannot be made.
   */
  async of(session: SessionRow, query: StripQuery): Promise<StripPicture> {
    const { ffmpeg, store, logger } = this.#parts;
    if (ffmpeg === null) throw new ReplayError("not_ready", { detail: "Pictures need FFmpeg, which is not installed on the server" });
    const buffer = await store.buffers.open(folderOf(session));
    try {
      return await this.#turns.alone(session.id, () => new StripMaker(ffmpeg, buffer).make(query));
    } catch (error) {
      if (!(error instanceof ReplayError && error.code === "concatenation_failed")) throw error;
      logger.warn({ err: error, sessionId: session.id }, "pictures of a session could not be made");
      throw new ReplayError("not_ready", { detail: "The pictures could not be made", retryAfterSeconds: 5, cause: error });
    }
  }
}

/** Makes one strip. */
class StripMaker {
  readonly #ffmpeg: Ffmpeg;
  readonly #buffer: SessionBuffer;

  constructor(ffmpeg: Ffmpeg, buffer: SessionBuffer) {
    this.#ffmpeg = ffmpeg;
    this.#buffer = buffer;
  }

  async make(query: StripQuery): Promise<StripPicture> {
    const pictures = await this.#pictures(this.#wanted(query));
    const shown = pictures.filter(({ segment }) => this.#isThere(segment));
    if (shown.length === 0) throw new ReplayError("no_segments");
    const row = await inRow(
      this.#ffmpeg,
      shown.map(({ segment, jpeg }) => ({ jpeg, atMs: segment.startWall })),
    );
    // What was forgotten meanwhile is shown to nobody.
    if (!shown.every(({ segment }) => this.#isThere(segment))) throw new ReplayError("not_ready", { retryAfterSeconds: 1 });
    return row;
  }

  #isThere({ file }: BufferedSegment): boolean {
    return this.#buffer.segments.some((segment) => segment.file === file);
  }

  #wanted({ fromMs, toMs, count }: StripQuery): readonly BufferedSegment[] {
    const window = this.#buffer.window();
    if (!window) throw new ReplayError("no_segments");
    const from = Math.max(fromMs ?? 0, window.fromMs);
    const to = Math.min(toMs ?? Infinity, window.toMs);
    const inside = this.#buffer.segments.filter(({ startWall, endWall }) => endWall > from && startWall < to);
    return spread(inside, count);
  }

  async #pictures(segments: readonly BufferedSegment[]): Promise<Picture[]> {
    const kept = new Map<string, Uint8Array>();
    const missing: BufferedSegment[] = [];
    for (const segment of segments) {
      const jpeg = await this.#buffer.picture(segment);
      if (jpeg) kept.set(segment.file, jpeg);
      else missing.push(segment);
    }
    for (const batch of batches(missing)) {
      for (const { segment, jpeg } of await this.#decode(batch)) {
        kept.set(segment.file, jpeg);
        await this.#keep(segment, jpeg);
      }
    }
    return segments.flatMap((segment) => {
      const jpeg = kept.get(segment.file);
      return jpeg ? [{ segment, jpeg }] : [];
    });
  }

  /** A disk that is full costs the picture its being kept. */
  async #keep(segment: BufferedSegment, jpeg: Uint8Array): Promise<void> {
    try {
      await this.#buffer.keepPicture(segment, jpeg);
    } catch (error) {
      if (!(error instanceof ReplayError && error.code === "disk_full")) throw error;
    }
  }

  /** Where a keyframe cannot be decoded, the others are decoded without it. */
  async #decode(batch: readonly BufferedSegment[]): Promise<Picture[]> {
    const input = await this.#inputOf(batch);
    if (input === null) return [];
    const transport = batch[0]?.transport !== undefined;
    const made = await decode(this.#ffmpeg, { format: transport ? "mpegts" : "mp4", input, one: transport }).catch((error: unknown) => {
      if (batch.length === 1) return null;
      throw error;
    });
    if (made?.length === batch.length) return batch.flatMap((segment, i) => (made[i] ? [{ segment, jpeg: made[i] }] : []));
    if (batch.length === 1) return [];
    const pictures: Picture[] = [];
    for (const segment of batch) pictures.push(...(await this.#decode([segment])));
    return pictures;
  }

  /** The init file and each segment's keyframe; null when they are gone by now. */
  async #inputOf(batch: readonly BufferedSegment[]): Promise<Uint8Array[] | null> {
    try {
      const pieces: Uint8Array[] = [];
      for (const segment of batch) {
        const bytes = await this.#buffer.read(segment);
        if (segment.transport !== undefined) return [bytes];
        if (pieces.length === 0) pieces.push(await this.#buffer.initBytes(segment.run));
        const { startPts } = segment;
        pieces.push(cutSegment(bytes, { endPts: micros(startPts + 1), holdUntilPts: micros(startPts + frameUs) }));
      }
      return pieces;
    } catch (error) {
      if (error instanceof ReplayError && error.code === "no_segments") return null;
      throw error;
    }
  }
}

/** Neighbours of one run, not too many; a transport segment stands alone. */
function batches(segments: readonly BufferedSegment[]): BufferedSegment[][] {
  const found: BufferedSegment[][] = [];
  for (const segment of segments) {
    const last = found.at(-1);
    const [first] = last ?? [];
    if (last && first?.transport === undefined && first?.run === segment.run && last.length < mostAtOnce) last.push(segment);
    else found.push([segment]);
  }
  return found;
}
