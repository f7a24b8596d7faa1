/** What is broken is found, named and mended; what is kept is never removed. */
import { mkdir, readdir, rename, rm, truncate, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FindingKind } from "../src/store/check/finding.js";
import { sessionPath, userPath } from "../src/store/paths.js";
import { openWriter, segmentBytes, SESSION, tempRoot, tree, writeRun } from "./store-material.js";
import { capture, CHARGED, deleteClip, finalise, openWorld, theSession, type World } from "./store-world.js";

const KEY = "2026-11-24T14-03-45-839Z";
const CLIP = "clip-000000000000001";
let root: string;
let remove: () => Promise<void>;
let world: World;

const owner = (...names: string[]): string => path.join(userPath(root, "bob"), ...names);
const old = new Date(Date.now() - 7_200_000);
const makeOld = (file: string): Promise<void> => utimes(file, old, old);
/** Another start of the server over the same root. */
async function restart(): Promise<void> {
  await world.close();
  world = await openWorld(root);
}
const kinds = async (): Promise<FindingKind[]> => (await world.store.check()).map(({ kind }) => kind);

beforeEach(async () => {
  ({ root, remove } = await tempRoot());
  const { writer, close } = await openWriter(root);
  await writeRun(writer, 3);
  await close();
  world = await openWorld(root);
  await world.catalog.sessions.insert(theSession);
});
afterEach(async () => {
  await world.close();
  await remove();
});

describe("a store in order", () => {
  it("has nothing to find, at any step of a clip's life", async () => {
    expect(await kinds()).toEqual([]);
    const row = await capture(world, CLIP);
    expect(await kinds()).toEqual([]);
    expect(await world.store.recover()).toMatchObject({ finalise: [row], deleted: [], lost: [], mended: [], remaining: [] });
    await finalise(world, row);
    await world.store.clips.writePoster({ userId: "bob", key: KEY }, segmentBytes());
    expect(await kinds()).toEqual([]);
    await world.store.pins.remove({ userId: "bob", key: KEY });
    await world.catalog.clips.update(CLIP, ["ready"], { pinsGone: true });
    expect(await kinds()).toEqual([]);
    await deleteClip(world, row);
    expect(await kinds()).toEqual([]);
    expect(await readdir(owner())).toEqual([]);
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
  });

  it("is not disturbed by work under way", async () => {
    await capture(world, CLIP);
    await restart();
    await world.store.recover();
    // Young pins without a row, young unfinished files, a young reservation: a capture that is just running.
    await mkdir(owner(`${KEY}-2.pins`));
    await mkdir(owner(`${KEY}-3.pins.tmp`));
    await writeFile(owner(`${KEY}.mp4.tmp`), "x");
    await writeFile(path.join(sessionPath(root, SESSION), "segment-0-3.m4s.tmp"), "x");
    await world.ledger.reserve("bob", "clip-of-a-moment", 10);
    expect(await kinds()).toEqual([]);
    expect((await world.store.recover()).mended).toEqual([]);
    expect(await readdir(owner())).toEqual([`${KEY}-2.pins`, `${KEY}-3.pins.tmp`, `${KEY}.mp4.tmp`, `${KEY}.pins`]);
  });
});

describe("at start", () => {
  it("what no living writer can finish goes at once", async () => {
    await mkdir(owner(`${KEY}.pins`), { recursive: true });
    await writeFile(owner(`${KEY}.pins`, "init-0.mp4"), "x");
    await mkdir(owner(`${KEY}-2.pins.tmp`));
    await writeFile(owner(`${KEY}-3.mp4.tmp`), "x");
    await writeFile(owner(`${KEY}-4.jpg`), "x");
    const closing = path.join(sessionPath(root, SESSION), "segment-0-3.m4s.tmp");
    const dead = path.join(sessionPath(root, SESSION), "segment-0-2.m4s.tmp");
    for (const file of [closing, dead]) await writeFile(file, "x");
    await makeOld(dead);
    await writeFile(path.join(root, "replays", "link-probe-x.tmp"), "x");
    await world.ledger.reserve("bob", "clip-that-never-was", 500);
    await restart();
    const report = await world.store.recover();
    expect(report.mended.map(({ kind }) => kind).sort()).toEqual([
      "dead_reservation",
      "leftover_tmp",
      "leftover_tmp",
      "leftover_tmp",
      "leftover_tmp",
      "unknown_pins",
      "unknown_poster",
    ]);
    expect(await readdir(path.join(root, "replays"))).toEqual(["bob"]);
    expect(await readdir(owner())).toEqual([]);
    // A recorder whose server died may still be writing its last segment.
    expect((await readdir(sessionPath(root, SESSION))).filter((name) => name.endsWith(".tmp"))).toEqual(["segment-0-3.m4s.tmp"]);
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ reservedBytes: 0 });
    expect(await kinds()).toEqual([]);
  });

  it("a deletion goes on from wherever it stopped", async () => {
    const row = await capture(world, CLIP);
    await finalise(world, row);
    await world.catalog.posts.insert({
      id: "post-1",
      channelId: "general",
      clipId: CLIP,
      userId: "bob",
      userName: "Bob",
      text: "",
      createdAtMs: 1,
    });
    await world.catalog.clips.update(CLIP, ["ready"], { state: "deleting" });
    await rm(owner(`${KEY}.mp4`));
    await restart();
    expect(await kinds()).toEqual(["unfinished_deletion"]);
    expect((await world.store.recover()).deleted.map(({ id }) => id)).toEqual([CLIP]);
    expect(await readdir(owner())).toEqual([]);
    expect(await world.catalog.clips.all()).toEqual([]);
    expect(await world.catalog.posts.find("post-1")).toMatchObject({ clipId: null });
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
  });

  it("a clip whose row went before its charge is given back", async () => {
    await finalise(world, await capture(world, CLIP));
    await world.store.clips.remove({ userId: "bob", key: KEY });
    await world.catalog.clips.remove(CLIP);
    await restart();
    expect(await kinds()).toEqual(["dead_charge"]);
    await world.store.recover();
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: 0 });
  });

  it("a clip whose files are gone is lost, not dropped; and found again when they are back", async () => {
    await finalise(world, await capture(world, CLIP));
    await world.store.pins.remove({ userId: "bob", key: KEY });
    await rename(owner(`${KEY}.mp4`), path.join(root, "elsewhere"));
    await restart();
    expect((await world.store.recover()).lost.map(({ id }) => id)).toEqual([CLIP]);
    expect(await world.catalog.clips.find(CLIP)).toMatchObject({ state: "lost" });
    expect((await world.ledger.quotaOf("bob")).usedBytes).toBeGreaterThan(0);
    expect(await kinds()).toEqual([]);
    await rename(path.join(root, "elsewhere"), owner(`${KEY}.mp4`));
    expect(await kinds()).toEqual(["files_back"]);
    await world.store.recover();
    expect(await world.catalog.clips.find(CLIP)).toMatchObject({ state: "ready", pinsGone: true });
  });

  it("a pinned clip without a file that its playlist names is lost; with it again, pinned", async () => {
    await capture(world, CLIP);
    await rename(owner(`${KEY}.pins`, "segment-0-1.m4s"), path.join(root, "elsewhere"));
    await restart();
    expect((await world.store.recover()).finalise).toEqual([]);
    expect(await world.catalog.clips.find(CLIP)).toMatchObject({ state: "lost" });
    await rename(path.join(root, "elsewhere"), owner(`${KEY}.pins`, "segment-0-1.m4s"));
    expect((await world.store.recover()).finalise.map(({ id }) => id)).toEqual([CLIP]);
  });

  it("a ready clip that lost its MP4, or has another one, is made again from its pins", async () => {
    await finalise(world, await capture(world, CLIP));
    await truncate(owner(`${KEY}.mp4`), 1000);
    expect(await kinds()).toEqual(["size_mismatch"]);
    await rm(owner(`${KEY}.mp4`));
    expect(await kinds()).toEqual(["mp4_missing"]);
    await restart();
    const { finalise: again } = await world.store.recover();
    expect(again.map(({ id }) => id)).toEqual([CLIP]);
    for (const row of again) await finalise(world, row);
    expect(await kinds()).toEqual([]);
    expect(await world.catalog.clips.find(CLIP)).toMatchObject({ state: "ready" });
  });

  it("a clip whose row is behind its MP4, or its charge behind its row, catches up", async () => {
    await finalise(world, await capture(world, CLIP));
    const ready = await world.catalog.clips.find(CLIP);
    await world.store.pins.remove({ userId: "bob", key: KEY });
    await world.catalog.clips.update(CLIP, ["ready"], { state: "pinned", sizeBytes: CHARGED, readyAtMs: null });
    expect(await kinds()).toEqual(["row_behind"]);
    await world.store.recover();
    expect(await world.catalog.clips.find(CLIP)).toMatchObject({ state: "ready", sizeBytes: ready?.sizeBytes });
    const second = await capture(world, "clip-000000000000002");
    const plan = { head: segmentBytes(), parts: [], sizeBytes: segmentBytes().length };
    await world.store.clips.writeMp4({ clip: { userId: "bob", key: second.fileKey }, plan, verify: async () => {} });
    await world.catalog.clips.update(second.id, ["pinned"], { state: "ready", sizeBytes: plan.sizeBytes, readyAtMs: 1 });
    expect(await kinds()).toEqual(["charge_too_high"]);
    await world.store.recover();
    expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: plan.sizeBytes + (ready?.sizeBytes ?? 0), reservedBytes: 0 });
  });
});

describe("what only a person can decide", () => {
  it("an MP4 without a row is named and never removed, nor are pins and pictures beside it", async () => {
    await finalise(world, await capture(world, CLIP));
    await world.store.clips.writePoster({ userId: "bob", key: KEY }, segmentBytes());
    await world.close();
    // The catalogue is lost; a new one knows nothing.
    for (const name of (await readdir(root)).filter((each) => each.startsWith("catalog.db"))) await rm(path.join(root, name));
    world = await openWorld(root);
    const before = (await tree(userPath(root, "bob"))).sort();
    const { remaining, mended } = await world.store.recover();
    expect(remaining.filter(({ invariant }) => invariant !== null).map(({ kind }) => kind)).toEqual(["unknown_mp4"]);
    expect(mended).toEqual([]);
    expect((await tree(userPath(root, "bob"))).sort()).toEqual(before);
  });

  it("a clip that is charged too little, and a balance that is no sum, are named", async () => {
    const row = await capture(world, CLIP);
    await world.ledger.release("bob", CLIP);
    const newest = await world.catalog.quotas.newest("bob");
    if (newest === null) throw new Error("no entry");
    await world.catalog.quotas.append({
      ...newest,
      seq: newest.seq + 1,
      clipId: "other",
      kind: "reserve",
      clipBytes: 5,
      reservedBytes: 700,
    });
    expect((await kinds()).sort()).toEqual(["balance_wrong", "charge_missing"]);
    const { remaining } = await world.store.recover();
    expect(remaining.map(({ kind, row: name }) => [kind, name])).toContainEqual(["charge_missing", `clips/${row.id}`]);
  });

  it("folders and files that are not ours are named, entered by nobody, and break nothing", async () => {
    const strange = [
      "replay-buffer/Not Ours/x/y",
      "replay-buffer/lobby/Alice",
      "replay-buffer/lobby/bob/short",
      "replays/Bob",
      "replays/bob/folder.mp4",
      "replays/bob/2026-11-24T14-03-45-839Z.mp4",
    ];
    for (const folder of strange) await mkdir(path.join(root, folder), { recursive: true });
    for (const file of ["replay-buffer/file", "replays/readme.txt", "replays/bob/notes.txt", "replays/bob/2026-11-24T14-03-45-839Z.pins"])
      await writeFile(path.join(root, file), "x");
    const before = await tree(root);
    const findings = await world.store.check();
    expect(findings.every(({ kind, invariant }) => kind === "foreign" && invariant === null)).toBe(true);
    expect(findings.length).toBe(10);
    await restart();
    await world.store.recover();
    expect((await tree(root)).filter((name) => !name.startsWith("catalog"))).toEqual(before.filter((name) => !name.startsWith("catalog")));
  });
});

describe("sessions' folders", () => {
  it("without a row go when their grace is over, not before; others stay", async () => {
    const orphan = { ...SESSION, sessionId: "session-0000000009" };
    const { writer, close } = await openWriter(root, orphan);
    await writeRun(writer, 2);
    await close();
    expect(await kinds()).toEqual([]);
    for (const name of await readdir(writer.folder)) await makeOld(path.join(writer.folder, name));
    await makeOld(writer.folder);
    expect(await kinds()).toEqual(["orphaned_session"]);
    await world.store.recover();
    expect(await readdir(path.dirname(writer.folder))).toEqual([SESSION.sessionId]);
    expect(await kinds()).toEqual([]);
  });

  it("of a row with other names are orphans: an id alone is no proof", async () => {
    const { writer, close } = await openWriter(root, { ...SESSION, roomName: "elsewhere" });
    await writeRun(writer, 1);
    await close();
    for (const name of await readdir(writer.folder)) await makeOld(path.join(writer.folder, name));
    await makeOld(writer.folder);
    expect(await kinds()).toEqual(["orphaned_session"]);
  });

  it("with broken segments: they are named and left alone", async () => {
    await truncate(path.join(sessionPath(root, SESSION), "segment-0-1.m4s"), 10);
    const findings = await world.store.check();
    expect(findings).toMatchObject([{ kind: "foreign", invariant: null, path: expect.stringMatching(/segment-0-1\.m4s$/u) }]);
  });
});
