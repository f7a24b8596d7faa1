/** Clips that copying cannot bring into an MP4, with real files and the real FFmpeg: VP8, and several codecs in one clip. */
import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { wallMs } from "@livekit-replay/contract";
import { readPlaylist } from "@livekit-replay/media";
import { checkSequence, checkSync, type ClipReading, type Film, lengthSpread, loadFilm, probeClip, readClip } from "@livekit-replay/peers";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { ClipRow } from "../src/catalog/port.js";
import { webmStart } from "../src/clips/convert/webm.js";
import { userPath } from "../src/store/paths.js";
import {
  type ConvertWorld,
  LONG_GOPS,
  openConvertWorld,
  pictureOf,
  ready,
  type RecordedRun,
  type RunPicture,
  writeSession,
} from "./convert-material.js";
import { encodeFilm } from "./convert-vp8.js";
import { START, tempRoot } from "./store-material.js";

const options = { ...LONG_GOPS, seconds: 6 };
let root: string;
let remove: () => Promise<void>;
let world: ConvertWorld;
let film: Film;
let vp8: RunPicture;

const open = async (program?: string | null): Promise<void> => {
  world = await openConvertWorld(root, program);
};
const owner = (): string => userPath(root, "bob");
const address = ({ userId, fileKey }: ClipRow): { userId: string; key: string } => ({ userId, key: fileKey });
const pinned = async (clip: ClipRow): Promise<string[]> => (await readdir(path.join(owner(), `${clip.fileKey}.pins`))).sort();
const breaking = async (): Promise<unknown[]> => (await world.store.check()).filter(({ invariant }) => invariant !== null);
const runOf = (picture: RunPicture, at = 0, more: Partial<RecordedRun> = {}): RecordedRun => ({
  picture,
  packets: film.packets,
  startWall: wallMs(START + at),
  reason: at === 0 ? "start" : "format",
  ...more,
});

/** Every frame once and in order, sound in step. */
function judge(reading: ClipReading, seconds: number): void {
  expect(reading.complaints).toEqual([]);
  const faults = checkSequence(reading.frames, film.frames.length);
  expect({ ...faults, jumps: faults.jumps.length }).toEqual({ unreadable: 0, repeated: 0, outOfOrder: 0, missing: 0, jumps: 0 });
  expect(Math.abs(reading.frames.length - seconds * 30)).toBeLessThanOrEqual(2);
  const { points, alone, worstUs } = checkSync(reading);
  expect([points.length >= Math.floor(seconds) - 1, alone]).toEqual([true, 0]);
  expect(worstUs).toBeLessThan(40_000);
}

beforeAll(async () => {
  film = await loadFilm(options);
  vp8 = await encodeFilm(film, options, "vp8");
});
beforeEach(async () => {
  ({ root, remove } = await tempRoot());
});
afterEach(async () => {
  await world.close();
  await remove();
});

describe("a VP8 clip", () => {
  test("plays at once as WebM, and becomes an H.264 MP4 that begins with the same frame", async () => {
    await writeSession(root, [runOf(vp8)]);
    await open();
    const clip = await world.capture(5.03);
    expect(clip).toMatchObject({ state: "pinned", video: { codec: "vp8" }, audio: { codec: "opus" } });
    const charged = await world.ledger.quotaOf("bob");
    expect(charged).toMatchObject({ usedBytes: 0, reservedBytes: clip.sizeBytes });
    await world.finaliser.waitWebm(clip.id, 10_000);
    const webm = await world.store.media.ofPins(address(clip), "clip.webm");
    expect(webm).not.toBeNull();
    const start = (await webmStart(world.store.pins, address(clip))) ?? NaN;
    const shown = await readClip(webm?.path ?? "");
    const first = shown.frames.findIndex(({ pts }) => Math.abs(pts - start) < 1000);
    expect(shown).toMatchObject({ videoCodec: "vp8", audioCodec: "opus", complaints: [] });
    const row = await ready(world, clip);
    expect(row).toMatchObject({ video: { codec: expect.stringMatching(/^avc1\.64/) as string, width: 320, height: 180 }, pinsGone: false });
    const made = await readClip(path.join(owner(), `${row.fileKey}.mp4`));
    expect(made).toMatchObject({ videoCodec: "h264", audioCodec: "opus", moovFirst: true });
    expect(made.frames[0]?.pts).toBe(0);
    judge(made, 5.03);
    expect(made.frames.map(({ number }) => number)).toEqual(shown.frames.slice(first).map(({ number }) => number));
    expect(Math.abs(made.containerUs - row.durationMs * 1000)).toBeLessThan(50_000);
    expect(lengthSpread(made)).toBeLessThan(50_000);
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: row.sizeBytes, reservedBytes: 0 });
    expect(await pinned(row)).not.toContainEqual(expect.stringContaining("h264"));
    expect(await breaking()).toEqual([]);
  });

  test("tells how far its MP4 is", async () => {
    await writeSession(root, [runOf(vp8)]);
    await open();
    await ready(world, await world.capture(5));
    const told = world.events.flatMap((event) => (event.type === "conversion" ? [event.conversion] : []));
    expect([told[0], told.at(-1)]).toEqual([
      { what: "mp4", done: 0 },
      { what: "mp4", done: 1 },
    ]);
  });

  test("keeps times of frames that do not come regularly, and loses the odd column and row of its picture", async () => {
    const odd = await encodeFilm(film, options, "vp8", { size: "319:179" });
    const frames = odd.frames.map((frame, i) => ({ ...frame, pts: i % 3 === 1 ? ((frame.pts + 11_111) as typeof frame.pts) : frame.pts }));
    await writeSession(root, [runOf({ ...odd, frames })]);
    await open();
    const row = await ready(world, await world.capture(4));
    const made = await readClip(path.join(owner(), `${row.fileKey}.mp4`));
    expect(made).toMatchObject({ width: 318, height: 178, complaints: [] });
    const steps = made.frames.slice(1).map(({ pts }, i) => pts - (made.frames[i]?.pts ?? 0));
    expect(new Set(steps.slice(0, -1).map((step) => Math.round(step / 1000)))).toEqual(new Set([44, 22, 33]));
    expect(checkSync(made).worstUs).toBeLessThan(40_000);
  });

  test("needs no more than it was charged, whatever it shows", async () => {
    const coarse = await encodeFilm(film, options, "vp8", { rate: "5k" });
    await writeSession(root, [runOf(coarse)]);
    const program = path.join(root, "noting-ffmpeg");
    const tries = path.join(root, "tries");
    // As FFmpeg, but what should be of good quality is nearly without loss, and far too large.
    await writeFile(program, `#!/bin/sh\nset -f\necho "$*" >> ${tries}\nexec ffmpeg $(echo "$*" | sed "s/-crf 23/-crf 1/")\n`);
    await chmod(program, 0o755);
    await open(program);
    const clip = await world.capture(3);
    const row = await ready(world, clip);
    expect(await readFile(tries, "utf8")).toContain("-crf 30");
    expect(row.sizeBytes).toBeLessThan(clip.sizeBytes);
    expect(await breaking()).toEqual([]);
  });

  test("goes on from what was encoded before, when the server is started again", async () => {
    await writeSession(root, [runOf(vp8)]);
    // As FFmpeg, but the third encoding never ends.
    const program = path.join(root, "slow-ffmpeg");
    const count = path.join(root, "count");
    await writeFile(
      program,
      `#!/bin/sh\ncase " $* " in *libx264*) echo x >> ${count}; [ $(wc -l < ${count}) -ge 3 ] && exec sleep 600;; esac\nexec ffmpeg "$@"\n`,
    );
    await chmod(program, 0o755);
    await open(program);
    const clip = await world.capture(5.5);
    await vi.waitFor(async () => expect((await readFile(count, "utf8")).length).toBe(6), { timeout: 20_000 });
    await world.close();
    expect((await pinned(clip)).filter((name) => name.startsWith("h264-0-"))).toHaveLength(2);
    await open();
    const { finalise } = await world.store.recover();
    expect(finalise.map(({ id }) => id)).toEqual([clip.id]);
    world.finaliser.enqueue(clip);
    const row = await ready(world, clip);
    judge(await readClip(path.join(owner(), `${row.fileKey}.mp4`)), 5.5);
    expect(await breaking()).toEqual([]);
  });

  test("that is deleted while it is encoded leaves nothing", async () => {
    await writeSession(root, [runOf(vp8)]);
    const program = path.join(root, "endless-ffmpeg");
    await writeFile(program, `#!/bin/sh\ncase " $* " in *libx264*) exec sleep 600;; esac\nexec ffmpeg "$@"\n`);
    await chmod(program, 0o755);
    await open(program);
    const clip = await world.capture(5);
    await vi.waitFor(() => expect(world.conversions.of(clip.id)).toEqual([{ what: "mp4", done: 0 }]));
    await world.catalog.clips.update(clip.id, ["pinned"], { state: "deleting" });
    world.finaliser.cancel(clip.id);
    await world.store.finishDeletion(clip);
    await world.finaliser.close();
    expect(await readdir(owner())).toEqual([]);
    expect(world.conversions.of(clip.id)).toEqual([]);
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
  });

  test("stays playable where FFmpeg is not installed, and says why it has no MP4", async () => {
    await writeSession(root, [runOf(vp8)]);
    await open(null);
    const clip = await world.capture(2);
    await vi.waitFor(() => expect(world.events).toContainEqual(expect.objectContaining({ type: "clip_failed" })));
    expect(world.events).toContainEqual(expect.objectContaining({ reason: expect.stringContaining("FFmpeg") as string }));
    expect((await probeClip(path.join(owner(), `${clip.fileKey}.pins`, "clip.webm"))).videoCodec).toBe("vp8");
  });
});

describe("a clip of several codecs", () => {
  test("becomes one H.264 MP4: what is H.264 already is copied", async () => {
    const later = film.durationUs / 1000;
    await writeSession(root, [runOf(pictureOf(film)), runOf(vp8, later), runOf(await encodeFilm(film, options, "vp9"), 2 * later)]);
    await open();
    const clip = await world.capture(14);
    expect(clip.video.codec).toBe("avc1.42c00d,vp8,vp09.00.20.08");
    const row = await ready(world, clip, 60_000);
    const made = await readClip(path.join(owner(), `${row.fileKey}.mp4`));
    expect(made).toMatchObject({ videoCodec: "h264", audioCodec: "opus" });
    judge(made, 14);
    // Nothing could play them: VP8 is among them, and a WebM holds one codec.
    expect(row.pinsGone).toBe(true);
    expect((await readdir(owner())).sort()).toEqual([`${row.fileKey}.jpg`, `${row.fileKey}.mp4`]);
    expect(await breaking()).toEqual([]);
  });

  test("of VP9 alone is copied, also when its picture changes its size", async () => {
    const vp9 = await encodeFilm(film, options, "vp9");
    const smaller = await encodeFilm(film, options, "vp9", { size: "160:90" });
    await writeSession(root, [runOf(vp9), runOf(smaller, film.durationUs / 1000)]);
    await open();
    const row = await ready(world, await world.capture(9));
    expect(row.video.codec).toBe("vp09.00.20.08");
    expect(world.events.filter(({ type }) => type === "conversion")).toEqual([]);
    const list = await world.store.pins.list(address(row));
    expect(readPlaylist(list?.playlist ?? "").segments.length).toBeGreaterThan(3);
    expect((await probeClip(path.join(owner(), `${row.fileKey}.mp4`))).videoCodec).toBe("vp9");
  });
});
