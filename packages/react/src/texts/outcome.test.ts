/** What was asked and what was got, in words. */
import type { Gap } from "@livekit-replay/contract";
import { describe, expect, test } from "vitest";
import { english } from "./english.js";
import { outcomeOf, type OutcomeOf } from "./outcome.js";

const said = (clip: Partial<OutcomeOf>, startedAtMs?: number, askedAtMs?: number): string => {
  const outcome = outcomeOf(
    { requestedMs: 300_000, durationMs: 300_217, startsAtMs: 1_000_000, endsAtMs: 1_300_217, gaps: [], notYetMs: 0, ...clip },
    startedAtMs,
    askedAtMs,
  );
  return english(outcome.text, { ...outcome.values, reason: outcome.reason === undefined ? "" : english(outcome.reason, {}) });
};
const gap = (fromMs: number, toMs: number, reason: Gap["reason"]): Gap => ({ fromMs, toMs, reason });

describe("outcomeOf", () => {
  test("a clip as long as asked", () => {
    expect(said({})).toBe("asked 5:00, got 5:00");
  });

  test("a share that had only just begun", () => {
    expect(said({ durationMs: 192_000, startsAtMs: 1_108_000 }, 1_107_000)).toBe("asked 5:00, got 3:12: the share began 3:12 ago");
  });

  test("a part of the past, or a share that is over, that begins with the share", () => {
    const clip = { durationMs: 192_000, startsAtMs: 1_108_000, endsAtMs: 1_300_000 };
    expect(said(clip, 1_107_000, 1_300_100)).toBe("asked 5:00, got 3:12: the share began 3:12 ago");
    expect(said(clip, 1_107_000, 1_500_000)).toBe("asked 5:00, got 3:12: the share began no earlier");
    expect(said(clip, 0, 1_500_000)).toBe("asked 5:00, got 3:12: the buffer reached no further back");
  });

  test("a buffer that reached no further, of a share that began long before", () => {
    expect(said({ durationMs: 192_000, startsAtMs: 1_108_000 }, 0)).toBe("asked 5:00, got 3:12: the buffer reached no further back");
    expect(said({ durationMs: 192_000, startsAtMs: 1_108_000 })).toBe("asked 5:00, got 3:12: the buffer reached no further back");
  });

  test("a share that began a moment ago, with a gap in it", () => {
    const clip = { durationMs: 82_000, startsAtMs: 1_211_000, gaps: [gap(1_250_000, 1_257_000, "reconnect")] };
    expect(said(clip, 1_210_000)).toBe("asked 5:00, got 1:22: the share began 1:29 ago");
  });

  test("gaps that were left out, with their reason", () => {
    const gaps = [gap(1_100_000, 1_109_000, "reconnect"), gap(1_200_000, 1_200_400, "loss")];
    expect(said({ durationMs: 291_000, gaps })).toBe("asked 5:00, got 4:51: 0:09 without picture left out (the connection was made again)");
  });

  test("gaps of several reasons", () => {
    const gaps = [gap(1_100_000, 1_104_000, "reconnect"), gap(1_200_000, 1_205_000, "silence")];
    expect(said({ durationMs: 291_000, gaps })).toContain("0:09 without picture left out (several reasons)");
  });

  test("a recorder whose newest segments are not written yet", () => {
    expect(said({ durationMs: 288_000, notYetMs: 12_000 })).toBe("asked 5:00, got 4:48: the newest 0:12 were not written yet");
    expect(said({ durationMs: 100_000, startsAtMs: 1_108_000, notYetMs: 12_000 }, 1_107_000)).toBe(
      "asked 5:00, got 1:40: the share began 1:52 ago",
    );
  });

  test("short gaps are not left out, so they explain nothing", () => {
    expect(said({ durationMs: 200_000, gaps: [gap(1, 900, "loss")] })).toContain("the buffer reached no further back");
  });
});
