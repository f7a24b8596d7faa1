/** Refused shares: news once per reason, tried again after a pause that doubles up to a minute, forgotten when recorded. */
import { ReplayError, wallMs } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { Refusals } from "./refusals.js";

const full = new ReplayError("community_limit");

test("is news once, and again for another reason", () => {
  const refusals = new Refusals();
  expect(refusals.note("TR", full, wallMs(0))).toBe(true);
  expect(refusals.note("TR", full, wallMs(1))).toBe(false);
  expect(refusals.note("TR", new ReplayError("quota_exceeded"), wallMs(2))).toBe(true);
  refusals.forget("TR");
  expect(refusals.note("TR", full, wallMs(3))).toBe(true);
});

test("waits 5 s, then twice as long each time, at most a minute", () => {
  const refusals = new Refusals();
  const pauses: number[] = [];
  let now = 0;
  for (let n = 0; n < 6; n += 1) {
    refusals.note("TR", full, wallMs(now));
    let pause = 0;
    while (refusals.isWaiting("TR", wallMs(now + pause))) pause += 1000;
    pauses.push(pause);
    now += pause;
  }
  expect(pauses).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  expect(refusals.isWaiting("other", wallMs(0))).toBe(false);
});
