/** A room and its events. */
import type { RoomEvent, Session } from "@livekit-replay/contract";
import { describe, expect, test } from "vitest";
import { reduceRoom, unknownRoom, type RoomState } from "./reduce.js";

const session = (id: string, change: Partial<Session> = {}): Session => ({
  id,
  sessionId: id,
  roomName: "lobby",
  communityId: "demo",
  owner: { userId: id, name: id },
  state: "active",
  recorder: "whip",
  startedAtMs: 1000,
  endedAtMs: null,
  graceEndsAtMs: null,
  window: null,
  health: { state: "ok", reason: null },
  video: null,
  pausedAtMs: null,
  can: { capture: true, stop: false, pause: false, forget: false },
  links: { live: null, strip: null },
  serverTimeMs: 2000,
  ...change,
});
const after = (...events: RoomEvent[]): RoomState => events.reduce(reduceRoom, unknownRoom);
const ids = (room: RoomState): string[] => room.sessions.map((one) => one.id);

describe("a room", () => {
  test("stays the same object when an event says what is known, and what is not of an event stays the same in it", () => {
    const event: RoomEvent = { type: "room", sessions: [session("a", { startedAtMs: 3000 }), session("b")], serverTimeMs: 1 };
    const before = after(event);
    expect(reduceRoom(before, structuredClone(event))).toBe(before);
    const silent = session("a", { startedAtMs: 3000, health: { state: "silent", reason: null } });
    const now = reduceRoom(before, { type: "session", session: silent, serverTimeMs: 2 });
    expect(now.sessions[0]?.health.state).toBe("silent");
    expect(now.sessions[0]?.owner).toBe(before.sessions[0]?.owner);
    expect(now.sessions[1]).toBe(before.sessions[1]);
  });

  test("is known from its first event, with what runs first and the newest first", () => {
    const room = after({
      type: "room",
      sessions: [session("ended", { state: "ended" }), session("old"), session("new", { startedAtMs: 5000 })],
      serverTimeMs: 1,
    });
    expect(room.known).toBe(true);
    expect(ids(room)).toEqual(["new", "old", "ended"]);
  });

  test("a session that changes keeps its place among the others; one that ends goes behind", () => {
    const room = after(
      { type: "room", sessions: [session("a", { startedAtMs: 2 }), session("b", { startedAtMs: 1 })], serverTimeMs: 1 },
      { type: "session", session: session("a", { state: "ended", startedAtMs: 2 }), serverTimeMs: 2 },
      { type: "session", session: session("c", { startedAtMs: 3 }), serverTimeMs: 3 },
    );
    expect(ids(room)).toEqual(["c", "b", "a"]);
  });

  test("a window belongs to its session; a session that is gone takes it along", () => {
    const window = { fromMs: 1, toMs: 2, gaps: [], sizeBytes: 3 };
    const room = after(
      { type: "room", sessions: [session("a"), session("b")], serverTimeMs: 1 },
      { type: "window", sessionId: "b", window, serverTimeMs: 2 },
    );
    expect(room.sessions.find((one) => one.id === "b")?.window).toEqual(window);
    expect(room.sessions.find((one) => one.id === "a")?.window).toBeNull();
    expect(ids(reduceRoom(room, { type: "session_gone", sessionId: "b", serverTimeMs: 3 }))).toEqual(["a"]);
  });

  test("captures are noticed once each, newest first, and not for ever", () => {
    const captured = (number: number): RoomEvent => ({
      type: "captured",
      sessionId: "a",
      clipId: `clip-${number}`,
      by: { userId: "b", name: "B" },
      durationMs: 1,
      startsAtMs: number,
      endsAtMs: number + 1,
      serverTimeMs: number,
    });
    const room = after(...Array.from({ length: 30 }, (_, number) => captured(number)), captured(29));
    expect(room.notices).toHaveLength(20);
    expect(room.notices[0]?.clipId).toBe("clip-29");
    expect(room.notices[1]?.clipId).toBe("clip-28");
  });

  test("begins anew with the whole state of a new connection", () => {
    const room = after(
      { type: "room", sessions: [session("a")], serverTimeMs: 1 },
      { type: "room", sessions: [session("b")], serverTimeMs: 2 },
    );
    expect(ids(room)).toEqual(["b"]);
  });
});
