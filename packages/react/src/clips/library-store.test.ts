/** A long list of clips: what is loaded of it, and what moves it. */
import type { Clip } from "@livekit-replay/contract";
import { ReplayClient } from "@livekit-replay/client";
import { expect, test, vi } from "vitest";
import { aClip } from "../../test/clip.js";
import { LibraryStore } from "./library-store.js";

const named = (id: string): Clip => aClip({ id: `clip-0000000000${id}`, sessionId: "session-000000000" });

/** A server with these clips, newest first; `untilMs` counts how many it had, as its clock does. */
class Shelf {
  clips: Clip[];
  readonly heard: string[] = [];
  fails = false;

  constructor(count: number) {
    this.clips = Array.from({ length: count }, (_, index) => named(String(count - index)));
  }

  readonly client = new ReplayClient({
    baseUrl: "http://server.test/livekit-replay",
    backoff: { firstMs: 1 },
    fetch: (input) => {
      const { searchParams } = new URL(input instanceof Request ? input.url : input);
      const of = (name: string, otherwise: number): number => Number(searchParams.get(name) ?? otherwise);
      const [page, pageSize, until] = [of("page", 1), of("pageSize", 24), of("untilMs", Infinity)];
      this.heard.push(`${page}/${pageSize}`);
      if (this.fails) return Promise.reject(new TypeError("no network"));
      const shown = this.clips.filter((clip) => this.#number(clip) <= until);
      const newest = Math.max(0, ...this.clips.map((clip) => this.#number(clip)));
      const items = shown.slice((page - 1) * pageSize, page * pageSize);
      const quota = { usedBytes: 0, reservedBytes: 0, limitBytes: 1 };
      return Promise.resolve(Response.json({ items, page, pageSize, total: shown.length, quota, serverTimeMs: newest }));
    },
  });

  #number({ id }: Clip): number {
    return Number(id.slice(15));
  }
}

const opened = async (shelf: Shelf): Promise<{ store: LibraryStore; close: () => void }> => {
  const store = new LibraryStore(shelf.client, { q: "", sort: "newest", pageSize: 10 });
  const close = store.open();
  await vi.waitUntil(() => store.value.get().total !== undefined);
  return { store, close };
};

const idAt = (store: LibraryStore, place: number): string | undefined => store.value.get().clips.get(place)?.id.slice(15);

test("the length is known at once; only what is looked at is loaded", async () => {
  const shelf = new Shelf(95);
  const { store, close } = await opened(shelf);
  expect([store.value.get().total, store.value.get().clips.size]).toEqual([95, 10]);
  const away = store.look(61);
  await vi.waitUntil(() => store.value.get().clips.has(61));
  expect([idAt(store, 61), store.value.get().clips.has(30)]).toEqual(["34", false]);
  expect(shelf.heard).toEqual(["1/10", "7/10"]);
  away();
  close();
});

test("clips that are kept meanwhile are counted, and move nothing until they are asked for", async () => {
  const shelf = new Shelf(30);
  const { store, close } = await opened(shelf);
  shelf.clips.unshift(named("31"));
  store.take(named("31"));
  await vi.waitUntil(() => store.value.get().news === 1);
  expect([store.value.get().total, idAt(store, 0)]).toEqual([30, "30"]);
  store.look(25);
  await vi.waitUntil(() => store.value.get().clips.has(25));
  expect(idAt(store, 25)).toBe("5");
  await store.refresh();
  expect([store.value.get().total, idAt(store, 0), store.value.get().news]).toEqual([31, "31", 0]);
  close();
});

test("a clip that changes is changed where it stands; one that is deleted makes what is looked at new, all at once", async () => {
  const shelf = new Shelf(40);
  const { store, close } = await opened(shelf);
  store.look(3);
  store.look(15);
  await vi.waitUntil(() => store.value.get().clips.has(15));
  store.take({ ...named("37"), title: "Another name" });
  expect(store.value.get().clips.get(3)?.title).toBe("Another name");
  shelf.clips.splice(1, 1);
  const seen: (string | undefined)[][] = [];
  store.value.subscribe(() => seen.push([idAt(store, 3), idAt(store, 15)]));
  store.gone();
  await vi.waitUntil(() => store.value.get().total === 39);
  expect(seen).toEqual([["36", "24"]]);
  close();
});

test("what could not be loaded is said, and is there when it is tried again", async () => {
  const shelf = new Shelf(40);
  const { store, close } = await opened(shelf);
  shelf.fails = true;
  store.look(35);
  await vi.waitUntil(() => store.value.get().error !== null);
  expect([store.value.get().total, idAt(store, 0)]).toEqual([40, "40"]);
  shelf.fails = false;
  await store.renew();
  expect([store.value.get().error, idAt(store, 35)]).toEqual([null, "5"]);
  close();
});

test("the beginning is loaded on demand, no more of it than is wanted", async () => {
  const shelf = new Shelf(95);
  const { store, close } = await opened(shelf);
  await store.loadFirst(25);
  expect(store.value.get().clips.size).toBe(30);
  close();
});
