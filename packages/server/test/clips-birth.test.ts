/** The births and deaths of clips where the database, or a file, does not do as it should: no clip that is there is lost, and one that fails keeps no other waiting. Real files, SQLite. */
import { mkdir, rmdir } from "node:fs/promises";
import path from "node:path";
import { micros } from "@livekit-replay/contract";
import { clipPlaylist, writePlaylist } from "@livekit-replay/media";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Catalog, ClipRow, ClipRows } from "../src/catalog/port.js";
import { ChannelNotices } from "../src/channels/notices.js";
import { ownChannelsOnly } from "../src/channels/port.js";
import { ClipBirth } from "../src/clips/birth.js";
import { Conversions } from "../src/clips/convert/progress.js";
import { ClipFinaliser } from "../src/clips/finalise.js";
import { ClipRemover } from "../src/clips/remove.js";
import { EventBus } from "../src/events/bus.js";
import { Metrics } from "../src/platform/metrics.js";
import { systemClock } from "../src/platform/clock.js";
import { initName } from "../src/store/names.js";
import { userPath } from "../src/store/paths.js";
import { clipRow } from "./catalog-rows.js";
import { openWriter, SESSION, tempRoot, writeRun } from "./store-material.js";
import { capture, finalise, openWorld, theSession, type World } from "./store-world.js";

const clipId = "clip-born-00000000001";
let root: string;
let remove: () => Promise<void>;
let world: World;
/** What becomes of a row on its way to the database. */
let insert: (rows: ClipRows, row: ClipRow) => Promise<boolean>;

/** The real catalogue behind a way that fails. */
const behind = (catalog: Catalog): Catalog => ({
  ...catalog,
  clips: Object.assign(Object.create(catalog.clips) as ClipRows, { insert: (row: ClipRow) => insert(catalog.clips, row) }),
});

beforeEach(async () => {
  ({ root, remove } = await tempRoot());
  insert = (rows, row) => rows.insert(row);
  const { writer, close } = await openWriter(root);
  await writeRun(writer, 3);
  await close();
  world = await openWorld(root, behind);
  await world.catalog.sessions.insert(theSession);
});
afterEach(async () => {
  await world.close();
  await remove();
});

const announced: string[] = [];
const bear = async (): Promise<ClipRow> => {
  const { store } = world;
  const buffer = await store.buffers.open(SESSION);
  const listed = buffer.segments.map((info) => ({ info, path: info.file, map: initName(info.run) }));
  const files = [initName(0), ...listed.map(({ path: file }) => file)];
  const playlist = writePlaylist(clipPlaylist(listed, buffer.segments[0]?.startPts ?? micros(0)));
  return new ClipBirth({ ...world, clock: systemClock }).bear({
    userId: "bob",
    clipId,
    key: null,
    reserved: 1_000_000,
    pin: (atMs) => store.pins.pin({ userId: "bob", atMs, from: SESSION, files, tail: null, playlist }),
    row: (own) => clipRow({ ...own, sessionId: SESSION.sessionId }),
    announce: ({ id }) => announced.push(id),
  });
};

/** There with its files, charged, and nothing is broken. */
async function expectBorn(): Promise<void> {
  const row = await world.catalog.clips.find(clipId);
  expect(row?.state).toBe("pinned");
  expect((await world.store.clips.sizes({ userId: "bob", key: row?.fileKey ?? "" })).pins).toBeGreaterThan(0);
  expect((await world.ledger.quotaOf("bob")).reservedBytes).toBe(1_000_000);
  expect((await world.store.check()).filter(({ invariant }) => invariant !== null)).toEqual([]);
}

test("a row that is sent twice, because its first answer was lost, is a clip", async () => {
  insert = async (rows, row) => {
    await rows.insert(row);
    return rows.insert(row);
  };
  expect((await bear()).id).toBe(clipId);
  await expectBorn();
});

test("a row of which an error says nothing may be there: it keeps its files until that is known", async () => {
  let tries = 0;
  insert = async (rows, row) => {
    const isIn = await rows.insert(row);
    tries += 1;
    if (tries === 1) throw new TypeError("the socket was destroyed");
    return isIn;
  };
  await expect(bear()).rejects.toThrow("the socket was destroyed");
  await vi.waitUntil(() => announced.includes(clipId), { timeout: 5000, interval: 5 });
  await expectBorn();
});

test("a clip whose files cannot be removed keeps no other one from being deleted, nor from losing its pins", async () => {
  const { catalog, store, logger } = world;
  const bus = new EventBus(() => undefined);
  const finaliser = new ClipFinaliser({ ...world, bus, clock: systemClock, ffmpeg: null, conversions: new Conversions(bus) });
  const notices = new ChannelNotices({ channels: ownChannelsOnly, metrics: new Metrics(), logger });
  const remover = new ClipRemover({ catalog, store, bus, finaliser, notices, aac: { cancel: () => undefined } });
  const stuck = await capture(world, "clip-1-stuck-00000001");
  const other = await capture(world, "clip-2-other-00000001");
  const place = path.join(userPath(root, "bob"), `${stuck.fileKey}.pins`, "inner");
  await mkdir(place);
  for (const row of [stuck, other]) await finalise(world, row);
  await expect(remover.removeOldPins(Date.now() + 2 * 3_600_000)).rejects.toMatchObject({ code: "EISDIR" });
  expect((await catalog.clips.find(other.id))?.pinsGone).toBe(true);
  for (const { id } of [stuck, other]) await catalog.clips.update(id, ["ready"], { state: "deleting" });
  await expect(remover.finishDeletions()).rejects.toMatchObject({ code: "EISDIR" });
  expect(await catalog.clips.find(other.id)).toBeNull();
  await rmdir(path.join(`${userPath(root, "bob")}`, `${stuck.fileKey}.pins.tmp`, "inner"));
  await remover.finishDeletions();
  expect(await catalog.clips.find(stuck.id)).toBeNull();
  expect((await store.check()).filter(({ invariant }) => invariant !== null)).toEqual([]);
  await finaliser.close();
});
