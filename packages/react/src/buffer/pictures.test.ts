/** Pictures of a strip: asked for sparingly, never shown when they are not kept any more, never more than can be held. */
import { StripPictures, nextQuery, pictureAt, type Picture } from "./pictures.js";
import type { BufferWindow, Gap, StripQuery } from "@livekit-replay/contract";
import type { StripImage } from "@livekit-replay/client";
import { describe, expect, test } from "vitest";

const window = (fromMs: number, toMs: number, gaps: Gap[] = []): BufferWindow => ({ fromMs, toMs, gaps, sizeBytes: 1 });

/** A server that has a keyframe every two seconds, and the images that the page decoded of its answers. */
const peer = () => {
  const queries: Partial<StripQuery>[] = [];
  const images: { open: boolean }[] = [];
  const state = { window: window(0, 0), failing: false, nowMs: 0, hold: undefined as Promise<void> | undefined };
  const strip = async (_: string, query: Partial<StripQuery> = {}): Promise<StripImage> => {
    queries.push(query);
    await state.hold;
    if (state.failing) throw new Error("no pictures");
    const from = Math.max(query.fromMs ?? 0, state.window.fromMs);
    const to = Math.min(query.toMs ?? Infinity, state.window.toMs);
    const all: number[] = [];
    for (let at = 0; at < to; at += 2000) if (at + 2000 > from) all.push(at);
    const count = Math.min(query.count ?? 60, all.length);
    const atMs = Array.from({ length: count }, (__, i) => all[Math.floor(((i + 0.5) * all.length) / count)] ?? 0);
    return { tileWidth: 160, tileHeight: 90, atMs, image: new Blob() };
  };
  const decode = async (): Promise<ImageBitmap> => {
    const image = { open: true, width: 160, height: 90, close: () => void (image.open = false) };
    images.push(image);
    return await Promise.resolve(image);
  };
  const store = new StripPictures({ client: { sessions: { strip } }, sessionId: "a", decode, now: () => state.nowMs });
  const look = async (next: BufferWindow | null, fetching = true): Promise<readonly Picture[]> => {
    state.window = next ?? state.window;
    await store.look(next, fetching);
    return store.value.get();
  };
  return { queries, images, state, store, look };
};

describe("nextQuery", () => {
  test("all of it first, then only what is new, and that only when it is worth a request", () => {
    expect(nextQuery(window(0, 600_000), undefined)).toEqual({ count: 100 });
    expect(nextQuery(window(0, 30_000), undefined)).toEqual({ count: 8 });
    expect(nextQuery(window(0, 600_000), 590_000)).toBeUndefined();
    expect(nextQuery(window(0, 610_000), 589_000)).toEqual({ fromMs: 591_000, toMs: 610_000, count: 6 });
    expect(nextQuery(window(0, 10_000), 2000)).toEqual({ fromMs: 4000, toMs: 10_000, count: 2 });
    expect(nextQuery(window(700_000, 900_000), 600_000)).toEqual({ count: 50 });
  });
});

describe("StripPictures", () => {
  test("asks while somebody looks, and for each moment once", async () => {
    const { queries, store, look } = peer();
    await look(window(0, 60_000), false);
    expect(queries).toEqual([]);
    await look(window(0, 60_000));
    await look(window(0, 62_000));
    await look(window(0, 90_000));
    expect(queries).toHaveLength(2);
    const at = store.value.get().map(({ atMs }) => atMs);
    expect(at).toEqual([...new Set(at)].toSorted((a, b) => a - b));
    expect(at.at(-1)).toBeGreaterThan(80_000);
  });

  test("one request at a time", async () => {
    const { queries, state, store } = peer();
    let go = (): void => undefined;
    state.hold = new Promise((resolve) => (go = resolve));
    state.window = window(0, 60_000);
    const first = store.look(window(0, 60_000), true);
    await store.look(window(0, 64_000), true);
    expect(queries).toHaveLength(1);
    go();
    await first;
    expect(store.value.get()).toHaveLength(15);
  });

  test("what was forgotten, or has left the buffer, is gone at once, and its memory too", async () => {
    const { images, look } = peer();
    await look(window(0, 60_000));
    const forgotten: Gap = { fromMs: 20_000, toMs: 40_000, reason: "forgotten" };
    const left = await look(window(0, 60_000, [forgotten]), false);
    expect(left.some(({ atMs }) => atMs >= 20_000 && atMs < 40_000)).toBe(false);
    expect(left.length).toBeGreaterThan(0);
    expect(await look(window(0, 20_000), false)).toSatisfy((all: readonly Picture[]) => all.every(({ atMs }) => atMs < 20_000));
    expect(images.map(({ open }) => open)).toEqual([true]);
    expect(await look(null, false)).toEqual([]);
    expect(images.map(({ open }) => open)).toEqual([false]);
  });

  test("an answer that comes after a forgetting shows nothing of it", async () => {
    const { state, store } = peer();
    let go = (): void => undefined;
    state.hold = new Promise((resolve) => (go = resolve));
    state.window = window(0, 60_000);
    const asked = store.look(window(0, 60_000), true);
    await store.look(window(0, 60_000, [{ fromMs: 0, toMs: 50_000, reason: "forgotten" }]), true);
    go();
    await asked;
    expect(store.value.get()).not.toHaveLength(0);
    expect(store.value.get().every(({ atMs }) => atMs >= 50_000)).toBe(true);
  });

  test("hours of a share need no more memory than its strip", async () => {
    const { images, look } = peer();
    for (let toMs = 10_000; toMs < 7_200_000; toMs += 20_000) {
      const shown = await look(window(Math.max(0, toMs - 600_000), toMs));
      expect(shown.length).toBeLessThanOrEqual(200);
    }
    expect(images.filter(({ open }) => open).length).toBeLessThan(60);
  });

  test("a failure costs a pause that grows, and a success ends it", async () => {
    const { queries, state, store, look } = peer();
    state.failing = true;
    const tries = async (afterMs: number): Promise<number> => {
      state.nowMs += afterMs;
      await look(window(0, 60_000));
      return queries.length;
    };
    expect(await tries(0)).toBe(1);
    expect(await tries(9000)).toBe(1);
    expect(await tries(2000)).toBe(2);
    expect(await tries(15_000)).toBe(2);
    state.failing = false;
    expect(await tries(6000)).toBe(3);
    expect(store.value.get()).toHaveLength(15);
  });

  test("a strip that is gone keeps nothing", async () => {
    const { images, state, store, look } = peer();
    await look(window(0, 60_000));
    let go = (): void => undefined;
    state.hold = new Promise((resolve) => (go = resolve));
    state.window = window(0, 100_000);
    const asked = store.look(window(0, 100_000), true);
    store.close();
    go();
    await asked;
    expect(images.map(({ open }) => open)).toEqual([false, false]);
    expect(store.value.get()).toEqual([]);
  });
});

describe("pictureAt", () => {
  const picture = (atMs: number): Picture => ({ sprite: { image: {} as ImageBitmap }, atMs, x: 0, width: 1, height: 1 });
  const pictures = [1000, 5000, 30_000].map(picture);

  test.each([
    [900, 1000],
    [1000, 1000],
    [4999, 1000],
    [8000, 5000],
    [20_000, undefined],
    [29_000, 30_000],
    [99_000, undefined],
  ])("of %i is %s", (atMs, expected) => {
    expect(pictureAt(pictures, atMs, 5000)?.atMs).toBe(expected);
  });
});
