/** Deleting with a way back: nothing is sent before the undo has ended, and never twice. */
import { ReplayClient } from "@livekit-replay/client";
import { describe, expect, test } from "vitest";
import { RemovalStore } from "./removal.js";

const make = (status = 204): { store: RemovalStore; sent: { url: string; keepalive: boolean }[] } => {
  const sent: { url: string; keepalive: boolean }[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    sent.push({ url: url instanceof Request ? url.url : url.toString(), keepalive: init.keepalive === true });
    if (status === 204) return new Response(null, { status });
    return Response.json({ type: "x", title: "x", status, detail: "no", code: "permission_denied", requestId: "r" }, { status });
  };
  return { store: new RemovalStore(new ReplayClient({ baseUrl: "http://replay.test/livekit-replay", fetch })), sent };
};

describe("a removal", () => {
  test("hides at once, and sends only when it is committed", async () => {
    const { store, sent } = make();
    store.hold("clip-1");
    expect([...store.value.get()]).toEqual(["clip-1"]);
    expect(sent).toEqual([]);
    await store.commit("clip-1");
    await store.commit("clip-1");
    expect(sent).toEqual([{ url: "http://replay.test/livekit-replay/clips/clip-1", keepalive: false }]);
    expect([...store.value.get()]).toEqual(["clip-1"]);
  });

  test("that is undone is never sent", async () => {
    const { store, sent } = make();
    store.hold("clip-1");
    store.undo("clip-1");
    await store.commit("clip-1");
    store.flush();
    expect(sent).toEqual([]);
    expect(store.value.get().size).toBe(0);
  });

  test("that the server refuses shows the clip again", async () => {
    const { store } = make(403);
    store.hold("clip-1");
    await expect(store.commit("clip-1")).rejects.toMatchObject({ code: "permission_denied" });
    expect(store.value.get().size).toBe(0);
  });

  test("that waits when the page is left is sent so that it outlives the page", async () => {
    const { store, sent } = make();
    store.hold("clip-1");
    store.hold("clip-2");
    store.undo("clip-2");
    store.flush();
    // A page that is left runs what is ready, and waits for nothing.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(sent).toEqual([{ url: "http://replay.test/livekit-replay/clips/clip-1", keepalive: true }]);
  });
});
