/** When keyframes are asked for: due after a segment's length, a little later of publishers that send them by themselves. */
import { millis, wallMs } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { KeyframeRequests } from "./keyframes.js";

const segmentMs = millis(2000);
const made = (): KeyframeRequests => new KeyframeRequests(() => {});

test("a publisher that sends keyframes in a rhythm of its own is waited for a little longer than a segment", () => {
  const requests = made();
  expect(requests.patience(segmentMs)).toBe(2000);
  for (const at of [1000, 3000, 5005]) requests.answered(wallMs(at));
  expect(requests.patience(segmentMs)).toBe(2250);
});

test("one whose rhythm is longer than a segment is asked as soon as the segment is due", () => {
  const requests = made();
  for (const at of [1000, 11_000]) requests.answered(wallMs(at));
  expect(requests.patience(segmentMs)).toBe(2000);
});

test("a keyframe that was asked for shows no rhythm", () => {
  const requests = made();
  requests.answered(wallMs(1000));
  requests.tick("due", wallMs(3000));
  requests.answered(wallMs(3060));
  expect(requests.patience(segmentMs)).toBe(2000);
});

test("a rhythm is still known after a loss: the keyframes in between were asked for in vain", () => {
  const requests = made();
  for (const at of [1000, 3000]) requests.answered(wallMs(at));
  requests.tick("needed", wallMs(3700));
  requests.answered(wallMs(7010));
  expect(requests.patience(segmentMs)).toBe(2250);
  requests.tick("needed", wallMs(7700));
  requests.answered(wallMs(7790));
  expect(requests.patience(segmentMs)).toBe(2000);
});
