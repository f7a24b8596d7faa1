/** Waiting for what was not written yet when somebody pressed: the clip is there at once, and a whole one takes its place. */
import { captureSchema, type Clip } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { CaptureStore, type Capture } from "../src/capture/store.js";
import { apiPeer, type Answer, type Heard } from "./api-peer.js";
import { aClip } from "./clip.js";

const id = (letter: string): string => letter.repeat(22);
const short = aClip({ id: id("a"), sessionId: id("s"), title: "Alice, 60 s", durationMs: 48_000, notYetMs: 12_000 });
const whole: Clip = { ...short, id: id("b"), durationMs: 60_000, notYetMs: 0 };

/** A store that has kept a short clip. `then` answers the second capture. */
const pressed = async (
  then: Answer,
): Promise<{ store: CaptureStore; heard: readonly Heard[]; first: Capture; now: () => Capture | undefined }> => {
  let captured = 0;
  const { client, heard } = apiPeer(({ method }) => {
    if (method === "DELETE") return { body: {} };
    captured += 1;
    return captured === 1 ? { body: short } : then;
  });
  const store = new CaptureStore(client);
  const first = await store.press({ sessionId: id("s"), sessionStartedAtMs: 0, lengthMs: 60_000 });
  return { store, heard, first, now: () => store.value.get()[0] };
};

test("keeps the same minute once more, waits, and deletes the clip that lacks the end", async () => {
  const { store, heard, first, now } = await pressed({ body: whole });
  const waiting = store.waitForNewest(first.key);
  expect(now()?.newest.is).toBe("waited-for");
  expect(now()?.state).toMatchObject({ is: "kept", clip: { id: short.id } });
  await waiting;
  expect(now()).toMatchObject({ newest: { is: "left" }, state: { is: "kept", clip: { id: whole.id } } });
  const [press, again, removal] = heard;
  expect(again?.body).toMatchObject({ sessionId: id("s"), title: "Alice, 60 s", waitForNewest: true });
  const { endAtMs } = captureSchema.parse(press?.body);
  const { fromMs, toMs } = captureSchema.parse(again?.body);
  expect([fromMs, toMs]).toEqual([Math.round(endAtMs ?? -1) - 60_000, Math.round(endAtMs ?? -1)]);
  expect(removal).toMatchObject({ method: "DELETE", path: `/clips/${short.id}` });
});

test("a failure leaves the clip as it is, says why, and can be tried again", async () => {
  const { store, heard, first, now } = await pressed({ refuse: "quota_exceeded" });
  await store.waitForNewest(first.key);
  expect(now()).toMatchObject({ newest: { is: "failed", error: { code: "quota_exceeded" } }, state: { clip: { id: short.id } } });
  await store.waitForNewest(first.key);
  expect(heard.filter(({ method }) => method === "POST")).toHaveLength(3);
  expect(heard.some(({ method }) => method === "DELETE")).toBe(false);
});

test("a clip that was shared meanwhile stays beside the whole one", async () => {
  const { store, heard, first, now } = await pressed({ body: whole });
  const waiting = store.waitForNewest(first.key);
  store.update({ ...short, shares: [{ postId: id("p"), channelId: "general", channelName: "general" }] });
  await waiting;
  expect(now()?.state).toMatchObject({ clip: { id: whole.id } });
  expect(heard.some(({ method }) => method === "DELETE")).toBe(false);
});
