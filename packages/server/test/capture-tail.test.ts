/** A tail that the recorder says it has written and that cannot be read: it costs what was in flight, not the clip. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type TailEntry, wallMs } from "@livekit-replay/contract";
import { loadFilm, readClip } from "@livekit-replay/peers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tailName } from "../src/store/names.js";
import { sessionPath, userPath } from "../src/store/paths.js";
import { type ConvertWorld, LONG_GOPS, openConvertWorld, pictureOf, ready, writeSession } from "./convert-material.js";
import { SESSION, START, tempRoot } from "./store-material.js";

let root: string;
let remove: () => Promise<void>;
let world: ConvertWorld;
/** Writes what the recorder has of the open GOP. */
let write: (file: string) => Promise<void>;

/** Six seconds are closed; the recorder says that the fourth segment is open, and has written some of it. */
const entry: TailEntry = {
  run: 0,
  number: 3,
  runReason: "start",
  startPts: 7_000_000,
  endPts: 7_500_000,
  startWall: START + 6000,
  endWall: START + 6500,
  sizeBytes: 4000,
  frames: 15,
  gaps: [],
  coversFrom: 3,
  coversTo: 3,
};

beforeEach(async () => {
  ({ root, remove } = await tempRoot());
  const film = await loadFilm({ ...LONG_GOPS, seconds: 6 });
  await writeSession(root, [{ picture: pictureOf(film), packets: film.packets, startWall: wallMs(START) }]);
  world = await openConvertWorld(root, "ffmpeg", {
    tail: async (_sessionId, captureId) => {
      await write(path.join(sessionPath(root, SESSION), tailName(captureId)));
      return entry;
    },
  });
});
afterEach(async () => {
  await world.close();
  await remove();
});

test.each([
  ["broken", (file: string) => writeFile(file, "no segment")],
  ["empty", (file: string) => writeFile(file, "")],
  ["missing", () => Promise.resolve()],
])("%s: all that is closed is kept, whole", async (_, writeTail) => {
  write = writeTail;
  const clip = await ready(world, await world.capture(5));
  expect(clip.endsAtMs).toBeCloseTo(START + 6000, -1);
  expect(clip.durationMs).toBeCloseTo(5000, -2);
  const { frames, complaints } = await readClip(path.join(userPath(root, clip.userId), `${clip.fileKey}.mp4`));
  expect(complaints).toEqual([]);
  expect(frames.at(-1)?.number).toBe(179);
  expect(world.logger.lines.filter((line) => line.includes("captured without the open GOP"))).toHaveLength(1);
});
