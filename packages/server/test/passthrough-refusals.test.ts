/** Shares that cannot be recorded: each is refused with a sentence that says why, and nothing is left behind. Goodbyes and silences of LiveKit. */
import { access } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { DisconnectReason, LeaveRequest, LeaveRequest_Action } from "@livekit/protocol";
import { millis, type ReplayError } from "@livekit-replay/contract";
import { type FilmFiles, LivekitServer, makeFilmFiles, SMALL_FILM } from "@livekit-replay/peers";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { newId } from "../src/platform/ids.js";
import { Impostor, type ImpostorOptions } from "./passthrough-impostor.js";
import { PassthroughWorld } from "./passthrough-world.js";
import { buildRecorder } from "./recorder-build.js";

let film: FilmFiles;
let entry: string;
let livekit: LivekitServer;

beforeAll(async () => {
  entry = await buildRecorder();
  film = await makeFilmFiles(SMALL_FILM);
  livekit = await LivekitServer.start();
}, 120_000);

afterAll(() => livekit.close());

type Test = Pick<TestContext, "onTestFinished">;
type Options = Parameters<typeof PassthroughWorld.open>[0];

async function world(test: Test, options: Options = {}): Promise<PassthroughWorld> {
  const made = await PassthroughWorld.open({ entry, given: livekit, ...options });
  made.recorders.place = { roomName: `room-${newId().toLowerCase()}`, userId: "alice" };
  test.onTestFinished(() => made.close());
  return made;
}

async function impostor(test: Test, options: ImpostorOptions = {}, more: Options = {}): Promise<{ the: PassthroughWorld; fake: Impostor }> {
  const fake = await Impostor.open(options);
  test.onTestFinished(() => fake.close());
  return { fake, the: await world(test, { livekit: fake.access, ...more }) };
}

/** Why a session is refused; and that nothing of it is left, on disk or in the process. */
async function refused(
  the: PassthroughWorld,
  identity: string,
  options: Parameters<PassthroughWorld["record"]>[1] = {},
): Promise<ReplayError> {
  const sessionId = newId();
  const refusal = await the.record(identity, { ...options, sessionId }).then(
    () => null,
    (error: unknown) => error as ReplayError,
  );
  expect(refusal).not.toBeNull();
  await expect(access(the.recorders.folder(sessionId))).rejects.toThrow();
  expect(the.recorders.recorder.stats().processes[0]?.sessions).toBe(0);
  return refusal as ReplayError;
}

describe("a share is refused", () => {
  it("of somebody who is not there, or shares nothing, or has only a camera; also by the camera's id", async (test) => {
    const the = await world(test);
    const notSharing = { code: "not_sharing", message: "User is not sharing their screen" };
    expect(await refused(the, "nobody")).toMatchObject(notSharing);
    const anna = await the.join("anna");
    expect(await refused(the, "anna")).toMatchObject(notSharing);
    const { videoSid } = await anna.publish({ film, camera: true });
    expect(await refused(the, "anna")).toMatchObject(notSharing);
    expect(await refused(the, "anna", { videoTrackId: videoSid ?? "" })).toMatchObject(notSharing);
    expect(await the.isRecorded()).toBe(false);
  });

  it("by the id of somebody else's track, and by one of the wrong kind", async (test) => {
    const the = await world(test);
    const [anna, bert] = [await the.join("anna"), await the.join("bert")];
    await anna.publish({ film });
    const { videoSid, audioSid } = await bert.publish({ film });
    expect(await refused(the, "anna", { videoTrackId: videoSid ?? "" })).toMatchObject({ code: "not_sharing" });
    expect(await refused(the, "anna", { audioTrackId: audioSid ?? "" })).toMatchObject({ code: "not_sharing" });
    expect(await refused(the, "bert", { videoTrackId: audioSid ?? "" })).toMatchObject({ code: "not_sharing" });
    const { sessionId } = await the.record("bert", { videoTrackId: videoSid ?? "", audioTrackId: audioSid ?? "" });
    await the.share(sessionId, "flowing");
  });

  it("that is end-to-end encrypted", async (test) => {
    const the = await world(test);
    const anna = await the.join("anna");
    await anna.publish({ film, encrypted: true });
    expect(await refused(the, "anna")).toMatchObject({ code: "encrypted_room", message: expect.stringContaining("Encrypted rooms") });
  });

  it("in a codec that cannot be kept, by its name and with what to publish instead", async (test) => {
    const { the, fake } = await impostor(test, { codec: "video/H265" });
    const { code, message } = await refused(the, "anna");
    expect(code).toBe("unsupported_codec");
    expect(message).toMatch(/^H265 cannot be kept: publish the screen share as H264/);
    await expect.poll(() => fake.connections, { timeout: 5_000 }).toBe(0);
  });
});

describe("LiveKit cannot be joined", () => {
  it("because nobody is at its address", async (test) => {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as { port: number };
    await new Promise((resolve) => listener.close(resolve));
    const the = await world(test, { livekit: { url: `ws://127.0.0.1:${port}`, apiKey: "key", apiSecret: "secret" } });
    expect(await refused(the, "anna")).toMatchObject({ code: "recorder_unavailable", message: "LiveKit cannot be reached" });
  });

  it("because the key is wrong: the sentence names the variables, the log has no secret", async (test) => {
    const apiSecret = "a-wrong-secret-that-is-in-no-log-line";
    const the = await world(test, { livekit: { url: livekit.url, apiKey: livekit.apiKey, apiSecret } });
    const { code, message } = await refused(the, "anna");
    expect(code).toBe("recorder_unavailable");
    expect(message).toBe("LiveKit refused the key (LIVEKIT_API_KEY, LIVEKIT_API_SECRET)");
    expect(JSON.stringify(the.recorders.logged)).not.toContain(apiSecret);
  });

  it("because it is too old", async (test) => {
    const { the, fake } = await impostor(test, { version: "1.1.2" });
    expect((await refused(the, "anna")).message).toBe("LiveKit server 1.1 is too old: 1.2 or newer is needed");
    await expect.poll(() => fake.connections, { timeout: 5_000 }).toBe(0);
  });

  it("because something else answers, or nothing does", async (test) => {
    const busy = await impostor(test, { status: 503 });
    expect((await refused(busy.the, "anna")).message).toBe("LiveKit cannot be reached: it answered with HTTP status 503");
    const mute = await impostor(test, { mute: true }, { timings: { joinMs: millis(300) } });
    expect(await refused(mute.the, "anna")).toMatchObject({ code: "recorder_unavailable" });
  });

  it("because the room does not exist and may not be made by joining it", async (test) => {
    const strict = await LivekitServer.start({ config: { room: { auto_create: false } } });
    test.onTestFinished(() => strict.close());
    const the = await world(test, { given: strict });
    expect(await refused(the, "anna")).toMatchObject({ code: "not_sharing" });
  });

  it("because it is not configured", async (test) => {
    const the = await world(test, { livekit: null });
    expect(await refused(the, "anna")).toMatchObject({ code: "recorder_unavailable", message: "LiveKit is not configured" });
  });
});

describe("LiveKit says goodbye or nothing", () => {
  it("asks for what the recorder needs, and no more", async (test) => {
    const { the, fake } = await impostor(test);
    const { sessionId } = await the.record("anna");
    await expect.poll(() => fake.heard, { timeout: 5_000 }).toEqual(expect.arrayContaining(["subscription", "trackSetting", "pingReq"]));
    expect(Object.fromEntries(fake.queries[0] ?? [])).toMatchObject({
      protocol: "17",
      auto_subscribe: "0",
      subscriber_allow_pause: "0",
      adaptive_stream: "0",
    });
    await the.recorders.recorder.stop(sessionId);
    await expect.poll(() => fake.heard.at(-1), { timeout: 5_000 }).toBe("leave");
    await expect.poll(() => fake.connections, { timeout: 5_000 }).toBe(0);
  });

  it.each([
    ["is told to resume", LeaveRequest_Action.RESUME, DisconnectReason.UNKNOWN_REASON, "LiveKit closed the connection"],
    ["is told to reconnect", LeaveRequest_Action.RECONNECT, DisconnectReason.STATE_MISMATCH, "LiveKit closed the connection"],
    ["is told of a shutdown", LeaveRequest_Action.DISCONNECT, DisconnectReason.SERVER_SHUTDOWN, "LiveKit shuts down"],
  ])("%s: it joins anew", async (_name, action, reason, sentence) => {
    const test = { onTestFinished: (close: () => Promise<void>) => void closers.push(close) };
    const closers: (() => Promise<void>)[] = [];
    try {
      const { the, fake } = await impostor(test as Test);
      const { sessionId } = await the.record("anna");
      fake.say({ case: "leave", value: new LeaveRequest({ action, reason }) });
      expect((await the.share(sessionId, "lost")).reason).toBe(sentence);
      await expect.poll(() => fake.joins, { timeout: 5_000 }).toBe(2);
    } finally {
      for (const close of closers.toReversed()) await close();
    }
  });

  it("hangs up without a word, and the room is gone: ended, and it is not made again by joining it", async (test) => {
    const { the, fake } = await impostor(test, { rooms: [] });
    const { sessionId } = await the.record("anna");
    fake.hangUp();
    expect((await the.share(sessionId, "ended")).reason).toBe("The room was closed");
    expect(fake.joins).toBe(1);
    expect(the.recorders.recorder.stats().processes[0]?.sessions).toBe(0);
  });

  it.for([
    ["the room is still there", { rooms: ["any"] }],
    ["nobody says whether the room is there", {}],
  ] as const)("hangs up without a word, and %s: it joins anew", async ([, options], test) => {
    const { the, fake } = await impostor(test, options);
    const { sessionId } = await the.record("anna");
    fake.hangUp();
    expect((await the.share(sessionId, "lost")).reason).toBe("LiveKit closed the connection");
    await expect.poll(() => fake.joins, { timeout: 5_000 }).toBe(2);
    expect(the.shares(sessionId).map(({ state }) => state)).not.toContain("ended");
  });

  it("is cut off, and the room is gone: it may come back with those who were in it, so it is joined anew", async (test) => {
    const { the, fake } = await impostor(test, { rooms: [] });
    const { sessionId } = await the.record("anna");
    fake.cut();
    await the.share(sessionId, "lost");
    await expect.poll(() => fake.joins, { timeout: 5_000 }).toBe(2);
  });

  it("the connection is cut, again and again: it joins anew each time, with growing pauses", async (test) => {
    const { the, fake } = await impostor(test);
    const { sessionId } = await the.record("anna");
    for (let joins = 1; joins <= 3; joins += 1) {
      await expect.poll(() => fake.joins, { timeout: 5_000 }).toBe(joins);
      await expect.poll(() => fake.connections, { timeout: 5_000 }).toBe(1);
      fake.cut();
    }
    expect((await the.share(sessionId, "lost")).reason).toBe("The connection to LiveKit is lost");
    await expect.poll(() => fake.joins, { timeout: 5_000 }).toBe(4);
    await the.recorders.recorder.stop(sessionId);
    await expect.poll(() => fake.connections, { timeout: 5_000 }).toBe(0);
  });

  it("no ping is answered: the connection is given up", async (test) => {
    const { the } = await impostor(test);
    const { sessionId } = await the.record("anna");
    expect((await the.share(sessionId, "lost")).reason).toBe("LiveKit does not answer any more");
  });

  it("nothing comes of what was asked for: that is said, it is asked again, then joined anew", async (test) => {
    const { the, fake } = await impostor(test, {}, { timings: { silentMs: millis(200), stalledMs: millis(300) } });
    const { sessionId } = await the.record("anna");
    expect((await the.share(sessionId, "silent")).reason).toBe("Nothing comes from the share");
    expect((await the.share(sessionId, "lost")).reason).toBe("Nothing comes from LiveKit");
    expect(fake.heard.filter((what) => what === "subscription").length).toBeGreaterThanOrEqual(3);
    await expect.poll(() => fake.joins, { timeout: 5_000 }).toBeGreaterThan(1);
  });

  it("the media never connects: that is said, and it is joined anew", async (test) => {
    const { the, fake } = await impostor(test, {}, { timings: { connectMs: millis(400) } });
    const { sessionId } = await the.record("anna");
    expect((await the.share(sessionId, "lost")).reason).toBe("LiveKit's media cannot be reached over UDP");
    await expect.poll(() => fake.joins, { timeout: 5_000 }).toBeGreaterThan(1);
  });
});
