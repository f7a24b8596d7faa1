/** Folders that egress wrote: rebuilt as buffers, played, expired, captured, and made into MP4s, whatever of them is missing or broken. */
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { ReplayError } from "@livekit-replay/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ClipRow } from "../src/catalog/port.js";
import { ClipCapture } from "../src/clips/capture.js";
import { writeConcat } from "../src/clips/concat.js";
import { EventBus } from "../src/events/bus.js";
import { systemClock } from "../src/platform/clock.js";
import { Ffmpeg } from "../src/platform/ffmpeg.js";
import { Counters } from "../src/store/counters.js";
import { Linker } from "../src/store/links.js";
import { egressFullName, egressLiveName, transportName } from "../src/store/names.js";
import { TransportWatch } from "../src/store/transport-watch.js";
import { barcodesOf, egressMaterial, type EgressMaterial, egressPlaylist, layOut, segmentBytesOf } from "./egress-material.js";
import { LogLines, SESSION, tempRoot } from "./store-material.js";
import { openWorld, theSession, type World } from "./store-world.js";

let material: EgressMaterial;
let removeMaterial: () => Promise<void>;
let root: string;
let remove: () => Promise<void>;
let world: World;
const ffmpeg = new Ffmpeg();

beforeAll(async () => {
  const made = await egressMaterial(process.env["EGRESS_FIXTURE"]);
  ({ material } = made);
  removeMaterial = () => made.remove();
});
afterAll(async () => {
  await ffmpeg.close();
  await removeMaterial();
});
beforeEach(async () => {
  ({ root, remove } = await tempRoot());
  world = await openWorld(root);
  await world.catalog.sessions.insert({
    ...theSession,
    recorder: "egress",
    state: "ended",
    endedAtMs: Date.now(),
    graceFromMs: Date.now(),
    slot: null,
  });
});
afterEach(async () => {
  await world.close();
  await remove();
});

const lay = (options: Parameters<typeof layOut>[3] = {}): Promise<string> => layOut(root, SESSION, material, options);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const framesPerSegment = (): number => (material.segmentMs * material.frameRate) / 1000;
const endMs = (): number => material.startMs + (material.segments.length - 1) * material.segmentMs + material.lastMs;

function capturer(drains: () => boolean): ClipCapture {
  const { catalog, ledger, store, logger, unsettled } = world;
  const bus = new EventBus(() => undefined);
  const recorder = { tail: () => Promise.resolve(null), drains };
  return new ClipCapture({
    catalog,
    ledger,
    store,
    recorder,
    bus,
    clock: systemClock,
    logger,
    unsettled,
    captureMaxMs: 600_000,
    finalise: () => undefined,
  });
}

const over = (): boolean => false;

async function capture(
  body: object,
  state: "active" | "ended" = "ended",
  arrivedAtMs = endMs(),
  drains: () => boolean = over,
): Promise<ClipRow> {
  const session = { ...theSession, recorder: "egress", state } as const;
  if (state === "active") await world.catalog.sessions.update(theSession.id, "ended", { state: "active" });
  return capturer(drains).capture({
    caller: { userId: "bob", name: "Bob", admin: false } as never,
    session,
    sharerName: "Alice",
    body: { sessionId: theSession.id, shareOption: "library", ...body } as never,
    arrivedAtMs,
    idempotencyKey: undefined,
  });
}

/** The numbers of the MP4's frames. */
async function mp4Of({ userId, fileKey }: ClipRow): Promise<readonly number[]> {
  const clip = { userId, key: fileKey };
  const made = await writeConcat({ ffmpeg, store: world.store, clip, signal: new AbortController().signal });
  expect(made.startsAt).toBeNull();
  const file = await world.store.media.ofClip(clip, "mp4");
  const { numbers, complaints } = await barcodesOf(file?.path ?? "");
  expect(complaints).toEqual([]);
  expect((await readdir(path.join(root, "replays", "bob", `${fileKey}.pins`))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  return numbers;
}

describe("a folder of egress", () => {
  test("is a buffer again after a restart: wall times from its playlists, everything else from its files", async () => {
    await lay();
    const buffer = await world.store.buffers.open(SESSION);
    expect(buffer.segments.map(({ file }) => file)).toEqual(material.segments);
    expect(buffer.segments.map(({ startWall }) => startWall)).toEqual(
      material.segments.map((_name, i) => material.startMs + i * material.segmentMs),
    );
    expect(buffer.segments.map(({ runReason }) => runReason)).toEqual(material.segments.map(() => "start"));
    expect(buffer.strays).toEqual([]);
    expect(await buffer.nextRun()).toBe(1);
    await buffer.settled();
    expect(buffer.playlists.live?.segments.map(({ map, discontinuity }) => [map, discontinuity])).toEqual(
      material.segments.map(() => [null, false]),
    );
    expect(buffer.window()?.gaps).toEqual([]);
    expect((await world.store.check()).filter(({ path: file }) => file?.includes(SESSION.sessionId))).toEqual([]);
  });

  test("whose full playlist lags takes what the live one knows, and the time of what neither names from its neighbours", async () => {
    const folder = await lay();
    await writeFile(path.join(folder, egressFullName(0)), egressPlaylist(material, { count: 1, ended: false }));
    await writeFile(path.join(folder, egressLiveName(0)), egressPlaylist(material, { from: 3, ended: false }));
    const buffer = await world.store.buffers.open(SESSION);
    expect(buffer.segments.map(({ startWall }) => Math.round(startWall))).toEqual(
      material.segments.map((_name, i) => material.startMs + i * material.segmentMs),
    );
  });

  test.each(["empty", "cut", "gone"])("waits for a playlist that is %s just now, and lists nothing that none names", async (what) => {
    const folder = await lay();
    const full = path.join(folder, egressFullName(0));
    const text = await readFile(full, "utf8");
    await rm(path.join(folder, egressLiveName(0)));
    if (what === "gone") await rm(full);
    else await writeFile(full, what === "empty" ? "" : text.slice(0, text.lastIndexOf("#EXTINF") + 9));
    const buffer = await world.store.buffers.open(SESSION);
    expect(buffer.segments).toEqual([]);
    await writeFile(full, text);
    await buffer.sweep();
    expect(buffer.segments).toHaveLength(material.segments.length);
  });

  test("with segments that are truncated, empty or missing keeps the rest, with a gap for each", async () => {
    const folder = await lay();
    const bytes = await segmentBytesOf(material, 1);
    await writeFile(path.join(folder, transportName(0, 1)), bytes.subarray(0, Math.floor(bytes.length / 376) * 188));
    await truncate(path.join(folder, transportName(0, 3)), 0);
    await rm(path.join(folder, transportName(0, 4)));
    const buffer = await world.store.buffers.open(SESSION);
    expect(buffer.segments.map(({ number }) => number)).toEqual([0, 2, 5]);
    expect(buffer.strays.map(({ file }) => file).toSorted()).toEqual([transportName(0, 1), transportName(0, 3)]);
    expect(buffer.window()?.gaps.map(({ reason, fromMs, toMs }) => [reason, Math.round((toMs - fromMs) / material.segmentMs)])).toEqual([
      ["disk", 1],
      ["disk", 2],
    ]);
    const clip = await capture({ durationMinutes: 10 });
    expect(clip.gaps).toHaveLength(2);
    const each = framesPerSegment();
    const [first, last] = material.numbers;
    expect(await mp4Of(clip)).toEqual([
      ...range(first, first + each - 1),
      ...range(first + 2 * each, first + 3 * each - 1),
      ...range(first + 5 * each, last),
    ]);
  });

  test("with two runs has one gap, whose reason is what ended the first", async () => {
    await lay({ ended: false });
    const later = { ...material, startMs: material.startMs + 120_000 };
    await layOut(root, SESSION, later, { run: 1 });
    await layOut(root, SESSION, { ...material, startMs: material.startMs + 240_000 }, { run: 2 });
    const buffer = await world.store.buffers.open(SESSION);
    expect(buffer.window()?.gaps.map(({ reason }) => reason)).toEqual(["restart", "reconnect"]);
    expect(await buffer.nextRun()).toBe(3);
  });

  test("loses what is before the window, and egress's own playlists stay", async () => {
    const folder = await lay();
    await layOut(root, SESSION, { ...material, startMs: material.startMs + 13 * 60_000 }, { run: 1 });
    const buffer = await world.store.buffers.open(SESSION);
    await buffer.settled();
    expect(buffer.segments.map(({ run }) => run)).toEqual(material.segments.map(() => 1));
    const names = await readdir(folder);
    expect(names.filter((name) => name.startsWith("segment_"))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining([egressFullName(0), egressLiveName(0), egressFullName(1), "live.m3u8", "full.m3u8"]));
  });
});

describe("watching a run", () => {
  test("tells each segment once, in order, when it is listed, whole and still", async () => {
    const folder = await lay({ count: 2, ended: false });
    const watch = new TransportWatch({ folder, run: 0, patience: 4 });
    const numbersOf = async (): Promise<number[]> =>
      (await watch.look()).flatMap((found) => (found.kind === "segment" ? [found.segment.number] : []));
    expect(await numbersOf()).toEqual([]);
    expect(watch.pending).toBe(true);
    expect(await numbersOf()).toEqual([0]);
    expect(await numbersOf()).toEqual([1]);
    expect(watch.finished).toBe(false);
    const bytes = await segmentBytesOf(material, 2);
    await writeFile(path.join(folder, transportName(0, 2)), bytes.subarray(0, 188 * 50));
    await writeFile(path.join(folder, egressFullName(0)), egressPlaylist(material, { count: 3, ended: false }));
    expect(await numbersOf()).toEqual([]);
    await writeFile(path.join(folder, transportName(0, 2)), bytes);
    expect(await numbersOf()).toEqual([]);
    expect(await numbersOf()).toEqual([2]);
    await writeFile(path.join(folder, egressFullName(0)), "");
    expect(await numbersOf()).toEqual([]);
  });

  test("gives a segment up that stays broken, and tells what it cost", async () => {
    const folder = await lay();
    await truncate(path.join(folder, transportName(0, 0)), 0);
    const watch = new TransportWatch({ folder, run: 0, patience: 4 });
    const found = [];
    for (let look = 0; look < 40 && !watch.finished; look += 1) found.push(...(await watch.look()));
    expect(found.map(({ kind }) => kind)).toEqual(["lost", ...material.segments.slice(1).map(() => "segment")]);
    expect(found[0]).toMatchObject({ gap: { fromMs: material.startMs, toMs: material.startMs + material.segmentMs, reason: "disk" } });
  });
});

describe("a capture", () => {
  test("of everything has each frame once, from the first to the last", async () => {
    await lay();
    const clip = await capture({ durationMinutes: 10 });
    expect(clip).toMatchObject({
      container: "ts",
      notYetMs: 0,
      requestedMs: 600_000,
      gaps: [],
      startsAtMs: material.startMs,
      audio: { codec: "mp4a.40.2" },
    });
    expect(await mp4Of(clip)).toEqual(range(...material.numbers));
  });

  test("begins at the frame that was asked for", async () => {
    await lay();
    const from = material.startMs + 777;
    const clip = await capture({ fromMs: from, toMs: from + 1000 });
    expect(from - clip.startsAtMs).toBeGreaterThanOrEqual(0);
    expect(from - clip.startsAtMs).toBeLessThan(34);
    const numbers = await mp4Of(clip);
    expect(numbers[0]).toBe(material.numbers[0] + Math.floor((777 * material.frameRate) / 1000));
    expect(numbers.at(-1)).toBe(material.numbers[0] + framesPerSegment() - 1);
  });

  test("while egress records is what there is, and says what is not there yet", async () => {
    await lay({ ended: false });
    const clip = await capture({ durationMinutes: 10 }, "active", endMs() + 12_000);
    expect(clip.notYetMs).toBeGreaterThan(11_900);
    expect(clip.notYetMs).toBeLessThanOrEqual(12_000);
    await expect(capture({ durationSeconds: 5 }, "active", endMs() + 12_000)).rejects.toMatchObject({
      code: "no_segments",
      message: expect.stringContaining("waitForNewest") as string,
    });
  });

  test("just after its end is what there is, says that the last segment is not there yet, and waits for it when that is wanted", async () => {
    await lay({ ended: false });
    await world.catalog.sessions.update(theSession.id, "ended", { endedAtMs: endMs() + 4000 });
    const clip = await capture({ durationMinutes: 10 }, "ended", endMs() + 12_000, () => true);
    expect(clip.notYetMs).toBeGreaterThan(3900);
    expect(clip.notYetMs).toBeLessThanOrEqual(4000);
    let looks = 0;
    const drained = await capture({ durationMinutes: 10, waitForNewest: true }, "ended", endMs() + 12_000, () => (looks += 1) < 3);
    expect(looks).toBeGreaterThanOrEqual(3);
    expect(drained.notYetMs).toBe(0);
  });

  test("whose segments cannot be made into an MP4 keeps its pins and can be tried again", async () => {
    await lay();
    const { userId, fileKey } = await capture({ durationMinutes: 10 });
    const clip = { userId, key: fileKey };
    const options = { store: world.store, clip, signal: new AbortController().signal };
    await expect(writeConcat({ ...options, ffmpeg: null })).rejects.toMatchObject({ code: "concatenation_failed" });
    const broken = new Ffmpeg({ program: "false" });
    await expect(writeConcat({ ...options, ffmpeg: broken })).rejects.toBeInstanceOf(ReplayError);
    await broken.close();
    expect((await world.store.pins.list(clip))?.segments).toHaveLength(material.segments.length);
    expect((await writeConcat({ ...options, ffmpeg })).duration / 1000).toBeGreaterThan(5 * material.segmentMs);
  });

  test("of a file that may not be linked (as those of another owner) turns no other file into a copy", async () => {
    const folder = await lay();
    const counters = new Counters();
    const linker = new Linker(new LogLines(), counters);
    await mkdir(path.join(folder, "no-link-to-a-folder"));
    await expect(linker.put(path.join(folder, "no-link-to-a-folder"), path.join(root, "copy"))).rejects.toThrow();
    expect(linker.health()).toMatchObject({ status: "degraded", detail: expect.stringContaining("another owner") as string });
    expect(await linker.put(path.join(folder, material.segments[0] ?? ""), path.join(root, "link"))).toBe(0);
    expect((await stat(path.join(root, "link"))).nlink).toBe(2);
    expect(counters.get("pins_copied")).toBe(0);
  });
});
