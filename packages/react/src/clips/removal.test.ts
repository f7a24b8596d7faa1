/** Deleting with a way back: nothing is sent before the undo has ended, and never twice. */
import { ReplayClient } from "@livekit-replay/client";
import { describe, expect, onTestFinished, test, vi } from "vitest";
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

  test("of many goes on where one is refused, and says which", async () => {
    const { store, sent } = make(403);
    for (const id of ["clip-1", "clip-2", "clip-3"]) store.hold(id);
    store.undo("clip-2");
    const refused = await store.commitAll(["clip-1", "clip-2", "clip-3"]);
    expect(refused.map(({ clipId }) => clipId)).toEqual(["clip-1", "clip-3"]);
    expect(sent).toHaveLength(2);
    expect(store.value.get().size).toBe(0);
  });

  test("of many waits where the server asks for it, and leaves nothing out", async () => {
    const answers = [429, 204, 204];
    const fetch = (): Promise<Response> => {
      const status = answers.shift() ?? 500;
      if (status === 204) return Promise.resolve(new Response(null, { status }));
      const problem = { type: "x", title: "x", status, detail: "slower", code: "rate_limited", requestId: "r" };
      // Longer than the client itself would wait.
      return Promise.resolve(Response.json(problem, { status, headers: { "retry-after": "61" } }));
    };
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const store = new RemovalStore(new ReplayClient({ baseUrl: "http://replay.test/livekit-replay", fetch }));
    store.hold("clip-1");
    store.hold("clip-2");
    const done = store.commitAll(["clip-1", "clip-2"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([...store.value.get()].toSorted()).toEqual(["clip-1", "clip-2"]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await done).toEqual([]);
    expect(answers).toEqual([]);
  });
});
