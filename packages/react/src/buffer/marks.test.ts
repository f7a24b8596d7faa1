/** Clips on the strip: each once, whoever made it. */
import type { Clip } from "@livekit-replay/contract";
import { describe, expect, test } from "vitest";
import type { Capture } from "../capture/store.js";
import { markAt, marksOf } from "./marks.js";

const clip = (id: string, sessionId: string, startsAtMs: number) =>
  ({ id, sessionId, startsAtMs, endsAtMs: startsAtMs + 4000, durationMs: 4000 }) as Clip;
const capture = (id: string, sessionId: string): Capture => ({
  key: `capture-${id}`,
  sessionId,
  sessionStartedAtMs: 0,
  requestedMs: 1000,
  range: undefined,
  channelId: undefined,
  shareRefused: undefined,
  pressedAtMs: 0,
  endAtMs: 0,
  beginning: undefined,
  newest: { is: "left" },
  state: { is: "kept", clip: clip(id, sessionId, 5000) },
});
const notice = (clipId: string, sessionId: string, startsAtMs: number) => ({
  clipId,
  sessionId,
  by: { userId: "b", name: "Bob" },
  durationMs: 2000,
  startsAtMs,
  endsAtMs: startsAtMs + 2000,
  atMs: 0,
});

describe("marksOf", () => {
  const marks = marksOf("s", {
    notices: [notice("one", "s", 5000), notice("two", "s", 1000), notice("three", "other", 0), notice("gone", "s", 0)],
    captures: [capture("one", "s"), capture("x", "other")],
    before: [clip("old", "s", 500), clip("one", "s", 5000), clip("gone", "s", 0), clip("y", "other", 0)],
    hidden: new Set(["gone"]),
  });

  test("each clip of the session once, oldest first; one's own is one's own", () => {
    expect(marks.map(({ key, by }) => [key, by])).toEqual([
      ["old", undefined],
      ["two", "Bob"],
      ["one", undefined],
    ]);
  });

  test("a moment lies in a clip, or in none", () => {
    expect(markAt(marks, 2000)?.key).toBe("two");
    expect(markAt(marks, 9000)?.key).toBe("one");
    expect(markAt(marks, 4800)).toBeUndefined();
  });
});
