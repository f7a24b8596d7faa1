/**
 * A person's clips as one long list, as it was at one instant. Its length is known at once; of its clips those are loaded that somebody looks at.
 * Clips that are kept meanwhile are counted and wait until they are asked for: nothing moves under the eye.
 */
import type { ReplayClient } from "@livekit-replay/client";
import type { Clip, ClipPage, ClipQuery } from "@livekit-replay/contract";
import { Value } from "../store/value.js";

/** Which list. */
export interface LibraryQuery {
  readonly q: string;
  readonly sort: ClipQuery["sort"];
  /** Clips that are asked for at once, at most 100. */
  readonly pageSize: number;
}

/** What is known of the list. */
export interface LibraryState {
  /** How long it is; undefined until that is known. */
  readonly total: number | undefined;
  /** What is loaded of it, by the place in it. */
  readonly clips: ReadonlyMap<number, Clip>;
  /** How many were kept since. */
  readonly news: number;
  /** Why something of it is not there. */
  readonly error: Error | null;
}

const nothing: LibraryState = { total: undefined, clips: new Map(), news: 0, error: null };

/** What only flies by is not loaded. */
const REST_MS = 60;
/** Many changes at once are one. */
const SETTLE_MS = 300;
const MOST_AT_ONCE = 2;
/** Signed links live for 50 minutes at least. */
const LINKS_MS = 30 * 60_000;

const errorOf = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** One list. Holds no connection; it asks only while it is open. */
export class LibraryStore {
  readonly #client: ReplayClient;
  readonly #query: LibraryQuery;
  readonly #value = new Value<LibraryState>(nothing);
  /** Places that are on the screen, and how often. */
  readonly #looked = new Map<number, number>();
  #loaded = new Set<number>();
  readonly #loading = new Set<number>();
  #untilMs: number | undefined;
  /** Answers of an older list are not taken. */
  #age = 0;
  #users = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #settle: ReturnType<typeof setTimeout> | undefined;
  #links: ReturnType<typeof setInterval> | undefined;

  constructor(client: ReplayClient, query: LibraryQuery) {
    this.#client = client;
    this.#query = query;
  }

  get value(): Value<LibraryState> {
    return this.#value;
  }

  /** Loads the list, or looks what has become of it. Answers how to stop (once). */
  open(): () => void {
    this.#users += 1;
    this.#links ??= setInterval(() => void this.renew(), LINKS_MS);
    void (this.#value.get().total === undefined ? this.refresh() : this.renew());
    return () => {
      this.#users -= 1;
      if (this.#users > 0) return;
      for (const timer of [this.#rest, this.#settle, this.#links]) clearTimeout(timer);
      this.#links = undefined;
    };
  }

  /** What stands at a place; undefined while that is not loaded. */
  clipAt(place: number): Clip | undefined {
    return this.#value.get().clips.get(place);
  }

  /** Somebody looks at a place: what stands there is loaded soon. Answers how to say that nobody does any more. */
  look(place: number): () => void {
    this.#looked.set(place, (this.#looked.get(place) ?? 0) + 1);
    if (!this.#value.get().clips.has(place)) this.#loadSoon();
    return () => {
      const left = (this.#looked.get(place) ?? 1) - 1;
      if (left > 0) this.#looked.set(place, left);
      else this.#looked.delete(place);
    };
  }

  /** The list as it is now, from its beginning. */
  async refresh(): Promise<void> {
    const age = this.#grow();
    this.#untilMs = undefined;
    try {
      const page = await this.#ask(1);
      if (age !== this.#age) return;
      this.#untilMs = page.serverTimeMs;
      this.#loaded = new Set([1]);
      this.#value.set({ total: page.total, clips: this.#placed([page]), news: 0, error: null });
    } catch (error) {
      this.#fail(error, age);
    }
  }

  /** The same list, what is looked at of it anew, all at once; and how much is new. */
  async renew(): Promise<void> {
    const until = this.#untilMs;
    if (until === undefined) return await this.refresh();
    const age = this.#grow();
    const { q, sort } = this.#query;
    const wanted = this.#lookedPages();
    try {
      const newest = this.#client.clips.mine({ q, sort, page: 1, pageSize: 1 });
      const pages = await Promise.all((wanted.length === 0 ? [1] : wanted).map((page) => this.#ask(page)));
      const { total: now } = await newest;
      if (age !== this.#age) return;
      const total = pages[0]?.total ?? 0;
      this.#loaded = new Set(pages.map(({ page }) => page));
      this.#value.set({ total, clips: this.#placed(pages), news: Math.max(0, now - total), error: null });
      this.#loadSoon();
    } catch (error) {
      this.#fail(error, age);
    }
  }

  /** Loads the beginning of the list, at most so many clips. Throws when that fails. */
  async loadFirst(most: number): Promise<void> {
    const last = Math.ceil(Math.min(most, this.#value.get().total ?? 0) / this.#query.pageSize);
    for (let page = 1; page <= last; page += 1) if (!this.#loaded.has(page)) await this.#load(page);
    const { error } = this.#value.get();
    if (error !== null) throw error;
  }

  /** A clip as it is now. One that is not known may be a new one. */
  take(clip: Clip): void {
    if (!this.change(clip.id, () => clip)) this.#renewSoon();
  }

  /** Changes a clip where it stands. False when it is not loaded. */
  change(clipId: string, to: (clip: Clip) => Clip): boolean {
    return this.#changeWhere((clip) => clip.id === clipId, to);
  }

  /** A clip is deleted. */
  gone(): void {
    this.#renewSoon();
  }

  /** A post was taken back. */
  unshared(postId: string): void {
    this.#changeWhere(
      ({ shares }) => shares.some((share) => share.postId === postId),
      (clip) => ({ ...clip, shares: clip.shares.filter((share) => share.postId !== postId) }),
    );
  }

  #changeWhere(is: (clip: Clip) => boolean, to: (clip: Clip) => Clip): boolean {
    const state = this.#value.get();
    const found = [...state.clips].filter(([, clip]) => is(clip));
    if (found.length === 0) return false;
    const clips = new Map(state.clips);
    for (const [place, clip] of found) clips.set(place, to(clip));
    this.#value.set({ ...state, clips });
    return true;
  }

  #grow(): number {
    this.#age += 1;
    this.#loading.clear();
    return this.#age;
  }

  #fail(error: unknown, age: number): void {
    if (age === this.#age) this.#value.set({ ...this.#value.get(), error: errorOf(error) });
  }

  #ask(page: number): Promise<ClipPage> {
    const { q, sort, pageSize } = this.#query;
    return this.#client.clips.mine({ q, sort, page, pageSize, ...(this.#untilMs !== undefined && { untilMs: this.#untilMs }) });
  }

  #placed(pages: readonly ClipPage[]): Map<number, Clip> {
    return new Map(
      pages.flatMap(({ page, items }) => items.map((clip, index) => [(page - 1) * this.#query.pageSize + index, clip] as const)),
    );
  }

  #pageOf(place: number): number {
    return Math.floor(place / this.#query.pageSize) + 1;
  }

  #lookedPages(): number[] {
    return [...new Set([...this.#looked.keys()].map((place) => this.#pageOf(place)))];
  }

  #renewSoon(): void {
    if (this.#users === 0) return;
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.renew(), SETTLE_MS);
  }

  #loadSoon(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#loadLooked(), REST_MS);
  }

  #loadLooked(): void {
    if (this.#users === 0 || this.#untilMs === undefined) return;
    const wanted = this.#lookedPages().filter((page) => !this.#loaded.has(page) && !this.#loading.has(page));
    for (const page of wanted.slice(0, Math.max(0, MOST_AT_ONCE - this.#loading.size))) {
      void this.#load(page).then(() => this.#value.get().error === null && this.#loadLooked());
    }
  }

  async #load(page: number): Promise<void> {
    const age = this.#age;
    this.#loading.add(page);
    try {
      const answer = await this.#ask(page);
      if (age !== this.#age) return;
      const state = this.#value.get();
      // Something was deleted meanwhile: what follows stands elsewhere now.
      if (answer.total !== state.total) return this.#renewSoon();
      this.#loaded.add(page);
      this.#value.set({ ...state, clips: new Map([...state.clips, ...this.#placed([answer])]), error: null });
    } catch (error) {
      this.#fail(error, age);
    } finally {
      if (age === this.#age) this.#loading.delete(page);
    }
  }
}

/** So many lists are remembered: who comes back from a clip finds the list as they left it. */
const MOST_KEPT = 4;

/** The lists of a person that were looked at lately. */
export class Libraries {
  readonly #client: ReplayClient;
  readonly #stores = new Map<string, LibraryStore>();

  constructor(client: ReplayClient) {
    this.#client = client;
  }

  /** The same list for the same question. */
  of({ q, sort, pageSize }: LibraryQuery): LibraryStore {
    const name = JSON.stringify([q, sort, pageSize]);
    const store = this.#stores.get(name) ?? new LibraryStore(this.#client, { q, sort, pageSize });
    this.#stores.delete(name);
    this.#stores.set(name, store);
    for (const oldest of this.#stores.keys()) {
      if (this.#stores.size <= MOST_KEPT) break;
      this.#stores.delete(oldest);
    }
    return store;
  }

  /** Tells all of them. */
  tell(what: (store: LibraryStore) => void): void {
    for (const store of this.#stores.values()) what(store);
  }
}
