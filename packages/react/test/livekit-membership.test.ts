/** Being in a LiveKit room: joining, what is seen there, losing it, leaving it. */
import { afterEach, expect, test } from "vitest";
import { DisconnectReason, RoomEvent } from "livekit-client";
import { LivekitError } from "../src/livekit/error.js";
import { Membership } from "../src/livekit/membership.js";
import type { LivekitConnection } from "../src/livekit/snapshot.js";
import { apiPeer, type Heard } from "./api-peer.js";
import { notAllowed, PeerParticipant, PeerServer, unreachable } from "./call-peer.js";

const open: Membership[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((membership) => membership.close()));
});

interface Joining {
  readonly membership: Membership;
  readonly server: PeerServer;
  readonly heard: readonly Heard[];
  readonly states: string[];
  /** Waits for a state. */
  readonly reach: (state: LivekitConnection["state"]) => Promise<void>;
}

const join = (server: PeerServer = new PeerServer(), refuse = false): Joining => {
  const { client, heard } = apiPeer(() => {
    if (refuse) return { refuse: "permission_denied" };
    // The peer takes the token for the identity.
    return { body: { url: "ws://call.test", token: "alice#tab", identity: "alice#tab", expiresAtMs: 1 } };
  });
  const membership = new Membership({ client, roomName: "lobby", device: "tab", load: server.load });
  open.push(membership);
  const states: string[] = [];
  const note = (): void => {
    const { state } = membership.value.get().connection;
    if (states.at(-1) !== state) states.push(state);
  };
  note();
  membership.value.subscribe(note);
  const reach = async (state: LivekitConnection["state"]): Promise<void> => {
    await expect.poll(() => membership.value.get().connection.state, { timeout: 10_000, interval: 10 }).toBe(state);
  };
  return { membership, server, heard, states, reach };
};

const reasonOf = (membership: Membership): string | undefined => {
  const { connection } = membership.value.get();
  return connection.state === "failed" && connection.error instanceof LivekitError ? connection.error.reason : undefined;
};

test("joins with a token for its device, and shows people once, shares, and that the room is recorded", async () => {
  const server = new PeerServer();
  server.others.push(new PeerParticipant("bob#1", "Bob").share(), new PeerParticipant("bob#2", "Bob"), new PeerParticipant("carol|x"));
  const { membership, heard, states, reach } = join(server);
  await reach("joined");
  expect(states).toEqual(["joining", "joined"]);
  expect(heard[0]).toMatchObject({ method: "POST", path: "/livekit/token", body: { roomName: "lobby", device: "tab" } });
  expect(membership.value.get()).toMatchObject({
    people: [
      { userId: "alice", isMe: true },
      { userId: "bob", name: "Bob", isMe: false },
      { userId: "carol", name: "carol", isMe: false },
    ],
    shares: [{ userId: "bob", identity: "bob#1", isHere: false, muted: false, codec: "video/h264" }],
    recording: false,
  });
  server.room.record(true);
  expect(membership.value.get().recording).toBe(true);
  server.room.meet(new PeerParticipant("dave", "Dave").share({ muted: true }));
  expect(membership.value.get().shares.map(({ userId, muted }) => [userId, muted])).toEqual([
    ["bob", false],
    ["dave", true],
  ]);
});

test("leaves when it is closed, and nothing of the room is left", async () => {
  const { membership, server, reach } = join();
  await reach("joined");
  await membership.close();
  await membership.close();
  expect(server.room.isIn).toBe(false);
  expect(membership.value.get()).toMatchObject({ connection: { state: "left" }, people: [] });
  expect(membership.joined.get()).toBeUndefined();
});

test("a connection that is lost is made again by itself, with a fresh token", async () => {
  const { membership, server, heard, states, reach } = join();
  await reach("joined");
  const before = membership.joined.get();
  server.refusals.push(unreachable(), unreachable(), unreachable(), unreachable());
  server.room.lose();
  await reach("reconnecting");
  await reach("joined");
  expect(states).toEqual(["joining", "joined", "reconnecting", "joined"]);
  expect(heard).toHaveLength(6);
  expect(membership.joined.get()).not.toBe(before);
});

test("a break that LiveKit mends itself is said when it lasts, and over when it is mended", async () => {
  const { server, states, reach } = join();
  await reach("joined");
  server.room.emit(RoomEvent.SignalReconnecting);
  server.room.emit(RoomEvent.Reconnected);
  server.room.emit(RoomEvent.SignalReconnecting);
  await reach("reconnecting");
  server.room.emit(RoomEvent.Reconnected);
  server.room.emit(RoomEvent.Reconnecting);
  server.room.emit(RoomEvent.Reconnected);
  expect(states).toEqual(["joining", "joined", "reconnecting", "joined", "reconnecting", "joined"]);
});

test("LiveKit that cannot be reached at first: three tries, then a word and a way out", async () => {
  const server = new PeerServer();
  server.refusals.push(unreachable(), unreachable(), unreachable());
  const { membership, heard, reach } = join(server);
  await reach("failed");
  expect(reasonOf(membership)).toBe("unreachable");
  expect(heard).toHaveLength(3);
  membership.retry();
  await reach("joined");
});

test.each([
  ["removed", DisconnectReason.PARTICIPANT_REMOVED],
  ["closed", DisconnectReason.ROOM_DELETED],
  ["elsewhere", DisconnectReason.DUPLICATE_IDENTITY],
] as const)("%s: it does not come back by itself", async (reason, why) => {
  const { membership, server, heard, reach } = join();
  await reach("joined");
  server.room.lose(why);
  await reach("failed");
  expect(reasonOf(membership)).toBe(reason);
  expect(membership.value.get().people).toEqual([]);
  expect(heard).toHaveLength(1);
});

test("a token that LiveKit or the server refuses is not tried again", async () => {
  const server = new PeerServer();
  server.refusals.push(notAllowed());
  const one = join(server);
  await one.reach("failed");
  expect(reasonOf(one.membership)).toBe("refused");
  expect(one.heard).toHaveLength(1);
  const other = join(new PeerServer(), true);
  await other.reach("failed");
  expect(other.heard).toHaveLength(1);
});
