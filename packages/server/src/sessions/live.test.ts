/** Health of sessions: which trouble stands over which, and what ends it. */
import { wallMs } from "@livekit-replay/contract";
import { beforeEach, expect, test } from "vitest";
import { LiveSessions } from "./live.js";

let live: LiveSessions;
beforeEach(() => {
  live = new LiveSessions();
  live.begin("s", 0);
});
const state = (): string => live.health("s").state;

test("waits for the first picture, then is well", () => {
  expect(state()).toBe("waiting");
  expect(live.source("s", null)).toBe(false);
  expect(state()).toBe("waiting");
  expect(live.flows("s", 0)).toBe(true);
  expect(live.health("s")).toEqual({ state: "ok", reason: null });
  expect(live.flows("s", 0)).toBe(false);
});

test("a mute outlasts the last segment before it, and ends by the recorder's word", () => {
  live.flows("s", 0);
  expect(live.source("s", "muted")).toBe(true);
  expect(live.source("s", "muted")).toBe(false);
  live.flows("s", 0);
  expect(live.health("s")).toEqual({ state: "silent", reason: "The share is muted" });
  expect(live.source("s", null)).toBe(true);
  expect(state()).toBe("ok");
});

test("a lost LiveKit is a reconnect, with the recorder's own sentence when it has one", () => {
  live.source("s", "lost");
  expect(live.health("s")).toEqual({ state: "reconnecting", reason: "LiveKit cannot be reached; recording goes on when it is back" });
  expect(live.source("s", "lost", "LiveKit restarts")).toBe(true);
  expect(live.health("s").reason).toBe("LiveKit restarts");
  expect(live.waiting()).toEqual([]);
});

test("silence ends with a segment", () => {
  live.flows("s", 0);
  live.source("s", "silent");
  expect(state()).toBe("silent");
  expect(live.flows("s", 0)).toBe(true);
  expect(state()).toBe("ok");
});

test("a session without a source waits, whatever is still told of the old one, until a new run begins", () => {
  live.flows("s", 0);
  live.gone("s", wallMs(5));
  expect(live.source("s", null)).toBe(false);
  expect(state()).toBe("reconnecting");
  expect(live.waiting()).toEqual([{ sessionId: "s", until: 5 }]);
  expect(live.waitsUntil("s")).toBe(5);
  live.begin("s", 1);
  expect(live.waitsUntil("s")).toBeNull();
  expect(state()).toBe("waiting");
  expect(live.highestRun("s")).toBe(1);
});

test("losses are told while nothing worse is", () => {
  live.flows("s", 0);
  live.degraded("s", "The disk is slow");
  expect(live.health("s")).toEqual({ state: "degraded", reason: "The disk is slow" });
  live.source("s", "silent");
  expect(state()).toBe("silent");
});
