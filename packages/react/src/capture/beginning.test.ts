/** Which part of which buffer a capture will begin with. */
import { expect, test } from "vitest";
import { beginningOf, type BufferAtPress } from "./beginning.js";

const live = "http://127.0.0.1:3000/livekit-replay/sessions/abc/live.m3u8?token=signed";
const window = { fromMs: 1_000_000, toMs: 1_300_000, gaps: [], sizeBytes: 1 };
const active: BufferAtPress = { links: { live, strip: null }, recorder: "whip", state: "active", window };
const press = { fromMs: undefined, endAtMs: 1_300_750.5, lengthMs: 60_000 };

const partOf = (url: string | undefined): Record<string, string> => Object.fromEntries(new URL(url ?? "").searchParams);

test("the last minute before a press, asked for with the token instead of the link", () => {
  const url = beginningOf(active, press);
  expect(partOf(url)).toEqual({ fromMs: "1240750.5", toMs: "1300750.5" });
  expect(new URL(url ?? "").pathname).toBe("/livekit-replay/sessions/abc/live.m3u8");
});

test("of an ended session, the last minute before its newest picture", () => {
  expect(partOf(beginningOf({ ...active, state: "ended" }, press))).toEqual({ fromMs: "1240000", toMs: "1300000" });
});

test("a chosen part is where it was chosen; nothing begins before time does", () => {
  expect(partOf(beginningOf(active, { ...press, fromMs: 1_100_000 }))).toMatchObject({ fromMs: "1100000" });
  expect(partOf(beginningOf(active, { ...press, lengthMs: 9e9 }))).toMatchObject({ fromMs: "0" });
});

test.each<[string, BufferAtPress | undefined]>([
  ["an unknown session", undefined],
  ["one that may not be played", { ...active, links: { live: null, strip: null } }],
  ["one that egress records", { ...active, recorder: "egress" }],
])("none of %s", (_, buffer) => {
  expect(beginningOf(buffer, press)).toBeUndefined();
});
