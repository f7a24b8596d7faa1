/** Shares of real LiveKit rooms: what is on disk is what was sent, whatever happens to the share, and the room sees nobody but the recording indicator. */
import { type ClipReading, checkSequence, checkSync, type FilmFiles, makeFilmFiles, SMALL_FILM } from "@livekit-replay/peers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../src/platform/ids.js";
import { PassthroughWorld } from "./passthrough-world.js";
import { buildRecorder } from "./recorder-build.js";

const perfect = { unreadable: 0, repeated: 0, outOfOrder: 0, missing: 0, jumps: [] };
let film: FilmFiles;
let the: PassthroughWorld;

beforeAll(async () => {
  const entry = await buildRecorder();
  film = await makeFilmFiles(SMALL_FILM);
  the = await PassthroughWorld.open({ entry });
}, 120_000);

beforeEach(({ task }) => the.enter(`room-${task.id.replaceAll(/[^a-z0-9]/g, "")}`));

afterAll(() => the.close());

const numbers = (clip: ClipReading): (number | null)[] => clip.frames.map(({ number }) => number);

const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
  await expect.poll(what, { timeout: 10_000, interval: 50 }).toBe(true);
};

describe("a share of a room", () => {
  it("is on disk frame by frame, with its sound in step", async () => {
    const anna = await the.join("anna");
    await anna.publish({ film });
    const { sessionId } = await the.record("anna");
    await the.share(sessionId, "flowing");
    await the.recorders.segmentCount(sessionId, 4);
    await the.recorders.recorder.stop(sessionId);
    const clip = await the.whole(film, { sessionId, run: 0 });
    expect(clip.audioCodec).toBe("opus");
    const { points, alone, worstUs } = checkSync(clip);
    expect(points.length).toBeGreaterThanOrEqual(3);
    expect(alone).toBe(0);
    expect(worstUs).toBeLessThan(40_000);
    expect(the.runs(sessionId)).toEqual([{ run: 0, reason: "start" }]);
  });

  it("is recorded by somebody whom nobody sees, while the room says that it is recorded", async () => {
    const [anna, bert] = [await the.join("anna"), await the.join("bert")];
    await anna.publish({ film });
    expect(await the.isRecorded()).toBe(false);
    const { sessionId } = await the.record("anna");
    await the.recorders.segmentCount(sessionId, 1);
    expect([anna.recording, bert.recording]).toEqual([true, true]);
    expect(await the.isRecorded()).toBe(true);
    await the.recorders.recorder.stop(sessionId);
    await until(async () => (await the.isRecorded()) === false);
    await until(() => !anna.recording && !bert.recording);
    expect([[...anna.seen], [...bert.seen]]).toEqual([["bert"], ["anna"]]);
    expect(the.recorders.recorder.stats().processes[0]?.sessions).toBe(0);
  });

  it("goes on untouched when a tail is taken, which ends at the instant asked for", async () => {
    const anna = await the.join("anna");
    await anna.publish({ film });
    const { sessionId } = await the.record("anna");
    await the.recorders.segmentCount(sessionId, 2);
    const captureId = newId();
    const cutAtMs = Date.now() + 250;
    const tail = await the.recorders.recorder.tail(sessionId, captureId, cutAtMs);
    expect(tail?.endWall).toBeCloseTo(cutAtMs, 0);
    const covered = the.recorders.segments(sessionId).filter(({ number }) => number < (tail?.coversFrom ?? 0));
    const names = covered.map(({ number }) => `segment-0-${number}.m4s`);
    const clip = await the.recorders.decodeFiles(sessionId, ["init-0.mp4", ...names, `tail-${captureId}.m4s`]);
    expect(checkSequence(clip.frames, film.frames)).toEqual(perfect);
    await the.recorders.recorder.stop(sessionId);
    await the.whole(film, { sessionId, run: 0 });
  });

  it("is one of three in a room, over one connection of one process", async () => {
    const people = await Promise.all(["anna", "bert", "carla"].map((name) => the.join(name)));
    for (const person of people) await person.publish({ film });
    const sessions = await Promise.all(people.map(({ identity }) => the.record(identity)));
    for (const { sessionId } of sessions) await the.recorders.segmentCount(sessionId, 2);
    const recorders = (await the.rooms.listParticipants(the.room)).filter(({ identity }) => identity.startsWith("replay-recorder-"));
    expect(recorders).toHaveLength(1);
    for (const { sessionId } of sessions) {
      await the.recorders.recorder.stop(sessionId);
      await the.whole(film, { sessionId, run: 0 });
    }
  });
});

describe("a share in another codec", () => {
  it.each(["vp8", "vp9", "av1"] as const)("%s: on disk frame by frame, as it was sent", async (codec) => {
    const coded = await makeFilmFiles(SMALL_FILM, codec);
    const anna = await the.join("anna");
    await anna.publish({ film: coded });
    const { sessionId } = await the.record("anna");
    await the.recorders.segmentCount(sessionId, 3);
    await the.recorders.recorder.stop(sessionId);
    const clip = await the.whole(film, { sessionId, run: 0 });
    expect(clip.videoCodec).toBe(codec);
    expect(clip.audioCodec).toBe("opus");
  });
});

describe("what happens to a share", () => {
  it("muted for a while: a gap, and a new run afterwards", async () => {
    const anna = await the.join("anna");
    await anna.publish({ film });
    const { sessionId } = await the.record("anna");
    await the.recorders.segmentCount(sessionId, 1);
    await anna.setMuted("video", true);
    expect((await the.share(sessionId, "muted")).reason).toBe("The share is muted");
    await until(() => Date.now() - (the.recorders.segments(sessionId).at(-1)?.endWall ?? Infinity) > 3_000);
    await anna.setMuted("video", false);
    await the.share(sessionId, "flowing", { times: 2 });
    await the.recorders.runBegun(sessionId, 1);
    await the.recorders.recorder.stop(sessionId);
    expect(the.runs(sessionId)).toEqual([
      { run: 0, reason: "start" },
      { run: 1, reason: "mute" },
    ]);
    for (const run of [0, 1]) await the.whole(film, { sessionId, run });
    expect(the.shares(sessionId).map(({ state }) => state)).toEqual(["flowing", "muted", "flowing"]);
  });

  it("sound that comes later: a new run with it", async () => {
    const anna = await the.join("anna");
    await anna.publish({ film, sound: false });
    const { sessionId } = await the.record("anna");
    await the.recorders.segmentCount(sessionId, 2);
    await anna.addSound();
    await the.recorders.runBegun(sessionId, 1);
    await the.recorders.segmentCount(sessionId, the.recorders.segments(sessionId).length + 2);
    await the.recorders.recorder.stop(sessionId);
    expect(the.runs(sessionId)).toEqual([
      { run: 0, reason: "start" },
      { run: 1, reason: "format" },
    ]);
    expect((await the.whole(film, { sessionId, run: 0 })).audioCodec).toBeNull();
    const later = await the.whole(film, { sessionId, run: 1 });
    expect(later.audioCodec).toBe("opus");
    expect(checkSync(later).worstUs).toBeLessThan(40_000);
  });

  it("another size: the same run", async () => {
    const larger = await makeFilmFiles({ ...SMALL_FILM, width: 640, height: 360 });
    const anna = await the.join("anna");
    await anna.publish({ film });
    const { sessionId } = await the.record("anna");
    await the.recorders.segmentCount(sessionId, 1);
    await anna.changeFilm(larger);
    await the.recorders.segmentCount(sessionId, 4);
    await the.recorders.recorder.stop(sessionId);
    expect(the.runs(sessionId)).toHaveLength(1);
    await the.whole(film, { sessionId, run: 0 });
    expect(await the.widths(sessionId, 0)).toEqual([320, 640]);
  });

  it("layers: the best one in the end, every frame", async () => {
    const larger = await makeFilmFiles({ ...SMALL_FILM, width: 640, height: 360 });
    const anna = await the.join("anna");
    await anna.publish({ film: [film, larger] });
    const { sessionId } = await the.record("anna");
    await the.recorders.segmentCount(sessionId, 4);
    await the.recorders.recorder.stop(sessionId);
    const clip = await the.recorders.decode(sessionId, 0);
    expect(clip.complaints).toEqual([]);
    const faults = checkSequence(clip.frames, film.frames);
    expect(faults).toMatchObject({ missing: 0, outOfOrder: 0, unreadable: 0 });
    // LiveKit may send the picture at which it switches in both layers, ticks apart.
    expect(faults.repeated).toBeLessThanOrEqual(1);
    expect(the.runs(sessionId)).toHaveLength(1);
    expect((await the.widths(sessionId, 0)).at(-1)).toBe(640);
  });

  it("ended and begun again at once: the same session, a new run", async () => {
    const anna = await the.join("anna");
    await anna.publish({ film });
    const { sessionId } = await the.record("anna");
    await the.recorders.segmentCount(sessionId, 1);
    await anna.unpublish();
    await anna.publish({ film });
    await the.recorders.runBegun(sessionId, 1);
    await the.recorders.recorder.stop(sessionId);
    expect(the.runs(sessionId)).toEqual([
      { run: 0, reason: "start" },
      { run: 1, reason: "reconnect" },
    ]);
    for (const run of [0, 1]) await the.whole(film, { sessionId, run });
  });

  it("left in the middle of a GOP: all of it is there, and the session is let go", async () => {
    const anna = await the.join("anna");
    await anna.publish({ film });
    const { sessionId } = await the.record("anna");
    await the.recorders.segmentCount(sessionId, 1);
    const frames = anna.log.count;
    await until(() => anna.log.count > frames + 20);
    await anna.leave();
    expect((await the.share(sessionId, "ended")).reason).toBe("The share has ended");
    const clip = await the.whole(film, { sessionId, run: 0 });
    const sent = anna.log.at(anna.log.count - 1)?.number ?? 0;
    const last = numbers(clip).at(-1) ?? 0;
    expect((sent - last + film.frames) % film.frames).toBeLessThanOrEqual(3);
    expect(await the.recorders.recorder.tail(sessionId, newId(), Date.now())).toBeNull();
    expect(the.recorders.recorder.stats().processes[0]?.sessions).toBe(0);
  });

  it("the room deleted: ended, and nobody makes the room again", async () => {
    const anna = await the.join("anna");
    await anna.publish({ film });
    const { sessionId } = await the.record("anna");
    await the.recorders.segmentCount(sessionId, 1);
    await the.rooms.deleteRoom(the.room);
    expect((await the.share(sessionId, "ended")).reason).toBe("The room was closed");
    await the.whole(film, { sessionId, run: 0 });
    expect(await the.isRecorded()).toBeNull();
  });
});
