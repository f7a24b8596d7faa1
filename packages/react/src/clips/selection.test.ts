/** Choosing clips of a list. */
import { expect, test } from "vitest";
import { aClip } from "../../test/clip.js";
import { entriesOf, type Entry } from "./entries.js";
import { chosenOf, MOST_CHOSEN } from "./selection.js";

const listOf = (count: number, hidden: readonly string[] = []): Entry[] =>
  entriesOf(
    { total: count + 1, clips: new Map(Array.from({ length: count }, (_, place) => [place, aClip({ id: `clip-${place}` })])) },
    new Set(hidden),
  );

test("what is chosen comes in the order of the list; what is hidden or gone is not part of it", () => {
  const chosen = chosenOf(listOf(5, ["clip-2"]), new Set(["clip-3", "clip-1", "clip-2", "gone"]));
  expect(chosen.map(({ id, place, clip }) => [id, place, clip?.id])).toEqual([
    [1, 1, "clip-1"],
    [2, 3, "clip-3"],
  ]);
});

test("no more can be chosen than what can be done to each", () => {
  const list = listOf(MOST_CHOSEN + 5);
  expect(chosenOf(list, new Set(list.flatMap(({ clip }) => clip?.id ?? [])))).toHaveLength(MOST_CHOSEN);
});

test("a clip that stands at two places is shown once, and what did not change is the same thing", () => {
  const clip = aClip({});
  const clips = new Map([
    [0, clip],
    [1, clip],
  ]);
  const first = entriesOf({ total: 3, clips }, new Set());
  expect(first.map(({ id, place, clip: shown }) => [id, place, shown?.id])).toEqual([
    [0, 0, "clip-1"],
    [1, 2, undefined],
  ]);
  const again = entriesOf({ total: 3, clips }, new Set());
  expect(again.every((entry, index) => entry === first[index])).toBe(true);
});
