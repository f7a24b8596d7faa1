/** Shares of real LiveKit rooms: what is on disk is what was sent, and the room sees nobody but the recording indicator. */
import { checkSequence, checkSync, type FilmFiles, makeFilmFiles, SMALL_FILM } from "@livekit-replay/peers";
import { RoomServiceClient } from "livekit-server-sdk";
import { beforeAll, describe, expect, it, type TestContext, vi } from "vitest";
import { PassthroughWorld } from "./passthrough-world.js";
import { buildRecorder } from "./recorder-build.js";

const perfect = { unreadable: 0, repeated: 0, outOfOrder: 0, missing: 0, jumps: [] };
let film: FilmFiles;
let entry: string;

beforeAll(async () => {
  entry = await buildRecorder();
  film = await makeFilmFiles(SMALL_FILM);
}, 120_000);

type Test = Pick<TestContext, "onTestFinished">;

async function world(test: Test, options: Parameters<typeof PassthroughWorld.open>[0] = {}): Promise<PassthroughWorld> {
  const made = await PassthroughWorld.open({ entry, ...options });
  test.onTestFinished(() => made.close());
  return made;
}

describe("a share of a room", () => {
  it("is on disk frame by frame, with its sound in step", async (test) => {
    const the = await world(test);
    const anna = await the.join("anna");
    await anna.publish({ film });
    const { sessionId } = await the.record("anna");
    await the.share(sessionId, "flowing");
    await the.recorders.segmentCount(sessionId, 4);
    await the.recorders.recorder.stop(sessionId);
    const clip = await the.recorders.decode(sessionId, 0);
    expect(checkSequence(clip.frames, film.frames)).toEqual(perfect);
    expect(clip.complaints).toEqual([]);
    expect(clip.audioCodec).toBe("opus");
    const { points, alone, worstUs } = checkSync(clip);
    expect(points.length).toBeGreaterThanOrEqual(3);
    expect(alone).toBe(0);
    expect(worstUs).toBeLessThan(40_000);
    expect(the.runs(sessionId)).toEqual([{ run: 0, reason: "start" }]);
  });
});
