/** Downloads with AAC sound, with real files and the real FFmpeg: what is in them, who pays, and what is left when something goes wrong. */
import { chmod, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { wallMs } from "@livekit-replay/contract";
import { checkSequence, checkSync, type Film, lengthSpread, loadFilm, readClip } from "@livekit-replay/peers";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { ClipRow } from "../src/catalog/port.js";
import { aacBoundBytes } from "../src/clips/convert/aac.js";
import { aacCharge } from "../src/store/charges.js";
import { userPath } from "../src/store/paths.js";
import { type ConvertWorld, LONG_GOPS, openConvertWorld, pictureOf, ready, writeSession } from "./convert-material.js";
import { START, tempRoot } from "./store-material.js";

let root: string;
let remove: () => Promise<void>;
let world: ConvertWorld;
let film: Film;

const bob = { userId: "bob", waitMs: 60_000 };
const open = async (program?: string | null): Promise<void> => {
  world = await openConvertWorld(root, program);
};
/** Without the clip's picture, which is made beside the MP4. */
const names = async (): Promise<string[]> => (await readdir(userPath(root, "bob"))).filter((name) => !/\.jpg(\.tmp)?$/.test(name)).sort();
const breaking = async (): Promise<unknown[]> => (await world.store.check()).filter(({ invariant }) => invariant !== null);

/** One run of the whole film. */
const oneRun = (): Promise<void> => writeSession(root, [{ picture: pictureOf(film), packets: film.packets, startWall: wallMs(START) }]);

/** The last frames of a film begin one of their own: two runs, the second half a second behind the first. */
async function twoRuns(): Promise<void> {
  const run = { picture: pictureOf(film), packets: film.packets };
  const secondWall = wallMs(START + film.durationUs / 1000 + 500);
  await writeSession(root, [
    { ...run, startWall: wallMs(START) },
    { ...run, startWall: secondWall, reason: "restart" },
  ]);
}

beforeAll(async () => {
  film = await loadFilm(LONG_GOPS);
});
beforeEach(async () => {
  ({ root, remove } = await tempRoot());
});
afterEach(async () => {
  await world.close();
  await remove();
});

describe("an MP4 with AAC sound", () => {
  test.each([
    ["of one run", oneRun, 7.31, 0],
    ["over a joint with a held frame", twoRuns, 27.77, 1],
  ])("%s has the picture of the clip, frame for frame, and its sound in step", async (_, write, seconds, joints) => {
    await write();
    await open();
    const clip = await ready(world, await world.capture(seconds));
    const file = await world.aac.file(clip, bob);
    const plain = await readClip(path.join(userPath(root, "bob"), `${clip.fileKey}.mp4`));
    const made = await readClip(file.path);
    expect(made).toMatchObject({ videoCodec: "h264", audioCodec: "aac", moovFirst: true, complaints: [] });
    expect(made.frames).toEqual(plain.frames);
    expect(made.frames[0]?.pts).toBe(0);
    const jumps = checkSequence(made.frames, film.frames.length);
    expect({ ...jumps, jumps: jumps.jumps.length }).toEqual({ unreadable: 0, repeated: 0, outOfOrder: 0, missing: 0, jumps: 0 });
    const { points, alone, worstUs } = checkSync(made);
    expect([points.length >= Math.floor(seconds) - 1 - joints, alone]).toEqual([true, 0]);
    expect(worstUs).toBeLessThan(40_000);
    expect(lengthSpread(made)).toBeLessThan(50_000);
    expect(Math.abs(made.containerUs - clip.durationMs * 1000)).toBeLessThan(50_000);
    expect(file.sizeBytes).toBeLessThan(aacBoundBytes(clip.sizeBytes, made.containerUs));
  });

  test("is made once for all who ask at the same time, told to them, charged to the owner, and gone with the clip", async () => {
    await oneRun();
    await open();
    const clip = await ready(world, await world.capture(5));
    const before = await world.ledger.quotaOf("bob");
    const files = await Promise.all(["bob", "carol", "bob"].map((userId) => world.aac.file(clip, { userId, waitMs: 60_000 })));
    expect(new Set(files.map(({ modifiedMs }) => modifiedMs)).size).toBe(1);
    expect(world.logger.lines.filter((line) => line.includes("AAC"))).toHaveLength(1);
    const told = world.events.flatMap((event) => (event.type === "conversion" ? [event] : []));
    expect(told.at(-1)).toMatchObject({ conversion: { what: "aac", done: 1 }, listeners: new Set(["bob", "carol"]) });
    expect(told.map(({ conversion }) => conversion.done)).toEqual(told.map(({ conversion }) => conversion.done).toSorted((a, b) => a - b));
    expect(world.conversions.of(clip.id)).toEqual([]);
    const [file] = files;
    expect(await world.ledger.quotaOf("bob")).toEqual({
      ...before,
      usedBytes: before.usedBytes + (file?.sizeBytes ?? 0),
      reservedBytes: 0,
    });
    expect(await breaking()).toEqual([]);
    expect(await world.aac.file(clip, bob)).toEqual(file);
    await world.catalog.clips.update(clip.id, ["ready"], { state: "deleting" });
    await world.store.finishDeletion(clip);
    expect(await names()).toEqual([]);
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
    await expect(world.aac.file(clip, bob)).rejects.toMatchObject({ code: "clip_not_found" });
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
  });

  test("of a clip without sound is the MP4 itself", async () => {
    await writeSession(root, [{ picture: pictureOf(film), packets: null, startWall: wallMs(START) }]);
    await open();
    const clip = await ready(world, await world.capture(3));
    expect((await world.aac.file(clip, bob)).name).toBe(`${clip.fileKey}.mp4`);
    expect(await names()).toEqual([`${clip.fileKey}.mp4`, `${clip.fileKey}.pins`]);
  });
});

describe("when it cannot be made", () => {
  const unchanged = async (clip: ClipRow, charged: object): Promise<void> => {
    expect(await world.ledger.quotaOf("bob")).toMatchObject(charged);
    expect(await names()).toEqual([`${clip.fileKey}.mp4`, `${clip.fileKey}.pins`]);
    expect(world.conversions.of(clip.id)).toEqual([]);
    expect(await breaking()).toEqual([]);
  };

  test("a quota that is too small is refused before anything is written", async () => {
    await oneRun();
    await open();
    const clip = await ready(world, await world.capture(5));
    const charged = await world.ledger.quotaOf("bob");
    await world.catalog.quotas.setLimit("bob", charged.usedBytes + 1000);
    await expect(world.aac.file(clip, { userId: "carol", waitMs: 60_000 })).rejects.toMatchObject({ code: "quota_exceeded" });
    await unchanged(clip, { usedBytes: charged.usedBytes, reservedBytes: 0 });
    await world.catalog.quotas.setLimit("bob", null);
    expect((await world.aac.file(clip, bob)).sizeBytes).toBeGreaterThan(0);
  });

  test("without FFmpeg it says so", async () => {
    await oneRun();
    await open(null);
    const clip = await ready(world, await world.capture(2));
    const charged = await world.ledger.quotaOf("bob");
    await expect(world.aac.file(clip, bob)).rejects.toMatchObject({
      code: "unsupported_codec",
      message: expect.stringContaining("FFmpeg") as string,
    });
    await unchanged(clip, charged);
  });

  test("a file that is not the clip's picture never gets its name", async () => {
    // As FFmpeg, but it leaves the last second away when it converts.
    const program = path.join(root, "short-ffmpeg");
    await writeFile(program, `#!/bin/sh\ncase " $* " in *" aac "*) exec ffmpeg -t 1 "$@";; esac\nexec ffmpeg "$@"\n`);
    await chmod(program, 0o755);
    await oneRun();
    await open(program);
    const clip = await ready(world, await world.capture(3));
    const charged = await world.ledger.quotaOf("bob");
    await expect(world.aac.file(clip, bob)).rejects.toMatchObject({ code: "concatenation_failed" });
    await unchanged(clip, charged);
  });

  test("who cannot wait is told to come back; deleting the clip ends the work at once", async () => {
    // As FFmpeg, but it never ends.
    const program = path.join(root, "slow-ffmpeg");
    await writeFile(program, `#!/bin/sh\ncase " $* " in *" aac "*) exec sleep 600;; esac\nexec ffmpeg "$@"\n`);
    await chmod(program, 0o755);
    await oneRun();
    await open(program);
    const clip = await ready(world, await world.capture(3));
    await expect(world.aac.file(clip, { ...bob, waitMs: 1 })).rejects.toMatchObject({ code: "not_ready", retryAfterSeconds: 5 });
    await vi.waitFor(async () => expect(await world.ledger.quotaOf("bob")).toMatchObject({ reservedBytes: expect.any(Number) as number }));
    expect(world.conversions.of(clip.id)).toEqual([{ what: "aac", done: 0 }]);
    const refused = world.aac.file(clip, bob).catch((error: unknown) => error);
    await world.catalog.clips.update(clip.id, ["ready"], { state: "deleting" });
    world.aac.cancel(clip.id);
    await world.store.finishDeletion(clip);
    expect(await refused).toMatchObject({ code: "clip_not_found" });
    expect(await names()).toEqual([]);
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
  });
});

describe("after a crash", () => {
  test.each<[string, (clip: ClipRow) => Promise<void>, { file: boolean; charge: boolean }]>([
    ["before the file had its name", async (clip) => writeFile(file(clip, ".tmp"), "half"), { file: false, charge: true }],
    ["before its exact charge", async (clip) => writeFile(file(clip), "whole"), { file: true, charge: true }],
    ["and a ledger from before it", async (clip) => writeFile(file(clip), "whole"), { file: false, charge: false }],
  ])("%s: files and charge agree again", async (_, damage, left) => {
    await oneRun();
    await open();
    const clip = await ready(world, await world.capture(2));
    const before = await world.ledger.quotaOf("bob");
    if (left.charge) await world.ledger.reserve("bob", aacCharge(clip.id), 1_000_000);
    await damage(clip);
    await world.close();
    await open();
    await world.store.recover();
    const bytes = left.file ? "whole".length : 0;
    expect(await names()).toEqual([...(left.file ? [`${clip.fileKey}.aac.mp4`] : []), `${clip.fileKey}.mp4`, `${clip.fileKey}.pins`]);
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: before.usedBytes + bytes, reservedBytes: 0 });
    expect(await breaking()).toEqual([]);
  });

  const file = (clip: ClipRow, ending = ""): string => path.join(userPath(root, "bob"), `${clip.fileKey}.aac.mp4${ending}`);

  test("what no clip has is removed, and its charge", async () => {
    await oneRun();
    await open();
    const clip = await ready(world, await world.capture(2));
    await writeFile(file({ ...clip, fileKey: "2020-01-01T00-00-00-000Z" }), "whole");
    await world.ledger.reserve("bob", aacCharge("clip-that-never-was1"), 1000);
    await world.close();
    await open();
    const { mended } = await world.store.recover();
    expect(mended.map(({ kind }) => kind).sort()).toEqual(["dead_charge", "unknown_aac"]);
    expect(await breaking()).toEqual([]);
  });
});
