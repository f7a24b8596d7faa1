/** Since when shares are known: the first look at a room tells nothing of their age, later ones do. */
import { wallMs } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { Sightings } from "./sightings.js";

test("what the first look shows was always there; what a later one adds began with it", () => {
  const sightings = new Sightings();
  sightings.note("lobby", ["old"], wallMs(10));
  sightings.note("lobby", ["old", "new"], wallMs(20));
  sightings.note("lobby", ["old", "new"], wallMs(30));
  expect(sightings.since("lobby", "old")).toBe(0);
  expect(sightings.since("lobby", "new")).toBe(20);
  expect(sightings.since("studio", "new")).toBe(0);
});

test("a room that was empty is known; a share that was gone is new again; rooms of no interest are forgotten", () => {
  const sightings = new Sightings();
  sightings.note("lobby", [], wallMs(10));
  sightings.note("lobby", ["one"], wallMs(20));
  expect(sightings.since("lobby", "one")).toBe(20);
  sightings.note("lobby", [], wallMs(30));
  sightings.note("lobby", ["one"], wallMs(40));
  expect(sightings.since("lobby", "one")).toBe(40);
  sightings.keep(new Set(["studio"]));
  expect(sightings.since("lobby", "one")).toBe(0);
});

test("where other servers look too, a share is as old as it may be: it can have been started and stopped there", () => {
  const sightings = new Sightings(() => false);
  sightings.note("lobby", [], wallMs(1000));
  sightings.note("lobby", ["a"], wallMs(6000));
  expect(sightings.since("lobby", "a")).toBe(1000);
  sightings.note("lobby", ["a", "b"], wallMs(11_000));
  expect(sightings.since("lobby", "a")).toBe(1000);
  expect(sightings.since("lobby", "b")).toBe(6000);
});
