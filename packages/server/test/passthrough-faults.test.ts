/** LiveKit, the recorder's process, the network and the recorder's rights fail while shares are recorded: each session goes on in a new run. How soon after a death: `passthrough-death.timed.test.ts`. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kill } from "node:process";
import { checkSequence, type FilmFiles, LivekitServer, makeFilmFiles, SMALL_FILM } from "@livekit-replay/peers";
import { beforeAll, describe, expect, it, type TestContext } from "vitest";
import { newId } from "../src/platform/ids.js";
import { PassthroughWorld } from "./passthrough-world.js";
import { buildRecorder } from "./recorder-build.js";

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

/** The recorder as LiveKit knows it in the world's room. */
async function recorderIdentity(the: PassthroughWorld): Promise<string> {
  const people = await the.rooms.listParticipants(the.room);
  return people.map(({ identity }) => identity).find((identity) => identity.startsWith("replay-recorder-")) ?? "";
}

const twoRuns = (reason: string): object[] => [
  { run: 0, reason: "start" },
  { run: 1, reason },
];

describe("LiveKit", () => {
  it("killed and started again with three shares: all record again within 10 s of its return, with one gap each", async (test) => {
    const the = await world(test);
    const sessions = await the.sharing(film, "anna", "bert", "carla");
    await the.livekit.kill();
    for (const { sessionId } of sessions) await the.share(sessionId, "lost");
    await the.livekit.restart();
    const returnedAt = Date.now();
    for (const { sessionId } of sessions) await the.recorders.runBegun(sessionId, 1);
    for (const { sessionId } of sessions) {
      const again = the.recorders.segments(sessionId).find(({ run }) => run === 1);
      expect((again?.startWall ?? Infinity) - returnedAt).toBeLessThan(10_000);
      await the.recorders.recorder.stop(sessionId);
      expect(the.runs(sessionId)).toEqual(twoRuns("reconnect"));
      expect(the.shares(sessionId).map(({ state }) => state)).toEqual(["flowing", "lost", "flowing"]);
      for (const run of [0, 1]) await the.whole(film, { sessionId, run });
    }
  }, 60_000);

  it("takes the recorder's permission to receive: that is said, and it comes back with a new one", async (test) => {
    const the = await world(test);
    const [session] = await the.sharing(film, "anna");
    const sessionId = session?.sessionId ?? "";
    const identity = await recorderIdentity(the);
    await the.rooms.updateParticipant(the.room, identity, {
      permission: { canSubscribe: false, canPublish: false, canPublishData: false, hidden: true, recorder: true },
    });
    expect((await the.share(sessionId, "lost")).reason).toBe("LiveKit does not let the recorder receive this share");
    await the.recorders.runBegun(sessionId, 1);
    expect(the.runs(sessionId)).toEqual(twoRuns("reconnect"));
    expect(await recorderIdentity(the)).not.toBe(identity);
  });

  it("removes the recorder from the room: that is said, and it comes back", async (test) => {
    const the = await world(test);
    const [session] = await the.sharing(film, "anna");
    const sessionId = session?.sessionId ?? "";
    await the.rooms.removeParticipant(the.room, await recorderIdentity(the));
    expect((await the.share(sessionId, "lost")).reason).toBe("The recorder was removed from the room");
    await the.recorders.runBegun(sessionId, 1);
    expect(the.runs(sessionId)).toEqual(twoRuns("reconnect"));
  });
});

describe("the recorder's process", () => {
  it("killed while the share ends: the session is let go", async (test) => {
    const the = await world(test);
    const [session] = await the.sharing(film, "anna");
    const sessionId = session?.sessionId ?? "";
    await the.rooms.removeParticipant(the.room, "anna");
    kill(the.recorders.process.pid, "SIGKILL");
    await the.share(sessionId, "ended");
    expect(the.recorders.recorder.stats().processes[0]?.sessions).toBe(0);
  });

  it("dead after it had begun a run of which it could not tell: the files of that run stay as they are", async (test) => {
    const the = await world(test);
    const anna = await the.join("anna");
    await anna.publish({ film });
    const sessionId = newId();
    const untold = join(the.recorders.folder(sessionId), "init-0.mp4");
    await mkdir(the.recorders.folder(sessionId), { recursive: true });
    await writeFile(untold, "untold");
    await the.record("anna", { sessionId });
    await the.recorders.segmentCount(sessionId, 1);
    expect(the.runs(sessionId)).toEqual([{ run: 1, reason: "start" }]);
    expect(await readFile(untold, "utf8")).toBe("untold");
  });

  it("told to stop what it is about to record: it is not recorded; told to record it then: it is", async (test) => {
    const the = await world(test);
    const anna = await the.join("anna");
    await anna.publish({ film });
    const [stopped, again] = [newId(), newId()];
    const { recorder } = the.recorders;
    await Promise.all([the.record("anna", { sessionId: stopped }), recorder.stop(stopped)]);
    await expect.poll(() => the.isRecorded(), { timeout: 5_000 }).toBe(false);
    await Promise.all([the.record("anna", { sessionId: again }), recorder.stop(again), the.record("anna", { sessionId: again })]);
    await the.recorders.segmentCount(again, 2);
    expect(the.shares(again).map(({ state }) => state)).not.toContain("ended");
  });

  it("stopped: open GOPs are written and announced, and the room is left", async (test) => {
    const the = await world(test);
    const [session] = await the.sharing(film, "anna");
    const sessionId = session?.sessionId ?? "";
    const closedAt = Date.now();
    await the.recorders.recorder.close();
    expect(closedAt - (the.recorders.segments(sessionId).at(-1)?.endWall ?? 0)).toBeLessThan(300);
    await the.whole(film, { sessionId, run: 0 });
    await expect.poll(() => the.isRecorded(), { timeout: 5_000 }).toBe(false);
  });

  it("is one of two: all sessions of a room are in one of them, those of another room in the other", async (test) => {
    const the = await world(test, { processes: 2 });
    await the.sharing(film, "anna", "bert");
    the.recorders.place = { roomName: "garden", userId: "bob" };
    await the.sharing(film, "carla", "dora");
    expect(the.recorders.recorder.stats().processes.map(({ sessions }) => sessions)).toEqual([2, 2]);
  });
});

describe("the network", () => {
  it("loses 3 % each way at 20 ms of round trip: at least 99.5 % of the frames are there", async (test) => {
    const livekit = await LivekitServer.start({ way: { seed: 5, loss: 0.03, delayMs: 10 } });
    test.onTestFinished(() => livekit.close());
    const the = await world(test, { given: livekit });
    const [session] = await the.sharing(film, "anna");
    const sessionId = session?.sessionId ?? "";
    await the.recorders.segmentCount(sessionId, 8, 40_000);
    await the.recorders.recorder.stop(sessionId);
    const runs = the.runs(sessionId);
    expect(runs).toHaveLength(1);
    const clip = await the.recorders.decode(sessionId, 0);
    const { missing, repeated, outOfOrder } = checkSequence(clip.frames, film.frames);
    expect([repeated, outOfOrder]).toEqual([0, 0]);
    expect(missing / (clip.frames.length + missing)).toBeLessThan(0.005);
    expect(clip.complaints).toEqual([]);
    // Each frame came over that way in one packet at least: nothing goes around it.
    expect(livekit.way?.toPublisher.forwarded).toBeGreaterThan(clip.frames.length);
  }, 60_000);
});
