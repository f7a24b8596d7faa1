/** Playlists as they are played: media below `media/`, and the signed link on every address when there is one. */
import { expect, test } from "vitest";
import { micros, wallMs } from "@livekit-replay/contract";
import { type Playlist, readPlaylist } from "@livekit-replay/media";
import { addressed } from "./address.js";

const playlist: Playlist = {
  kind: "live",
  targetSeconds: 3,
  mediaSequence: 7,
  discontinuitySequence: 1,
  start: null,
  ended: false,
  segments: [
    { path: "segment-0-7.m4s", duration: micros(2_000_000), map: "init-0.mp4", discontinuity: false, startWall: wallMs(1_800_000_000_000) },
    { path: "segment-1-0.m4s", duration: micros(2_500_000), map: "init-1.mp4", discontinuity: true, startWall: wallMs(1_800_000_003_000) },
  ],
};

const addresses = (text: string): string[] => [
  ...text.split("\n").filter((line) => line !== "" && !line.startsWith("#")),
  ...[...text.matchAll(/URI="([^"]*)"/g)].map((match) => match[1] ?? ""),
];

test("media lies below media/", () => {
  const text = addressed(playlist, null);
  expect(addresses(text)).toEqual(["media/segment-0-7.m4s", "media/segment-1-0.m4s", "media/init-0.mp4", "media/init-1.mp4"]);
  expect(readPlaylist(text).mediaSequence).toBe(7);
});

test("the link is on every address, and nowhere else", () => {
  const text = addressed(playlist, "abc.p.x");
  expect(addresses(text)).toEqual(
    ["media/segment-0-7.m4s", "media/segment-1-0.m4s", "media/init-0.mp4", "media/init-1.mp4"].map((address) => `${address}?token=abc.p.x`),
  );
  expect(text.match(/token=/g)).toHaveLength(4);
});
