/**
 * The server is killed with SIGKILL while it records, captures and finalises, again and again at other instants; then another one starts on the same folder.
 * What was answered must be there, what was closed must be capturable, and no invariant may be broken.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Clip, clipSchema } from "@livekit-replay/contract";
import { describeSegment } from "@livekit-replay/media";
import { Api, checkSequence, loadFilm, readClip, seededRandom, ServerProcess, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { testDatabase } from "./databases.js";
import { type Harness, startHarness } from "./harness.js";
import { buildRecorder } from "./recorder-build.js";

let root: string;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "replay-kill-"));
  await buildRecorder();
});
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
  await testDatabase(root).remove();
  await rm(root, { recursive: true, force: true });
});

const data = (): string => join(root, "data");
const env = (): Record<string, string> => ({
  FILE_UPLOAD_DEST: data(),
  DATABASE_URL: testDatabase(root).url,
  MIN_FREE_BYTES: "0",
});

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** What the closed segments of a session play, in ms: read from the files themselves. */
async function closedMs(sessionId: string): Promise<number> {
  const folder = join(data(), "replay-buffer", "lobby", "alice", sessionId);
  const names = (await readdir(folder)).filter((name) => name.startsWith("segment-") && name.endsWith(".m4s"));
  const lengths = await Promise.all(names.map(async (name) => describeSegment(await readFile(join(folder, name))).info));
  return lengths.reduce((sum, { startPts, endPts }) => sum + (endPts - startPts) / 1000, 0);
}

/** Presses one after the other until the server is gone; answers what was answered. */
async function pressUntilGone(api: Api, sessionId: string): Promise<Clip[]> {
  const answered: Clip[] = [];
  for (;;) {
    const clip = await api.capture({ sessionId, durationSeconds: 2, endAtMs: Date.now() - 300 }).catch(() => null);
    if (clip === null) return answered;
    answered.push(clip);
  }
}

/** One life of the server, ended by SIGKILL `afterMs` after the first press. */
async function killedLife(afterMs: number): Promise<{ sessionId: string; answered: Clip[] }> {
  const server = await ServerProcess.start({ folder: root, env: env() });
  open.push(server);
  const recorders = await server.childPids();
  const api = await Api.signIn(server.url, "alice");
  const publisher = await WhipPublisher.publish({ film: await loadFilm(SMALL_FILM), url: api.whipUrl("lobby"), token: api.token });
  open.push(publisher);
  const session = async (): Promise<{ id: string; bufferedMs: number }> => {
    const found = (await api.status("lobby")).sessions.find(({ state }) => state === "active");
    return { id: found?.id ?? "", bufferedMs: (found?.window?.toMs ?? 0) - (found?.window?.fromMs ?? 0) };
  };
  const before = (await session()).bufferedMs;
  await vi.waitUntil(async () => (await session()).bufferedMs >= before + 2500, { timeout: 30_000, interval: 50 });
  const { id } = await session();
  setTimeout(() => process.kill(server.pid, "SIGKILL"), afterMs);
  const answered = (await Promise.all([pressUntilGone(api, id), pressUntilGone(api, id)])).flat();
  // A recorder whose server died closes its open GOP and exits.
  await vi.waitUntil(() => recorders.every((pid) => !alive(pid)), { timeout: 15_000, interval: 20 });
  publisher.vanish();
  return { sessionId: id, answered };
}

async function judge(harness: Harness, clip: Clip): Promise<void> {
  const find = async (): Promise<Clip> => clipSchema.parse((await harness.ask("alice", "GET", `/clips/${clip.id}`)).json());
  await vi.waitUntil(async () => (await find()).state === "ready", { timeout: 30_000, interval: 50 });
  const { store, catalog } = harness.server.core;
  const file = await store.media.ofClip({ userId: "alice", key: (await catalog.clips.find(clip.id))?.fileKey ?? "" }, "mp4");
  const reading = await readClip(file?.path ?? "");
  expect(reading.complaints).toEqual([]);
  expect(Math.abs((reading.videoUs ?? 0) / 1000 - clip.durationMs)).toBeLessThanOrEqual(40);
  // Where an earlier life ends inside the clip, the film begins anew.
  if (clip.gaps.length === 0) expect(checkSequence(reading.frames, 600)).toMatchObject({ unreadable: 0, jumps: [] });
}

test("kill -9 at any instant loses nothing that was closed or answered", { timeout: 240_000 }, async () => {
  const random = seededRandom(7);
  const answered: Clip[] = [];
  for (let life = 0; life < 6; life += 1) {
    const killed = await killedLife(20 + random() * 500);
    answered.push(...killed.answered);
    const closed = await closedMs(killed.sessionId);
    const harness = await startHarness({ root });
    open.push({ close: () => harness.stop() });
    expect(await harness.server.core.store.check()).toEqual([]);
    const whole = await harness.ask("alice", "POST", "/capture", { body: { sessionId: killed.sessionId, durationMinutes: 10 } });
    expect(whole.status, whole.text).toBe(201);
    expect(clipSchema.parse(whole.json()).durationMs).toBeGreaterThanOrEqual(closed - 50);
    for (const clip of killed.answered.slice(-2)) await judge(harness, clip);
    for (const clip of answered) expect((await harness.ask("alice", "GET", `/clips/${clip.id}`)).status).toBe(200);
    await harness.stop();
  }
  expect(answered.length).toBeGreaterThan(0);
});
