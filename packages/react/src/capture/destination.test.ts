/** Where captures go: only where their owner chose, and only while they may post there. */
import type { Me } from "@livekit-replay/contract";
import { describe, expect, test } from "vitest";
import { channelsFor, Destinations, destinationOf, readChoices } from "./destination.js";

const channels = [
  { id: "clips", name: "clips" },
  { id: "highlights", name: "highlights" },
];
const me = (change: Partial<Me> = {}, permissions: Me["communities"][number]["permissions"] = ["SEND_MESSAGES"]): Me => ({
  userId: "bob",
  name: "Bob",
  admin: false,
  communities: [{ id: "demo", name: "Demo", permissions, rooms: [], channels }],
  quota: { usedBytes: 0, reservedBytes: 0, limitBytes: 1 },
  limits: { bufferMinutes: 12, captureMaxMinutes: 10, graceMinutes: 15 },
  livekit: null,
  directory: "builtin",
  tokenExpiresAtMs: 1,
  serverTimeMs: 1,
  ...change,
});
const chosen = [{ userId: "bob", communityId: "demo", channelId: "highlights" }];

describe("the destination", () => {
  test("is the library until somebody chooses", () => {
    expect(destinationOf([], me(), "demo")).toEqual({ channelId: undefined, hasChosen: false });
  });

  test("is the channel that was chosen", () => {
    expect(destinationOf(chosen, me(), "demo")).toEqual({ channelId: "highlights", hasChosen: true });
  });

  test.each([
    ["of another person in the same browser", me({ userId: "carol" }), "demo", false],
    ["of another community", me(), "other", false],
    [
      "when the channel is gone or cannot be read",
      me({ communities: [{ id: "demo", name: "", permissions: ["SEND_MESSAGES"], rooms: [], channels: [] }] }),
      "demo",
      true,
    ],
    ["without the right to post", me({}, ["VIEW_CHANNEL"]), "demo", true],
    ["when nobody is known yet", undefined, "demo", false],
  ])("is the library: %s", (_, person, communityId, hasChosen) => {
    expect(destinationOf(chosen, person, communityId)).toEqual({ channelId: undefined, hasChosen });
  });

  test("may be any channel for an instance admin", () => {
    expect(channelsFor(me({ admin: true }, []), "demo")).toEqual(channels);
  });
});

describe("a choice", () => {
  test("of the library by who never chose a channel leaves the question open", () => {
    const store = new Destinations();
    store.choose("bob", "demo", undefined);
    expect(destinationOf(store.value.get(), me(), "demo")).toEqual({ channelId: undefined, hasChosen: false });
  });

  test("replaces the one before, for this person and community alone", () => {
    const store = new Destinations();
    store.choose("bob", "demo", "clips");
    store.choose("carol", "demo", "clips");
    store.choose("bob", "other", "news");
    store.choose("bob", "demo", undefined);
    expect(store.value.get()).toEqual([
      { userId: "bob", communityId: "demo", channelId: null },
      { userId: "bob", communityId: "other", channelId: "news" },
      { userId: "carol", communityId: "demo", channelId: "clips" },
    ]);
    expect(destinationOf(store.value.get(), me(), "demo")).toEqual({ channelId: undefined, hasChosen: true });
  });

  test.each([
    [null, []],
    ["", []],
    ["{", []],
    ["null", []],
    ['{"bob":"clips"}', []],
    [
      JSON.stringify([null, 1, "bob", {}, { userId: "bob", communityId: "demo" }, { userId: "", communityId: "demo", channelId: "clips" }]),
      [],
    ],
    [JSON.stringify([{ userId: "bob", communityId: "demo", channelId: { $ne: 1 } }, ...chosen]), chosen],
    [JSON.stringify([{ ...chosen[0], more: "x" }]), chosen],
  ])("stored as %j", (text, choices) => {
    expect(readChoices(text)).toEqual(choices);
  });

  test("that is stored too often is cut", () => {
    expect(readChoices(JSON.stringify(Array.from({ length: 500 }, () => chosen[0])))).toHaveLength(50);
  });
});
