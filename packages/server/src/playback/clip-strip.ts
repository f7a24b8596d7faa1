/** Pictures of a clip in one row, for a strip to choose a part by: its first frame, and each keyframe behind it. Nothing that the clip hides is shown. */
import { type Micros, micros, ReplayError, type StripQuery } from "@livekit-replay/contract";
import {
  cutSegment,
  type FlatPart,
  keyPictures,
  movieFrames,
  pictureMovie,
  pieceFrames,
  readMovieFile,
  trimMovie,
} from "@livekit-replay/media";
import { addressOf } from "../catalog/places.js";
import type { ClipRow } from "../catalog/port.js";
import { type MaterialParts, readClip } from "../clips/material.js";
import { type ClipMaterial, type Piece, readMaterial } from "../clips/mp4.js";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import type { Logger } from "../store/log.js";
import type { Store } from "../store/open.js";
import type { PinAddress } from "../store/pin.js";
import { decode, frameUs, inRow, mostAtOnce, spread, type StripPicture, Turns } from "./pictures.js";

/** What strips of clips are made with. */
export interface ClipStripsParts extends MaterialParts {
  readonly store: Pick<Store, "pins" | "clips">;
  /** Null where FFmpeg is not installed: there are no pictures then. */
  readonly ffmpeg: Ffmpeg | null;
  readonly logger: Logger;
}

/** A picture that can be made: when it begins to be shown (playing time), and how it is made. `T` is what it is made of. */
interface Candidate<T> {
  readonly at: Micros;
  readonly of: T;
}

/** A clip's pictures, whatever it is read from. */
interface Album<T> {
  readonly total: number;
  /** Behind the first frame. */
  readonly keys: readonly Candidate<T>[];
  /** The clip's first frame; none where it cannot be decoded. */
  first(): Promise<Uint8Array | undefined>;
  /** Pictures of neighbours, as many as could be decoded. */
  some(batch: readonly T[]): Promise<readonly Uint8Array[]>;
  /** Whether one process can decode both. */
  together(one: T, other: T): boolean;
}

/** Bytes of rows that stay in memory. */
const keptBytes = 8 * 1024 * 1024;

/** Makes strips of clips, one at a time for each, and keeps the last ones: a clip never changes. */
export class ClipStrips {
  readonly #parts: ClipStripsParts;
  readonly #turns = new Turns();
  readonly #kept = new Map<string, StripPicture>();

  constructor(parts: ClipStripsParts) {
    this.#parts = parts;
  }

  /**
   * The pictures of a clip, or of a part of its playing time.
   * @throws ReplayError `not_ready` where pictures cannot be made (yet); `invalid_request` for a part that is not within the clip; as `readClip`.
   */
  async of(clip: ClipRow, query: StripQuery): Promise<StripPicture> {
    const { ffmpeg, logger } = this.#parts;
    if (ffmpeg === null) throw new ReplayError("not_ready", { detail: "Pictures need FFmpeg, which is not installed on the server" });
    const key = `${clip.id} ${query.fromMs ?? ""} ${query.toMs ?? ""} ${query.count}`;
    try {
      return await this.#turns.alone(clip.id, async () => this.#kept.get(key) ?? this.#keep(key, await this.#make(ffmpeg, clip, query)));
    } catch (error) {
      if (!(error instanceof ReplayError && error.code === "concatenation_failed")) throw error;
      logger.warn({ err: error, clipId: clip.id }, "pictures of a clip could not be made");
      throw new ReplayError("not_ready", { detail: "The pictures could not be made", retryAfterSeconds: 5, cause: error });
    }
  }

  #keep(key: string, picture: StripPicture): StripPicture {
    this.#kept.set(key, picture);
    let bytes = 0;
    for (const [old, { jpeg }] of [...this.#kept].toReversed()) {
      bytes += jpeg.length;
      if (bytes > keptBytes) this.#kept.delete(old);
    }
    return picture;
  }

  #make(ffmpeg: Ffmpeg, clip: ClipRow, query: StripQuery): Promise<StripPicture> {
    const { pins, clips } = this.#parts.store;
    return readClip(this.#parts, clip, {
      ofPins: async (source) => {
        const address = addressOf(source);
        return rowOf(ffmpeg, query, albumOfPins(ffmpeg, pins, address, await readMaterial(pins, address)));
      },
      ofMovie: (source) =>
        clips.inspect(addressOf(source), async (read, sizeBytes) => rowOf(ffmpeg, query, await albumOfMovie(ffmpeg, read, sizeBytes))),
    });
  }
}

/** The pictures that are on the screen in the part that is asked for, at most so many. */
function wanted<T>({ total, keys }: Album<T>, { fromMs = 0, toMs = Infinity, count }: StripQuery): readonly (Candidate<T> | null)[] {
  const [from, to] = [fromMs * 1000, Math.min(toMs * 1000, total)];
  const all: readonly (Candidate<T> | null)[] = [null, ...keys];
  const begin = (one: Candidate<T> | null): number => one?.at ?? 0;
  const inside = all.filter((one, i) => begin(one) < to && (i + 1 < all.length ? begin(all[i + 1] ?? null) : total) > from);
  return spread(inside, count);
}

async function rowOf<T>(ffmpeg: Ffmpeg, query: StripQuery, album: Album<T>): Promise<StripPicture> {
  const chosen = wanted(album, query);
  if (chosen.length === 0) {
    const [field, message] = ["fromMs", "must be within the clip, and before toMs"] as const;
    throw new ReplayError("invalid_request", { detail: `${field}: ${message}`, errors: [{ field, message }] });
  }
  const pictures: { readonly atMs: number; readonly jpeg: Uint8Array }[] = [];
  if (chosen[0] === null) {
    const jpeg = await album.first();
    if (jpeg) pictures.push({ atMs: 0, jpeg });
  }
  for (const batch of batches(
    chosen.flatMap((one) => one ?? []),
    album,
  ))
    pictures.push(...(await decoded(batch, album)));
  if (pictures.length === 0) throw new ReplayError("concatenation_failed", { detail: "FFmpeg made no picture" });
  return inRow(ffmpeg, pictures);
}

/** Where a keyframe cannot be decoded, the others are decoded without it. */
async function decoded<T>(
  batch: readonly Candidate<T>[],
  album: Album<T>,
): Promise<{ readonly atMs: number; readonly jpeg: Uint8Array }[]> {
  const jpegs = await album.some(batch.map(({ of }) => of)).catch((error: unknown) => {
    if (error instanceof ReplayError && error.code === "concatenation_failed") return [];
    throw error;
  });
  if (jpegs.length === batch.length) return batch.flatMap(({ at }, i) => (jpegs[i] ? [{ atMs: at / 1000, jpeg: jpegs[i] }] : []));
  if (batch.length === 1) return [];
  const found: { readonly atMs: number; readonly jpeg: Uint8Array }[] = [];
  for (const one of batch) found.push(...(await decoded([one], album)));
  return found;
}

function batches<T>(chosen: readonly Candidate<T>[], { together }: Pick<Album<T>, "together">): Candidate<T>[][] {
  const found: Candidate<T>[][] = [];
  for (const one of chosen) {
    const last = found.at(-1);
    const [first] = last ?? [];
    if (last && first && together(first.of, one.of) && last.length < mostAtOnce) last.push(one);
    else found.push([one]);
  }
  return found;
}

/** A segment of a clip, and the init file of its run. */
interface PinnedPiece {
  readonly init: Uint8Array;
  readonly piece: Piece;
}

/** Of segments: each begins with a keyframe. The first frame lies inside of the first one. */
function albumOfPins(ffmpeg: Ffmpeg, pins: Store["pins"], address: PinAddress, { stretches, startPts }: ClipMaterial): Album<PinnedPiece> {
  const { times, total } = pieceFrames(stretches, startPts);
  const pieces = stretches.flatMap(({ init, segments }) => segments.map((piece: Piece): PinnedPiece => ({ init, piece })));
  let frames = 0;
  const all = pieces.map((of): Candidate<PinnedPiece> => {
    const at = micros(times[frames] ?? 0);
    frames += of.piece.info.frames;
    return { at, of };
  });
  const upTo = async ({ piece }: PinnedPiece, pts: number): Promise<Uint8Array> =>
    cutSegment(piece.bytes ?? (await pins.readFile(address, piece.ref)), { endPts: micros(pts + 1), holdUntilPts: micros(pts + frameUs) });
  return {
    total,
    keys: all.filter(({ at }) => at > 0 && at < total),
    together: (one, other) => one.init === other.init,
    first: async () => {
      const [first] = pieces;
      if (!first) return undefined;
      return (await decode(ffmpeg, { format: "mp4", input: [first.init, await upTo(first, startPts)] })).at(-1);
    },
    some: async (batch) => {
      const input = batch[0] ? [batch[0].init] : [];
      for (const one of batch) input.push(await upTo(one, one.piece.info.startPts));
      return decode(ffmpeg, { format: "mp4", input });
    },
  };
}

type Read = Parameters<typeof readMovieFile>[0];

/** Of an MP4. Only the samples that are needed are read. */
async function albumOfMovie(ffmpeg: Ffmpeg, read: Read, sizeBytes: number): Promise<Album<number>> {
  const { tracks } = await readMovieFile(read, sizeBytes);
  const { times, total } = movieFrames(tracks);
  const bytesOf = async ({
    head,
    parts,
  }: {
    readonly head: Uint8Array;
    readonly parts: readonly FlatPart<null>[];
  }): Promise<Uint8Array[]> => {
    const pieces = [head];
    for (const part of parts) pieces.push(part.kind === "bytes" ? part.bytes : await read(part.offset, part.length));
    return pieces;
  };
  return {
    total,
    keys: keyPictures(tracks).map(({ sample, at }) => ({ at, of: sample })),
    together: () => true,
    first: async () => {
      const end = times.find((time) => time > 0) ?? total;
      const part = trimMovie({ ...tracks, audio: null }, null, { start: micros(0), end: micros(Math.min(end, total)) });
      if (part.kind !== "kept") return undefined;
      return (await decode(ffmpeg, { format: "mp4", input: await bytesOf(part.plan), one: true, shownOnly: true }))[0];
    },
    some: async (batch) => decode(ffmpeg, { format: "mp4", input: await bytesOf(pictureMovie(tracks, null, batch)) }),
  };
}
