/** Choosing clips of a list. */
import type { Clip } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { aClip } from "../../test/clip.js";
import { awayPlaces, entriesOf, type Entry } from "./entries.js";
import { chosenOf, MOST_CHOSEN } from "./selection.js";

interface List {
  readonly entries: readonly Entry[];
  readonly clips: ReadonlyMap<number, Clip>;
}

const listOf = (count: number, hidden: readonly string[] = []): List => {
  const clips = new Map(Array.from({ length: count }, (_, place) => [place, aClip({ id: `clip-${place}` })]));
  return { clips, entries: entriesOf(count + 1, awayPlaces(clips, new Set(hidden))) };
};

test("what is chosen comes in the order of the list; what is hidden or gone is not part of it", () => {
  const { entries, clips } = listOf(5, ["clip-2"]);
  const chosen = chosenOf(entries, clips, new Set(["clip-3", "clip-1", "clip-2", "gone"]));
  expect(chosen.map(({ id, clip }) => [id, clip.id])).toEqual([
    [1, "clip-1"],
    [2, "clip-3"],
  ]);
});

test("no more can be chosen than what can be done to each; what is not loaded is not chosen", () => {
  const { entries, clips } = listOf(MOST_CHOSEN + 5);
  expect(chosenOf(entries, clips, new Set([...clips.values()].map(({ id }) => id)))).toHaveLength(MOST_CHOSEN);
  expect(chosenOf(entries, clips, undefined)).toHaveLength(MOST_CHOSEN);
  expect(chosenOf(entries, new Map([...clips].slice(3, 5)), undefined).map(({ id }) => id)).toEqual([3, 4]);
});

test("a clip that stands at two places is shown once, whichever was loaded first", () => {
  const clip = aClip({});
  const clips = new Map([
    [1, clip],
    [0, clip],
  ]);
  expect(awayPlaces(clips, new Set())).toEqual([1]);
  expect(entriesOf(3, [1])).toEqual([
    { id: 0, place: 0 },
    { id: 1, place: 2 },
  ]);
});
