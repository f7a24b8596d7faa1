/** The client of LiveKit's API: rooms of a real livekit-server, and what becomes of everything that can be wrong with one. */
import { millis } from "@livekit-replay/contract";
import { LivekitPublisher, LivekitServer, makeFilmFiles, SMALL_FILM } from "@livekit-replay/peers";
import type { ParticipantInfo } from "livekit-server-sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LivekitRooms } from "../src/livekit/rooms.js";
import { sharesAmong } from "../src/livekit/share.js";
import { openStandin, type Standin, type StandinMood } from "./livekit-standin.js";

let said: string[];
const logger = {
  info: (_fields: object, message: string) => void said.push(`info ${message}`),
  warn: (_fields: object, message: string) => void said.push(`warn ${message}`),
  error: (_fields: object, message: string) => void said.push(`error ${message}`),
};
const roomsAt = (url: string, apiSecret = "a secret that nobody knows of"): LivekitRooms =>
  new LivekitRooms({ livekit: { url, apiKey: "replay-tests", apiSecret }, logger, limit: millis(400) });

beforeEach(() => {
  said = [];
});

describe("a real livekit-server", () => {
  let livekit: LivekitServer;
  const closing: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    livekit = await LivekitServer.start();
    closing.push(() => livekit.close());
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  test("tells of participants and their screens; a room that is not there is empty", async () => {
    const rooms = roomsAt(livekit.url, livekit.apiSecret);
    const film = await makeFilmFiles(SMALL_FILM);
    const bob = await LivekitPublisher.join({ server: livekit, room: "lobby", identity: "bob#tab" });
    closing.push(() => bob.close());
    const carol = await LivekitPublisher.join({ server: livekit, room: "lobby", identity: "carol" });
    closing.push(() => carol.close());
    await bob.publish({ film });
    await carol.publish({ film, camera: true });
    await expect.poll(async () => sharesAmong(await rooms.participants("lobby")).map(({ identity }) => identity)).toEqual(["bob#tab"]);
    const [share] = sharesAmong(await rooms.participants("lobby"));
    expect(share).toMatchObject({ mimeType: "video/h264", encrypted: false });
    expect(share?.videoTrackId).toMatch(/^TR_/);
    expect(share?.audioTrackId).toMatch(/^TR_/);
    expect(await rooms.participants("nowhere")).toEqual([]);
    expect(await rooms.existing(["lobby", "nowhere"])).toEqual(new Set(["lobby"]));
    await expect.poll(async () => (await rooms.participants("lobby")).length).toBe(2);
    // LiveKit tells of tracks in any order.
    const inOrder = (who: ParticipantInfo | null | undefined) => {
      who?.tracks.sort((one, other) => one.sid.localeCompare(other.sid));
      return who;
    };
    const asked = inOrder(await rooms.participant("lobby", "bob#tab"));
    expect(asked && sharesAmong([asked])).toEqual([share]);
    // Asking changed nothing.
    expect(inOrder(await rooms.participant("lobby", "bob#tab"))).toEqual(asked);
    expect(inOrder((await rooms.participants("lobby")).find(({ identity }) => identity === "bob#tab"))).toEqual(asked);
    expect(await rooms.participant("lobby", "nobody")).toBeNull();
    expect(await rooms.participant("nowhere", "bob#tab")).toBeNull();
    await bob.unpublish();
    await expect.poll(async () => sharesAmong(await rooms.participants("lobby"))).toEqual([]);
  });

  test("the newest of a person's shares comes first; what is encrypted says so", async () => {
    const rooms = roomsAt(livekit.url, livekit.apiSecret);
    const film = await makeFilmFiles(SMALL_FILM);
    for (const [identity, encrypted] of [
      ["bob#1", false],
      ["bob#2", true],
    ] as const) {
      const bob = await LivekitPublisher.join({ server: livekit, room: "lobby", identity });
      closing.push(() => bob.close());
      await bob.publish({ film, encrypted });
    }
    await expect
      .poll(async () => sharesAmong(await rooms.participants("lobby")).map(({ identity, encrypted }) => [identity, encrypted]))
      .toEqual([
        ["bob#2", true],
        ["bob#1", false],
      ]);
  });

  test("refuses a wrong secret, and is well with the right one", async () => {
    const wrong = roomsAt(livekit.url);
    await expect(wrong.participants("lobby")).rejects.toMatchObject({
      code: "recorder_unavailable",
      message: "Recorder is not available: LiveKit refused the API key (LIVEKIT_API_KEY, LIVEKIT_API_SECRET)",
    });
    expect(await wrong.health()).toMatchObject({ status: "degraded", detail: expect.stringContaining("refused") as string });
    expect(said).toEqual(["error LiveKit refuses the API key: check LIVEKIT_API_KEY and LIVEKIT_API_SECRET"]);
    expect(await roomsAt(livekit.url, livekit.apiSecret).health()).toEqual({ status: "ok" });
  });
});

describe("something that is not well", () => {
  let standin: Standin;
  beforeEach(async () => {
    standin = await openStandin("empty");
  });
  afterEach(() => standin.close());

  const unreachable = "Recorder is not available: LiveKit cannot be reached";
  test.each<[string, StandinMood, string]>([
    ["does not answer", "hang", unreachable],
    ["has an error of its own", { status: 500, code: "internal" }, unreachable],
    ["is a web server of another kind", "page", unreachable],
    ["refuses the key", { status: 401, code: "unauthenticated" }, "LiveKit refused the API key"],
  ])("%s", async (_what, mood, sentence) => {
    standin.mood = mood;
    const rooms = roomsAt(standin.url);
    for (const call of [() => rooms.participants("lobby"), () => rooms.existing(["lobby"])])
      await expect(call()).rejects.toMatchObject({ code: "recorder_unavailable", message: expect.stringContaining(sentence) as string });
    expect(standin.calls).toEqual(["ListParticipants", "ListRooms"]);
    expect(said).toHaveLength(1);
  });

  test("says once that it is gone and once that it is back; tells when to try again", async () => {
    const rooms = roomsAt(standin.url);
    await rooms.participants("lobby");
    standin.mood = { status: 503, code: "unavailable" };
    for (const _time of [1, 2, 3]) await expect(rooms.participants("lobby")).rejects.toMatchObject({ retryAfterSeconds: 2 });
    standin.mood = "empty";
    await rooms.participants("lobby");
    expect(said).toEqual(["warn LiveKit cannot be reached", "info LiveKit can be reached again"]);
  });

  test("a room that is not found is empty", async () => {
    standin.mood = { status: 404, code: "not_found" };
    expect(await roomsAt(standin.url).participants("lobby")).toEqual([]);
  });

  test("health is asked for once however often it is read", async () => {
    const rooms = roomsAt(standin.url);
    expect(await Promise.all([1, 2, 3].map(() => rooms.health()))).toEqual([{ status: "ok" }, { status: "ok" }, { status: "ok" }]);
    expect(standin.calls).toEqual(["ListRooms"]);
  });

  test("many rooms are asked for in parts", async () => {
    expect(await roomsAt(standin.url).existing(Array.from({ length: 450 }, (_unused, n) => `room${n}`))).toEqual(new Set());
    expect(standin.calls).toEqual(["ListRooms", "ListRooms", "ListRooms"]);
  });
});

test("nobody at the address", async () => {
  await expect(roomsAt("ws://127.0.0.1:9").participants("lobby")).rejects.toMatchObject({ code: "recorder_unavailable" });
  expect(await roomsAt("ws://127.0.0.1:9").health()).toMatchObject({ status: "degraded" });
});
