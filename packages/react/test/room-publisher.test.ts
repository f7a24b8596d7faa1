/** Sharing in a LiveKit room: what is published, when the server is asked to keep it, and how it ends. */
import type { PublisherState } from "@livekit-replay/client";
import { ReplayError } from "@livekit-replay/contract";
import { Track } from "livekit-client";
import { afterEach, expect, test } from "vitest";
import { LivekitRooms } from "../src/livekit/rooms.js";
import { RoomPublisher } from "../src/sharing/room-publisher.js";
import { aSession } from "./session.js";
import { apiPeer, type Answer, type Heard } from "./api-peer.js";
import { PeerParticipant, PeerServer, peerStream, type PeerTrack } from "./call-peer.js";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

interface Sharing {
  readonly publisher: RoomPublisher;
  readonly server: PeerServer;
  readonly states: PublisherState[];
  readonly tracks: readonly PeerTrack[];
  readonly starts: () => readonly Heard[];
  readonly reach: (state: PublisherState["state"]) => Promise<void>;
}

/** Shares a picture with sound. `answers` are those of `POST /start`, the last one again and again; `active`: my sessions by `GET /status`. */
const share = (answers: readonly Answer[], { server = new PeerServer(), active = [aSession({})] } = {}): Sharing => {
  let started = 0;
  const { client, heard } = apiPeer(({ path }) => {
    if (path === "/livekit/token") return { body: { url: "ws://call.test", token: "alice#tab", identity: "alice#tab", expiresAtMs: 1 } };
    if (path === "/status/lobby") return { body: { roomName: "lobby", sessions: active, serverTimeMs: 1 } };
    started += 1;
    return answers[Math.min(started, answers.length) - 1];
  });
  const rooms = new LivekitRooms(client, server.load);
  const { stream, tracks } = peerStream("video", "audio");
  const states: PublisherState[] = [];
  const publisher = new RoomPublisher({ client, rooms, roomName: "lobby", stream, codec: "h264", onState: (state) => states.push(state) });
  open.push(publisher, rooms);
  const reach = async (state: PublisherState["state"]): Promise<void> => {
    await expect.poll(() => states.at(-1)?.state, { timeout: 10_000, interval: 10 }).toBe(state);
  };
  return { publisher, server, states, tracks, starts: () => heard.filter(({ path }) => path === "/start"), reach };
};

const kept: Answer = { body: aSession({}) };
const sources = (server: PeerServer): Track.Source[] => [...server.room.localParticipant.publications.keys()];
const errorOf = (states: readonly PublisherState[]): unknown => {
  const last = states.at(-1);
  return last?.state === "failed" ? last.error : undefined;
};

test("publishes picture and sound in H.264 and one layer, then asks the server to keep those tracks", async () => {
  const { server, states, starts, reach } = share([kept]);
  await reach("publishing");
  expect(states.map(({ state }) => state)).toEqual(["connecting", "publishing"]);
  expect(sources(server)).toEqual([Track.Source.ScreenShare, Track.Source.ScreenShareAudio]);
  expect(server.room.localParticipant.getTrackPublication(Track.Source.ScreenShare)?.options).toMatchObject({
    videoCodec: "h264",
    simulcast: false,
    backupCodec: false,
    screenShareEncoding: { maxBitrate: 6_000_000, maxFramerate: 60 },
  });
  expect(starts().map(({ body }) => body)).toEqual([{ roomName: "lobby", videoTrackId: "TR_1", audioTrackId: "TR_2" }]);
});

test("the browser's own bar ends it: taken out of the room, which is left, and every track stopped", async () => {
  const { server, tracks, reach } = share([kept]);
  await reach("publishing");
  const { room } = server;
  tracks[0]?.endByBrowser();
  await reach("ended");
  expect([...room.localParticipant.publications]).toEqual([]);
  expect(tracks.map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
  await expect.poll(() => room.isIn).toBe(false);
});

test("asks again while the server does not see the share yet", async () => {
  const { starts, reach } = share([{ refuse: "not_sharing" }, { refuse: "not_sharing" }, kept]);
  await reach("publishing");
  expect(starts()).toHaveLength(3);
});

test("a session that the server began by itself is this share's", async () => {
  const { starts, reach } = share([{ refuse: "already_active" }], { active: [aSession({ recorder: "passthrough" })] });
  await reach("publishing");
  expect(starts()).toHaveLength(1);
});

test("a session of OBS is not, nor one that another tab shares; both end the share in time", { timeout: 40_000 }, async () => {
  const server = new PeerServer();
  server.others.push(new PeerParticipant("alice#other").share());
  const shares = [
    share([{ refuse: "already_active" }], { active: [aSession({ recorder: "whip" })] }),
    share([{ refuse: "already_active" }], { active: [aSession({ recorder: "passthrough" })], server }),
  ];
  for (const { states, reach, tracks } of shares) {
    await expect.poll(() => states.at(-1)?.state, { timeout: 20_000 }).toBe("failed");
    await reach("failed");
    expect(errorOf(states)).toMatchObject({ code: "already_active" });
    expect(tracks.map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
  }
});

test("a refusal for good ends the share at once, and nothing stays in the room", async () => {
  const { server, states, starts, reach } = share([{ refuse: "community_limit" }]);
  await reach("failed");
  expect(errorOf(states)).toBeInstanceOf(ReplayError);
  expect(starts()).toHaveLength(1);
  expect(sources(server)).toEqual([]);
});

test("a room that is lost for good: published again after the next join, and the server is asked again", async () => {
  const { server, states, starts, tracks, reach } = share([kept, { refuse: "already_active" }], {
    active: [aSession({ recorder: "passthrough" })],
  });
  await reach("publishing");
  server.room.lose();
  await reach("reconnecting");
  await reach("publishing");
  expect(server.rooms).toHaveLength(2);
  expect(sources(server)).toHaveLength(2);
  expect(starts().at(-1)?.body).toMatchObject({ videoTrackId: "TR_3" });
  expect(tracks.every(({ readyState }) => readyState === "live")).toBe(true);
  expect(states.map(({ state }) => state)).toEqual(["connecting", "publishing", "reconnecting", "publishing"]);
});

test("ends while the server is still being asked", async () => {
  const { publisher, states } = share([{ refuse: "not_sharing" }]);
  await publisher.close();
  await publisher.close();
  expect(states.at(-1)).toEqual({ state: "ended" });
});
