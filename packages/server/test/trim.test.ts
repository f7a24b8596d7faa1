/** Parts of clips: from pins, from the MP4 when they are gone, of VP8; exact to the frame, and nothing is left behind where they are refused. Judged by decoding them. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { type TrimClip, wallMs } from "@livekit-replay/contract";
import { checkSequence, checkSync, type ClipReading, type Film, lengthSpread, loadFilm, readClip } from "@livekit-replay/peers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ClipRow } from "../src/catalog/port.js";
import { ClipTrim, wallOf } from "../src/clips/trim.js";
import { systemClock } from "../src/platform/clock.js";
import { userPath } from "../src/store/paths.js";
import { type ConvertWorld, LONG_GOPS, openConvertWorld, pictureOf, ready, type RunPicture, writeSession } from "./convert-material.js";
import { encodeFilm } from "./convert-vp8.js";
import { START, tempRoot } from "./store-material.js";

const options = { ...LONG_GOPS, seconds: 6 };
/** Between the two runs of a session: left out of what plays. */
const gapMs = 4000;
const frameMs = 1000 / 30;
let root: string;
let remove: () => Promise<void>;
let world: ConvertWorld;
let film: Film;
let vp8: RunPicture;

const trim = (clip: ClipRow, body: TrimClip, idempotencyKey?: string): Promise<ClipRow> =>
  new ClipTrim({ ...world, clock: systemClock }).trim({ clip, body, idempotencyKey, waitSeconds: null });
const readingOf = ({ userId, fileKey }: ClipRow): Promise<ClipReading> => readClip(path.join(userPath(root, userId), `${fileKey}.mp4`));
const files = async (): Promise<string[]> => (await readdir(userPath(root, "bob"))).sort();
const breaking = async (): Promise<unknown[]> => (await world.store.check()).filter(({ invariant }) => invariant !== null);
const runs = (picture: RunPicture) => [
  { picture, packets: film.packets, startWall: wallMs(START) },
  { picture, packets: film.packets, startWall: wallMs(START + 6000 + gapMs), reason: "pause" as const },
];

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

const open = async (picture: RunPicture): Promise<void> => {
  await writeSession(root, runs(picture));
  world = await openConvertWorld(root);
};

/** As the clean-up does an hour after the MP4 is there. */
async function withoutPins(clip: ClipRow): Promise<ClipRow> {
  const { userId, fileKey: key } = await ready(world, clip);
  await world.store.pins.remove({ userId, key });
  await world.catalog.clips.update(clip.id, ["ready"], { pinsGone: true });
  return (await world.catalog.clips.find(clip.id)) ?? clip;
}

/** The part has exactly the frames that the whole has in that time, and its own sound in step. */
function judge(part: ClipReading, whole: ClipReading, { startMs, endMs }: TrimClip, joint: number): void {
  expect(part.complaints).toEqual([]);
  const first = whole.frames.findLastIndex(({ pts }) => pts <= startMs * 1000 + 500);
  const last = whole.frames.findLastIndex(({ pts }) => pts < endMs * 1000 - 500);
  const wanted = whole.frames.slice(first, last + 1).map(({ number }) => number);
  expect(part.frames.map(({ number }) => number)).toEqual(wanted);
  expect(part.frames[0]?.pts).toBe(0);
  expect(checkSequence(part.frames, film.frames.length, new Set([joint])).jumps).toEqual([]);
  expect(checkSync(part).worstUs ?? 0).toBeLessThan(40_000);
  expect(lengthSpread(part)).toBeLessThan(50_000);
  expect(Math.abs(part.containerUs / 1000 - (endMs - startMs))).toBeLessThan(frameMs + 20);
}

describe("a part of a clip", () => {
  test("from its pins, over a gap: playable at once, with the frames of the MP4, and everything inherited", async () => {
    await open(pictureOf(film));
    const clip = await world.capture(14);
    const body = { startMs: 2500, endMs: 8033 };
    const part = await trim(clip, body);
    expect(part).toMatchObject({ state: "pinned", container: "cmaf", userId: "bob", sharerId: clip.sharerId, title: clip.title });
    expect(part).toMatchObject({ requestedMs: 5533, sessionId: clip.sessionId, pinsGone: false, notYetMs: 0 });
    expect(part.gaps).toEqual([{ fromMs: START + 6000, toMs: START + 6000 + gapMs, reason: "pause" }]);
    const offset = clip.startsAtMs - START;
    expect(Math.abs(part.startsAtMs - (START + offset + 2500))).toBeLessThan(frameMs);
    expect(Math.abs(part.endsAtMs - (START + offset + 8033 + gapMs))).toBeLessThan(frameMs + 10);
    const list = await world.store.pins.list({ userId: "bob", key: part.fileKey });
    expect(list).toMatchObject({ hasTail: true, hasMovie: false, inits: [0, 1] });
    expect(list?.playlist).toContain("#EXT-X-START:TIME-OFFSET=");
    const [whole, made] = [await readingOf(await ready(world, clip)), await readingOf(await ready(world, part))];
    const joint = made.frames.findIndex(({ pts }) => pts > (6000 - offset - 2500) * 1000 - 20_000);
    judge(made, whole, body, joint);
    expect((await world.ledger.quotaOf("bob")).reservedBytes).toBe(0);
    expect(await breaking()).toEqual([]);
  });

  test("from the MP4 when the pins are gone: the same frames, and nothing of the rest stays", async () => {
    await open(pictureOf(film));
    const clip = await withoutPins(await world.capture(14));
    const body = { startMs: 2500, endMs: 8033 };
    const part = await trim(clip, body);
    expect(part).toMatchObject({ state: "ready", container: "mp4", audio: clip.audio, video: clip.video });
    expect(part.gaps).toEqual([{ fromMs: START + 6000, toMs: START + 6000 + gapMs, reason: "pause" }]);
    const whole = await readingOf(clip);
    const offset = clip.startsAtMs - START;
    judge(await readingOf(part), whole, body, Math.round((6000 - offset - 2500) / frameMs));
    expect(part.sizeBytes).toBeLessThan(clip.sizeBytes);
    await world.finaliser.close();
    // Its picture, but neither the old MP4 nor what was made on the way.
    const own = (await files()).filter((file) => file.startsWith(part.fileKey));
    expect(own).toEqual([`${part.fileKey}.jpg`, `${part.fileKey}.mp4`]);
    expect((await world.ledger.quotaOf("bob")).usedBytes).toBe(clip.sizeBytes + part.sizeBytes);
    expect(await breaking()).toEqual([]);
  });

  test("of VP8, before and after its MP4 is encoded", async () => {
    await open(vp8);
    const clip = await world.capture(6);
    const body = { startMs: 1200, endMs: 3200 };
    const part = await trim(clip, body);
    expect(part).toMatchObject({ state: "pinned", container: "cmaf", video: { codec: "vp8" } });
    const whole = await readingOf(await ready(world, clip));
    judge(await readingOf(await ready(world, part)), whole, body, -1);
    const encoded = await trim(await withoutPins(clip), body);
    expect(encoded).toMatchObject({ state: "ready", container: "mp4", video: { codec: expect.stringMatching(/^avc1/) as string } });
    judge(await readingOf(encoded), whole, body, -1);
    expect(await breaking()).toEqual([]);
  });

  test("of a part, after the first one is gone", async () => {
    await open(pictureOf(film));
    const clip = await world.capture(8);
    const whole = await readingOf(await ready(world, clip));
    const part = await trim(clip, { startMs: 1000, endMs: 4000 });
    await world.store.finishDeletion({ ...clip, state: "deleting" });
    const again = await ready(world, await trim(await ready(world, part), { startMs: 500, endMs: 1500 }));
    judge(await readingOf(again), whole, { startMs: 1500, endMs: 2500 }, -1);
  });
});

describe("what is refused", () => {
  const outside = { code: "invalid_request", errors: [{ field: "endMs", message: "must be within the clip" }] };
  const short = { code: "invalid_request", errors: [{ field: "endMs", message: "must be at least a frame after startMs" }] };

  test.each([false, true])("leaves nothing behind (pins gone: %s)", async (gone) => {
    await open(pictureOf(film));
    const captured = await world.capture(4);
    const clip = gone ? await withoutPins(captured) : await ready(world, captured);
    await expect(trim(clip, { startMs: 9000, endMs: 9500 })).rejects.toMatchObject(outside);
    await expect(trim(clip, { startMs: 0, endMs: 4900 })).rejects.toMatchObject(outside);
    await expect(trim(clip, { startMs: 1005, endMs: 1008 })).rejects.toMatchObject(short);
    await world.catalog.quotas.setLimit("bob", clip.sizeBytes + 1000);
    await expect(trim(clip, { startMs: 0, endMs: 3000 })).rejects.toMatchObject({ code: "quota_exceeded" });
    const deleting: ClipRow = { ...clip, state: "deleting" };
    await world.catalog.clips.update(clip.id, ["ready"], { state: "deleting" });
    await world.store.finishDeletion(deleting);
    await expect(trim(clip, { startMs: 0, endMs: 3000 })).rejects.toMatchObject({ code: "clip_not_found" });
    expect(await files()).toEqual([]);
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
  });
});

test("the same key gives the same part, also at the same instant", async () => {
  await open(pictureOf(film));
  const clip = await world.capture(4);
  const body = { startMs: 500, endMs: 2500 };
  const trims = new ClipTrim({ ...world, clock: systemClock });
  const one = (): Promise<ClipRow> => trims.trim({ clip, body, idempotencyKey: "cut-1", waitSeconds: null });
  const [a, b] = await Promise.all([one(), one()]);
  const c = await trim(clip, body, "cut-1");
  const other = await trim(clip, body, "cut-2");
  expect([b.id, c.id]).toEqual([a.id, a.id]);
  expect(other.id).not.toBe(a.id);
  expect((await world.catalog.clips.all()).length).toBe(3);
});

test("wall time of a playing time: long gaps are left out, short ones are played", () => {
  const gaps = [
    { fromMs: 500, toMs: 1000, reason: "reconnect" as const },
    { fromMs: 3000, toMs: 3500, reason: "loss" as const },
    { fromMs: 5000, toMs: 9000, reason: "pause" as const },
  ];
  const clip = { startsAtMs: 1000, gaps };
  expect([0, 3999, 4000, 5000].map((played) => wallOf(clip, played, "start"))).toEqual([1000, 8999, 9000, 10_000]);
  expect([100, 3999, 4000, 5000].map((played) => wallOf(clip, played, "end"))).toEqual([1100, 4999, 5000, 10_000]);
});
