/** A whole store for tests: catalogue, ledger and files in one temporary root, and clips as the server makes them, step by step. */
import path from "node:path";
import { micros, millis, type TrimClip, wallMs } from "@livekit-replay/contract";
import { clipPlaylist, verifyFlat, writePlaylist } from "@livekit-replay/media";
import { openCatalog } from "../src/catalog/open.js";
import type { Catalog, ClipRow } from "../src/catalog/port.js";
import { Conversions } from "../src/clips/convert/progress.js";
import { ClipFinaliser } from "../src/clips/finalise.js";
import { planMp4 } from "../src/clips/mp4.js";
import { writeTrimmed } from "../src/clips/trim-movie.js";
import { ClipTrim } from "../src/clips/trim.js";
import { UnsettledClips } from "../src/clips/unsettled.js";
import { EventBus } from "../src/events/bus.js";
import type { DatabaseConfig } from "../src/config/read.js";
import { systemClock } from "../src/platform/clock.js";
import { QuotaLedger } from "../src/quotas/ledger.js";
import type { WrittenMp4 } from "../src/store/finalise.js";
import { initName } from "../src/store/names.js";
import { openStore, type Store } from "../src/store/open.js";
import type { PinAddress } from "../src/store/pin.js";
import { clipRow, sessionRow } from "./catalog-rows.js";
import { BUFFER, GRACE, LogLines, SESSION } from "./store-material.js";

/** Everything of one server that outlives it, opened. */
export interface World {
  readonly root: string;
  readonly catalog: Catalog;
  readonly ledger: QuotaLedger;
  readonly store: Store;
  readonly logger: LogLines;
  readonly unsettled: UnsettledClips;
  close(): Promise<void>;
}

/** What a clip is charged before anything is known about its size. */
export const CHARGED = 5_000_000;
const LIMIT = 20_000_000;

/** Opens the store of a root; real time, real files. `wrap` may put something between the store and its catalogue, which is in SQLite unless the test has another place for it. */
export async function openWorld(
  root: string,
  wrap: (catalog: Catalog) => Catalog = (catalog) => catalog,
  database: DatabaseConfig = { kind: "sqlite", file: path.join(root, "catalog.db") },
): Promise<World> {
  const logger = new LogLines();
  const catalog = wrap(await openCatalog(database));
  const ledger = new QuotaLedger({ rows: catalog.quotas, clock: systemClock, defaultLimitBytes: LIMIT });
  const store = await openStore({
    root,
    catalog,
    ledger,
    clock: systemClock,
    logger,
    bufferMs: BUFFER,
    graceMs: GRACE,
    confirmMs: millis(10),
  });
  const unsettled = new UnsettledClips({ catalog, ledger, store, logger });
  const close = async (): Promise<void> => {
    await unsettled.close();
    await store.close();
    await catalog.close();
  };
  return { root, catalog, ledger, store, logger, unsettled, close };
}

/** The row of the test's session. */
export const theSession = sessionRow({ id: SESSION.sessionId, userId: SESSION.userId, roomName: SESSION.roomName });

/** The order of birth (storage.md, invariant 3): quota, pins, row, answer. The last segment is rewritten as the tail. */
export async function capture({ store, ledger, catalog }: World, clipId: string, more: Partial<ClipRow> = {}): Promise<ClipRow> {
  const buffer = await store.buffers.open(SESSION);
  await buffer.upToDate();
  await ledger.reserve("bob", clipId, CHARGED);
  return buffer.exclusive(async () => {
    const { segments } = buffer;
    const last = segments.at(-1);
    if (last === undefined) throw new Error("nothing to capture");
    const whole = segments.slice(0, -1);
    const listed = [
      ...whole.map((info) => ({ info, path: info.file, map: initName(info.run) })),
      { info: last, path: "tail.m4s", map: initName(last.run) },
    ];
    const at = wallMs(Date.UTC(2026, 10, 24, 14, 3, 45, 839));
    const files = [...new Set(segments.map(({ run }) => initName(run))), ...whole.map(({ file }) => file)];
    const tail = { kind: "bytes", bytes: await buffer.read(last) } as const;
    const playlist = writePlaylist(clipPlaylist(listed, segments[0]?.startPts ?? micros(0)));
    const { key } = await store.pins.pin({ userId: "bob", atMs: at, from: SESSION, files, tail, playlist });
    const row = clipRow({ id: clipId, fileKey: key, sizeBytes: CHARGED, sessionId: SESSION.sessionId, ...more });
    if (!(await catalog.clips.insert(row))) throw new Error("the clip's row was refused");
    return row;
  });
}

/** Removes the pins of a clip that is ready. */
export async function unpin({ store, catalog }: World, { id, userId, fileKey }: ClipRow): Promise<void> {
  await store.pins.remove({ userId, key: fileKey });
  await catalog.clips.update(id, ["ready"], { pinsGone: true });
}

/** A part of a clip, made by the real code until its MP4 is there, where that is waited for. */
export async function trim(world: World, clip: ClipRow, body: TrimClip): Promise<ClipRow> {
  const bus = new EventBus(() => undefined);
  const finaliser = new ClipFinaliser({ ...world, bus, clock: systemClock, ffmpeg: null, conversions: new Conversions(bus) });
  try {
    const trims = new ClipTrim({ ...world, bus, clock: systemClock, finaliser });
    return await trims.trim({ clip, body, idempotencyKey: undefined, waitSeconds: null });
  } finally {
    await finaliser.close();
  }
}

/** Finalises: MP4, ledger, row. */
export async function finalise(world: World, row: ClipRow): Promise<void> {
  const { ledger, catalog } = world;
  const clip = { userId: row.userId, key: row.fileKey };
  const { sizeBytes } = row.container === "mp4" ? await finaliseTrimmed(world, clip) : await finalisePinned(world, clip);
  await ledger.commit(row.userId, row.id, sizeBytes);
  await catalog.clips.update(row.id, ["pinned"], { state: "ready", sizeBytes, readyAtMs: Date.now() });
}

const finaliseTrimmed = async ({ store }: World, clip: PinAddress): Promise<WrittenMp4> =>
  (await writeTrimmed({ store, clip, signal: new AbortController().signal })).written;

async function finalisePinned({ store }: World, clip: PinAddress): Promise<WrittenMp4> {
  const plan = await planMp4(store.pins, clip);
  return store.clips.writeMp4({ clip, plan, verify: (read, size) => verifyFlat(read, size, plan.expected) });
}

/** The order of death. */
export async function deleteClip({ store, catalog }: World, row: ClipRow): Promise<void> {
  await catalog.clips.update(row.id, ["pinned", "ready", "lost"], { state: "deleting" });
  await store.finishDeletion(row);
}
