/**
 * Small pictures of a session's buffer, fetched sparingly: all of the window once, then only what is new, and only while somebody looks. What has left the
 * buffer, or was forgotten, is dropped at once.
 */
import type { ReplayClient } from "@livekit-replay/client";
import type { BufferWindow, StripQuery } from "@livekit-replay/contract";
import { Value } from "../store/value.js";

/** A row of pictures as it was fetched. Closed when none of its pictures is shown any more. */
interface Sprite {
  readonly image: ImageBitmap;
}

/** One picture: where it is in its row, and which instant it shows (wall time). */
export interface Picture {
  readonly sprite: Sprite;
  readonly atMs: number;
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

/** How pictures are got. Fakes of tests are given here. */
export interface StripPicturesOptions {
  readonly client: { readonly sessions: Pick<ReplayClient["sessions"], "strip"> };
  readonly sessionId: string;
  /** Default: the browser's. */
  readonly decode?: (image: Blob) => Promise<ImageBitmap>;
  /** Local time, for the pauses between requests. Default: `performance.now`. */
  readonly now?: () => number;
}

/** The least time between two pictures. */
const SPACING_MS = 4000;
/** Most pictures of one request. */
const MOST_AT_ONCE = 100;
/** Most pictures that are held; about 60 kB each. */
const MOST_PICTURES = 200;
/** New pictures are fetched when so much is new, or a third of what there is: a strip that has just begun fills quickly. */
const NEW_MS = 20_000;
const NEW_AT_FIRST_MS = 6000;
/** After a failure: a pause that doubles. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;
/** A picture stands for a segment, which may have begun a little before the window. */
const SEGMENT_MS = 12_000;
/** Rounding of instants. */
const NEAR_MS = 50;

const isForgotten = (window: BufferWindow, atMs: number): boolean =>
  window.gaps.some(({ reason, fromMs, toMs }) => reason === "forgotten" && atMs > fromMs - NEAR_MS && atMs < toMs - NEAR_MS);

/** Whether a picture may be shown: its moment is in the buffer. */
const isKept = (window: BufferWindow, { atMs }: Pick<Picture, "atMs">): boolean =>
  atMs > window.fromMs - SEGMENT_MS && atMs < window.toMs && !isForgotten(window, atMs);

/** What to ask for next; undefined while the pictures are new enough. */
export const nextQuery = (window: BufferWindow, newestAtMs: number | undefined): Partial<StripQuery> | undefined => {
  const countOf = (ms: number): number => Math.min(MOST_AT_ONCE, Math.max(1, Math.ceil(ms / SPACING_MS)));
  if (newestAtMs === undefined || newestAtMs < window.fromMs) return { count: countOf(window.toMs - window.fromMs) };
  const newMs = window.toMs - newestAtMs;
  const enoughMs = Math.min(NEW_MS, Math.max(NEW_AT_FIRST_MS, (newestAtMs - window.fromMs) / 3));
  if (newMs < enoughMs) return undefined;
  // From the middle of the first spacing on: the segment of the newest picture is not asked for again.
  return { fromMs: Math.round(newestAtMs + SPACING_MS / 2), toMs: Math.ceil(window.toMs), count: countOf(newMs) };
};

/** Holds the pictures of one session, ascending. */
export class StripPictures {
  readonly #options: StripPicturesOptions;
  readonly #value = new Value<readonly Picture[]>([]);
  #window: BufferWindow | null = null;
  #request: AbortController | undefined;
  #notBeforeMs = 0;
  #failures = 0;

  constructor(options: StripPicturesOptions) {
    this.#options = options;
  }

  get value(): Value<readonly Picture[]> {
    return this.#value;
  }

  /**
   * What is kept now. Drops what is not kept any more, at once; fetches what is new when `fetching` (somebody looks) and it is time. Resolves when what it
   * began is done; never rejects.
   */
  async look(window: BufferWindow | null, fetching: boolean): Promise<void> {
    this.#window = window;
    this.#keep(this.#value.get());
    if (!fetching || window === null || this.#request !== undefined || this.#now() < this.#notBeforeMs) return;
    const query = nextQuery(window, this.#value.get().at(-1)?.atMs);
    if (query !== undefined) await this.#fetch(query);
  }

  /** Drops everything. Idempotent; it can be used again after. */
  close(): void {
    this.#request?.abort();
    this.#request = undefined;
    this.#window = null;
    this.#keep([]);
  }

  async #fetch(query: Partial<StripQuery>): Promise<void> {
    const request = (this.#request = new AbortController());
    try {
      const { client, sessionId, decode = (image) => createImageBitmap(image) } = this.#options;
      const { image, tileWidth, tileHeight, atMs } = await client.sessions.strip(sessionId, query, request.signal);
      const sprite = { image: await decode(image) };
      // Closed meanwhile: nobody draws it.
      if (request.signal.aborted) return sprite.image.close();
      this.#failures = 0;
      this.#add(atMs.map((at, i) => ({ sprite, atMs: at, x: i * tileWidth, width: tileWidth, height: tileHeight })));
    } catch {
      // A strip without pictures is still a strip. It is tried again, less and less often.
      if (request.signal.aborted) return;
      this.#failures += 1;
      this.#notBeforeMs = this.#now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
    } finally {
      if (this.#request === request) this.#request = undefined;
    }
  }

  #add(pictures: readonly Picture[]): void {
    const known = new Set(this.#value.get().map(({ atMs }) => atMs));
    const fresh = pictures.filter(({ atMs }) => !known.has(atMs));
    const [unused] = pictures;
    if (fresh.length === 0) return unused?.sprite.image.close();
    this.#keep(
      [...this.#value.get(), ...fresh].toSorted((a, b) => a.atMs - b.atMs),
      fresh,
    );
  }

  /** Shows those that may be shown, and closes the rows of which none is shown any more. `added`: those that are new among them. */
  #keep(pictures: readonly Picture[], added: readonly Picture[] = []): void {
    const window = this.#window;
    const before = this.#value.get();
    const kept = window === null ? [] : pictures.filter((picture) => isKept(window, picture)).slice(-MOST_PICTURES);
    if (kept.length === before.length && added.length === 0) return;
    this.#value.set(kept);
    const used = new Set(kept.map(({ sprite }) => sprite));
    for (const sprite of new Set([...before, ...added].map((picture) => picture.sprite))) if (!used.has(sprite)) sprite.image.close();
  }

  #now(): number {
    return (this.#options.now ?? (() => performance.now()))();
  }
}

/** The picture that stands for an instant: the newest that is not later, and at most `nearMs` earlier; else the first within `nearMs` after it. */
export const pictureAt = (pictures: readonly Picture[], atMs: number, nearMs: number): Picture | undefined => {
  const later = pictures.findIndex((picture) => picture.atMs > atMs);
  const before = pictures[(later === -1 ? pictures.length : later) - 1];
  if (before !== undefined && atMs - before.atMs <= nearMs) return before;
  const after = later === -1 ? undefined : pictures[later];
  return after !== undefined && after.atMs - atMs <= nearMs ? after : undefined;
};

/** How far a picture stands for its surroundings: two spacings, or more where ten minutes are spread over the most of one request. */
export const PICTURE_REACH_MS = 14_000;
