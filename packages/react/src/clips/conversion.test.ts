/** News of conversions, as they land in a clip. */
import type { Clip, Conversion } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { percentOf, withConversion } from "./conversion.js";
import { aClip } from "../../test/clip.js";

const after = (...news: Conversion[]): Clip => news.reduce(withConversion, aClip({}));

test("a conversion goes on, beside another one, until it is done", () => {
  const both = after({ what: "mp4", done: 0.1 }, { what: "aac", done: 0.5 }, { what: "mp4", done: 0.409 });
  expect(percentOf(both, "mp4")).toBe(40);
  expect(percentOf(both, "aac")).toBe(50);
  const one = withConversion(both, { what: "mp4", done: 1 });
  expect(percentOf(one, "mp4")).toBeUndefined();
  expect(percentOf(one, "aac")).toBe(50);
});

test("a clip of which nothing is being made says nothing", () => {
  expect(percentOf(after(), "mp4")).toBeUndefined();
  expect(withConversion(after(), { what: "aac", done: 1 }).conversions).toEqual([]);
});
