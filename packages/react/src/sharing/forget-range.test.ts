/** Which stretch a choice means. */
import { describe, expect, test } from "vitest";
import { chosenSpan, forgetFrom, forgetSpan, offeredMinutes } from "./forget-range.js";

const NOW = 1_800_000_000_000;
const window = { fromMs: NOW - 300_000, toMs: NOW - 1500, gaps: [], sizeBytes: 1 };

describe("what is there", () => {
  test.each([
    ["it is recorded: up to now", { state: "active", pausedAtMs: null } as const, NOW],
    ["it is paused: up to the pause", { state: "active", pausedAtMs: NOW - 1000 } as const, window.toMs],
    ["it has ended", { state: "ended", pausedAtMs: null } as const, window.toMs],
  ])("%s", (_, session, toMs) => {
    expect(forgetSpan({ ...session, window }, NOW)).toEqual({ fromMs: window.fromMs, toMs });
  });

  test("nothing before the first segment", () => {
    expect(forgetSpan({ state: "active", pausedAtMs: null, window: null }, NOW)).toBeUndefined();
  });
});

describe("what is chosen", () => {
  const span = { fromMs: NOW - 130_000, toMs: NOW };

  test("only what is shorter than all is offered", () => {
    expect(offeredMinutes(span)).toEqual([1, 2]);
    expect(offeredMinutes({ fromMs: NOW - 60_000, toMs: NOW })).toEqual([]);
    expect(offeredMinutes({ fromMs: NOW - 600_000, toMs: NOW })).toEqual([1, 2, 5]);
  });

  test("the last minutes count from the end of what is there", () => {
    expect(chosenSpan({ is: "last", minutes: 1 }, span)).toEqual({ fromMs: NOW - 60_000, toMs: NOW });
    expect(forgetFrom({ is: "last", minutes: 2 }, span)).toBe(NOW - 120_000);
  });

  test("a moment outside of it is moved to its edge", () => {
    expect(chosenSpan({ is: "since", fromMs: NOW - 999_000 }, span)).toEqual(span);
    expect(chosenSpan({ is: "since", fromMs: NOW + 5 }, span)).toEqual({ fromMs: NOW, toMs: NOW });
  });

  test("all is asked for without a beginning: what came in meanwhile goes too", () => {
    expect(forgetFrom({ is: "all" }, span)).toBeUndefined();
    expect(chosenSpan({ is: "all" }, span)).toEqual(span);
  });
});
