/** `kill -9` before every single change of disk and database: whatever was answered is there afterwards, and nothing is half there. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { breaking } from "../src/store/check/finding.js";
import { sessionPath, userPath } from "../src/store/paths.js";
import { openWriter, SESSION, tempRoot, tree, writeRun } from "./store-material.js";
import { capture, deleteClip, finalise, openWorld, theSession, unpin, type World } from "./store-world.js";

const CLIP = "clip-000000000000001";
const LIMIT_MS = 30_000;
const SEGMENTS = ["segment-0-0.m4s", "segment-0-1.m4s", "segment-0-2.m4s"];
let base: string;
let removeBase: () => Promise<void>;

interface Run {
  readonly root: string;
  readonly answered: boolean;
  /** Null when it was killed. */
  readonly steps: number | null;
}

async function drive(root: string, scenario: string, killAt: number): Promise<Run> {
  const hooks = new URL("run-source.ts", import.meta.url).href;
  const driver = new URL("store-crash-driver.ts", import.meta.url).pathname;
  // Hundreds of short processes: what one compiled, the next ones need not.
  const env = { ...process.env, NODE_COMPILE_CACHE: path.join(base, "compiled") };
  const child = spawn(process.execPath, ["--conditions=source", "--import", hooks, driver, root, scenario, String(killAt)], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code, signal] = await once(child, "close");
  if (signal !== "SIGKILL" && code !== 0) throw new Error(`${scenario} failed at ${killAt} (${code}): ${errors}`);
  const steps = /steps (\d+)/u.exec(output)?.[1];
  return { root, answered: output.includes("answered"), steps: steps === undefined ? null : Number(steps) };
}

/** Of the clip: `unpinned` is ready, and its pins are gone. */
type State = "pinned" | "ready" | "unpinned" | "deleting";

/** A store of one session with three closed segments and one clip of it. */
async function prepare(state: State): Promise<string> {
  const root = await mkdtemp(path.join(base, `${state}-`));
  const { writer, close } = await openWriter(root);
  await writeRun(writer, 3);
  await close();
  const world = await openWorld(root);
  await world.catalog.sessions.insert(theSession);
  const row = await capture(world, CLIP);
  if (state !== "pinned") await finalise(world, row);
  if (state === "unpinned") await unpin(world, row);
  if (state === "deleting") await world.catalog.clips.update(CLIP, ["ready"], { state: "deleting" });
  await world.catalog.posts.insert({
    id: "post-1",
    channelId: "general",
    clipId: CLIP,
    userId: "bob",
    userName: "Bob",
    text: "",
    createdAtMs: 1,
  });
  await world.close();
  return root;
}

/** What must hold after every restart, whatever was going on. */
async function expectInOrder(world: World): Promise<void> {
  const report = await world.store.recover();
  for (const row of report.finalise) await finalise(world, row);
  expect(breaking(report.remaining)).toEqual([]);
  expect(report.lost).toEqual([]);
  expect(breaking(await world.store.check())).toEqual([]);
  expect((await tree(world.root)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  const rows = await world.catalog.clips.all();
  expect(rows.every(({ state }) => state === "ready")).toBe(true);
  for (const { fileKey, sizeBytes } of rows)
    expect((await stat(path.join(userPath(world.root, "bob"), `${fileKey}.mp4`))).size).toBe(sizeBytes);
  const used = rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  expect(await world.ledger.quotaOf("bob")).toMatchObject({ usedBytes: used, reservedBytes: 0 });
  // Each file in the owner's folder belongs to a row.
  const keys = new Set(rows.map(({ fileKey }) => fileKey));
  expect((await readdir(userPath(world.root, "bob"))).every((name) => keys.has(name.replace(/\.(mp4|jpg|pins)$/u, "")))).toBe(true);
}

/** Kills at every step, two processes at a time, and looks at what is left after a restart. */
async function killEverywhere(scenario: string, state: State, expectAfter: (world: World, run: Run) => Promise<void>): Promise<number> {
  const template = await prepare(state);
  const copy = async (): Promise<string> => {
    const root = await mkdtemp(path.join(base, `${scenario}-`));
    await cp(template, root, { recursive: true, preserveTimestamps: true });
    return root;
  };
  const { steps } = await drive(await copy(), scenario, 0);
  if (steps === null) throw new Error("killed without being asked to");
  let next = 1;
  const lane = async (): Promise<void> => {
    for (let killAt = next++; killAt <= steps; killAt = next++) {
      const run = await drive(await copy(), scenario, killAt);
      const world = await openWorld(run.root);
      try {
        await expectInOrder(world);
        await expectAfter(world, run);
      } catch (error) {
        throw new Error(`killed before step ${killAt} of ${steps} of ${scenario}`, { cause: error });
      } finally {
        await world.close();
      }
      await rm(run.root, { recursive: true });
    }
  };
  await Promise.all([lane(), lane()]);
  return steps;
}

const segmentsOf = async (world: World): Promise<string[]> =>
  (await readdir(sessionPath(world.root, SESSION))).filter((name) => name.startsWith("segment")).sort();
const idsOf = async (world: World): Promise<string[]> => (await world.catalog.clips.all()).map(({ id }) => id);

beforeAll(async () => {
  ({ root: base, remove: removeBase } = await tempRoot());
});
afterAll(() => removeBase());

describe("killed at every step", { timeout: 180_000 }, () => {
  it("of a capture: the clip is whole or not there, and the buffer can be captured again", async () => {
    const steps = await killEverywhere("capture", "ready", async (world, { answered }) => {
      expect(await segmentsOf(world)).toEqual(SEGMENTS);
      if (answered) expect(await idsOf(world)).toHaveLength(2);
      expect(await idsOf(world)).toContain(CLIP);
      await capture(world, "clip-000000000000003");
      expect(await idsOf(world)).toContain("clip-000000000000003");
    });
    expect(steps).toBeGreaterThan(15);
  });

  it("of finalising: the clip becomes ready after the restart", async () => {
    const steps = await killEverywhere("finalise", "pinned", async (world) => {
      expect(await world.catalog.clips.find(CLIP)).toMatchObject({ state: "ready" });
    });
    expect(steps).toBeGreaterThan(6);
  });

  it("of pinning a late segment, of a poster, of removing pins: the clip stays", async () => {
    const stays = async (world: World): Promise<void> => expect(await world.catalog.clips.find(CLIP)).toMatchObject({ state: "ready" });
    expect(await killEverywhere("late", "pinned", stays)).toBeGreaterThan(2);
    expect(await killEverywhere("poster", "pinned", stays)).toBeGreaterThan(4);
    expect(await killEverywhere("unpin", "ready", stays)).toBeGreaterThan(6);
  });

  it("of a part of a clip's MP4: it is whole or not there, and the clip stays", async () => {
    const steps = await killEverywhere("trim", "unpinned", async (world, { answered }) => {
      const ids = await idsOf(world);
      expect(ids).toContain(CLIP);
      if (answered) expect(ids).toHaveLength(2);
    });
    expect(steps).toBeGreaterThan(12);
  });

  it("of deleting: the clip is there, or gone with its files and its charge", async () => {
    const steps = await killEverywhere("delete", "ready", async (world, { answered }) => {
      const row = await world.catalog.clips.find(CLIP);
      if (answered) expect(row).toBeNull();
      expect(await world.catalog.posts.find("post-1")).toMatchObject({ clipId: row === null ? null : CLIP });
      if (row !== null) await deleteClip(world, row);
      expect(await readdir(userPath(world.root, "bob"))).toEqual([]);
      expect(await segmentsOf(world)).toEqual(SEGMENTS);
    });
    expect(steps).toBeGreaterThan(10);
  });

  it("of recovering: the next start goes on", async () => {
    const steps = await killEverywhere("recover", "deleting", async (world) => expect(await idsOf(world)).toEqual([]));
    expect(steps).toBeGreaterThan(8);
  });

  it("of expiry, of forgetting and of removing a session: clips stay, and what is left can be captured", async () => {
    await killEverywhere("expire", "ready", async (world) => {
      const left = await segmentsOf(world);
      expect(left).toEqual(SEGMENTS.slice(SEGMENTS.length - left.length));
      expect(left.length).toBeGreaterThan(0);
      expect((await world.store.buffers.open(SESSION)).segments.map(({ file }) => file)).toEqual(left);
    });
    await killEverywhere("forget", "ready", async (world, { answered }) => {
      if (answered) expect(await segmentsOf(world)).toEqual([]);
      await world.store.buffers.forget(SESSION, null);
      expect(await segmentsOf(world)).toEqual([]);
    });
    await killEverywhere("remove-session", "ready", async (world) => {
      await world.store.buffers.remove(SESSION);
      expect(await readdir(path.join(world.root, "replay-buffer"))).toEqual([]);
    });
  });
});
