/** A press, as the server hears it: a length or a part, with a channel or without; and what becomes of the moment when something refuses. */
import { captureSchema } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { CaptureStore } from "../src/capture/store.js";
import { apiPeer, type Answering } from "./api-peer.js";
import { aClip } from "./clip.js";

const sessionId = "s".repeat(22);
const clip = aClip({ id: "a".repeat(22), sessionId });
const press = { sessionId, sessionStartedAtMs: 0, lengthMs: 60_000 };

/** A store at a server that answers so, and the captures that it heard. */
const storeAt = (answer: Answering): { readonly store: CaptureStore; readonly asked: () => unknown[] } => {
  const { client, heard } = apiPeer(answer);
  return { store: new CaptureStore(client), asked: () => heard.map(({ body }) => body) };
};

test("the last minute is asked for with the time of the press; it is the next length", async () => {
  const { store, asked } = storeAt(() => ({ body: clip }));
  const pressedAtMs = performance.timeOrigin + performance.now() - 200;
  const capture = await store.press({ ...press, pressedAtMs });
  expect(asked()).toEqual([{ sessionId, durationSeconds: 60, endAtMs: capture.endAtMs }]);
  expect(captureSchema.safeParse(asked()[0]).success).toBe(true);
  expect(capture).toMatchObject({ requestedMs: 60_000, range: undefined, state: { is: "kept", clip } });
  expect(store.length.get()).toBe(60_000);
});

test("a part is asked for in whole milliseconds of server time, with its title; the length of the next press stays", async () => {
  const { store, asked } = storeAt(() => ({ body: clip }));
  const before = store.length.get();
  const range = { fromMs: 1_000_000.4, toMs: 1_042_000.6 };
  const capture = await store.press({ ...press, range, title: "Two seconds" });
  expect(asked()).toEqual([{ sessionId, fromMs: 1_000_000, toMs: 1_042_001, title: "Two seconds" }]);
  expect(captureSchema.safeParse(asked()[0]).success).toBe(true);
  expect(capture).toMatchObject({ range, endAtMs: range.toMs });
  expect(store.length.get()).toBe(before);
});

test.each(["channel_not_found", "permission_denied"] as const)("a channel that answers %s costs the post, never the clip", async (code) => {
  const { store, asked } = storeAt(({ body }) => (JSON.stringify(body).includes("targetChannelId") ? { refuse: code } : { body: clip }));
  const capture = await store.press({ ...press, channelId: "highlights" });
  expect(asked()).toMatchObject([
    { shareOption: "channel", targetChannelId: "highlights" },
    { durationSeconds: 60, endAtMs: capture.endAtMs },
  ]);
  expect(asked()[1]).not.toHaveProperty("targetChannelId");
  expect(capture).toMatchObject({ state: { is: "kept", clip }, channelId: "highlights", shareRefused: { code } });
});

test("who may not capture is told so, channel or not", async () => {
  const { store } = storeAt(() => ({ refuse: "permission_denied" }));
  const capture = await store.press({ ...press, channelId: "highlights" });
  expect(capture).toMatchObject({ state: { is: "failed", error: { code: "permission_denied" } }, shareRefused: undefined });
});

test("a post that the host refused stays known when the clip changes", async () => {
  const shareRefused = { code: "directory_unavailable" as const, detail: "The host application cannot be reached" };
  const { store } = storeAt(() => ({ body: { ...clip, shareRefused } }));
  await store.press({ ...press, channelId: "highlights" });
  store.update({ ...clip, state: "ready" });
  expect(store.value.get()[0]).toMatchObject({ shareRefused, state: { clip: { state: "ready" } } });
});

test("a press that failed asks again for the same stretch, once for each wish, until it is kept", async () => {
  let full = true;
  const { store, asked } = storeAt(() => (full ? { refuse: "quota_exceeded" } : { body: clip }));
  const failed = await store.press({ ...press, channelId: "highlights" });
  expect(failed.state).toMatchObject({ is: "failed", error: { code: "quota_exceeded" } });
  expect(await store.retry(failed.key)).toMatchObject({ state: { is: "failed" } });
  full = false;
  const kept = await store.retry(failed.key);
  expect(kept).toMatchObject({ key: failed.key, state: { is: "kept", clip } });
  await store.retry(failed.key);
  const toMs = Math.round(failed.endAtMs);
  const again = { sessionId, fromMs: toMs - 60_000, toMs, shareOption: "channel", targetChannelId: "highlights" };
  expect(asked().slice(1)).toEqual([again, again]);
  expect(store.value.get()).toHaveLength(1);
});

test("a press that was refused because it is too long ago is asked for as what it was: a stretch of the past", async () => {
  const { store, asked } = storeAt(({ body }) =>
    JSON.stringify(body).includes("endAtMs") ? { refuse: "invalid_request" } : { body: clip },
  );
  const capture = await store.press({ ...press, pressedAtMs: performance.timeOrigin + performance.now() - 40_000 });
  const toMs = Math.round(capture.endAtMs);
  expect(asked()[1]).toEqual({ sessionId, fromMs: toMs - 60_000, toMs });
  expect(capture.state.is).toBe("kept");
});

test("several presses in a row are several clips, the newest first; the oldest make room", async () => {
  const { store } = storeAt(() => ({ body: clip }));
  const captures = await Promise.all(Array.from({ length: 14 }, () => store.press(press)));
  expect(store.value.get().map(({ key }) => key)).toEqual(
    captures
      .slice(2)
      .toReversed()
      .map(({ key }) => key),
  );
});
