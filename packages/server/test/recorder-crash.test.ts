/** Deaths: of the recorder process, and of the server that it belongs to. What was closed stays, what was open is saved where somebody is left to do it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { checkSequence, cpuSeconds, type Film, loadFilm, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { beforeAll, describe, expect, it, type TestContext, vi } from "vitest";
import { newId } from "../src/platform/ids.js";
import type { RecorderEvent } from "../src/recorders/port.js";
import { buildRecorder } from "./recorder-build.js";
import { RecorderWorld } from "./recorder-world.js";

const FILM_FRAMES = SMALL_FILM.seconds * SMALL_FILM.frameRate;
const perfect = { unreadable: 0, repeated: 0, outOfOrder: 0, missing: 0, jumps: [] };
let film: Film;
let entry: string;

beforeAll(async () => {
  entry = await buildRecorder();
  film = await loadFilm(SMALL_FILM);
});

async function world(test: TestContext, processes = 1): Promise<RecorderWorld> {
  const made = await RecorderWorld.open({ entry, processes });
  test.onTestFinished(() => made.close());
  return made;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("a recorder process", () => {
  it("killed with kill -9 leaves whole segments, is told as down with what it had, and is replaced for a new run", async (test) => {
    const the = await world(test);
    const { publicationId } = await the.publish({ film });
    const sessionId = await the.start(publicationId);
    await the.segmentCount(sessionId, 3);
    const { recorderId, pid } = the.process;
    process.kill(pid, "SIGKILL");
    const down = await the.event((event): event is Extract<RecorderEvent, { type: "down" }> => event.type === "down");
    expect(down).toEqual({ type: "down", recorderId, publicationIds: [publicationId], sessionIds: [sessionId] });
    // At once: the next process is started in a moment, and is up with less than 2 s of processor; what it waits for one on a busy machine is not its own.
    await vi.waitUntil(() => the.recorder.stats().processes[0]?.state !== "down", { timeout: 1_000, interval: 10 });
    await the.event((event): event is Extract<RecorderEvent, { type: "up" }> => event.type === "up" && event.recorderId !== recorderId);
    expect(await cpuSeconds(the.process.pid)).toBeLessThan(2);
    const names = (await the.files(sessionId)).filter((name) => name.endsWith(".m4s"));
    const announced = the.segments(sessionId).map(({ number }) => `segment-0-${number}.m4s`);
    expect(names).toEqual(expect.arrayContaining(announced));
    expect(checkSequence((await the.decodeFiles(sessionId, ["init-0.mp4", ...names])).frames, FILM_FRAMES)).toEqual(perfect);

    const again = await the.publish({ film });
    await the.start(again.publicationId, { sessionId, firstRun: 1, firstRunReason: "restart" });
    await the.runBegun(sessionId, 1);
    await the.recorder.stop(sessionId);
    expect(checkSequence((await the.decode(sessionId, 1)).frames, FILM_FRAMES)).toEqual(perfect);
    expect(the.segments(sessionId).at(-1)?.runReason).toBe("restart");
  });

  it("that hangs is killed after its heartbeats fail, and its requests with it", async (test) => {
    const the = await world(test);
    const { pid } = the.process;
    process.kill(pid, "SIGSTOP");
    const asked = await the.publish({ film }).catch((error: unknown) => error);
    expect(String(asked)).toContain("503");
    expect(isAlive(pid)).toBe(false);
  });

  it("stopped in order writes its open GOPs and announces them before it is down", async (test) => {
    const the = await world(test);
    const { publicationId } = await the.publish({ film });
    const sessionId = await the.start(publicationId);
    await the.segmentCount(sessionId, 1);
    await the.recorder.close();
    const kinds = the.events.map((event) => (event.type === "publication" ? event.state : event.type));
    expect(kinds.slice(-3)).toEqual(["segment", "ended", "down"]);
    expect(checkSequence((await the.decode(sessionId, 0)).frames, FILM_FRAMES)).toEqual(perfect);
  });
});

describe("two recorder processes", () => {
  it("hand a session over, and the death of one leaves the other's recording untouched", async (test) => {
    const the = await world(test, 2);
    const moving = await the.publish({ film });
    const other = await the.publish({ film });
    expect(the.recorder.stats().processes.map(({ publications }) => publications)).toEqual([1, 1]);
    const sessionId = await the.start(moving.publicationId);
    await the.segmentCount(sessionId, 1);
    await the.start(other.publicationId, { sessionId, firstRun: 1, firstRunReason: "reconnect" });
    expect(the.recorder.stats().processes.map(({ sessions }) => sessions)).toEqual([0, 1]);
    await the.runBegun(sessionId, 1);
    const left = the.recorder.stats().processes[0];
    process.kill(left?.pid ?? 0, "SIGKILL");
    const down = await the.event((event): event is Extract<RecorderEvent, { type: "down" }> => event.type === "down");
    expect(down).toMatchObject({ publicationIds: [moving.publicationId], sessionIds: [] });
    await the.segmentCount(sessionId, the.segments(sessionId).length + 2);
    await the.recorder.stop(sessionId);
    for (const run of [0, 1]) expect(checkSequence((await the.decode(sessionId, run)).frames, FILM_FRAMES)).toEqual(perfect);
  });
});

describe("a server", () => {
  async function startServer(test: TestContext, root: string): Promise<{ server: ChildProcess; url: string; recorderPid: number }> {
    const script = fileURLToPath(new URL("fixtures/recorders/server.mjs", import.meta.url));
    const server = spawn(process.execPath, [script, root], { stdio: ["ignore", "pipe", "inherit"] });
    test.onTestFinished(() => void server.kill("SIGKILL"));
    const [line] = (await once(createInterface({ input: server.stdout }), "line")) as [string];
    return { server, ...(JSON.parse(line) as { url: string; recorderPid: number }) };
  }

  it("killed with kill -9: its recorder writes the open GOP and exits", async (test) => {
    const the = await world(test);
    const { server, url, recorderPid } = await startServer(test, the.root);
    const sessionId = newId();
    const publisher = await WhipPublisher.publish({ url: `${url}/${sessionId}`, token: "test", film });
    test.onTestFinished(() => publisher.vanish());
    const segments = async (): Promise<string[]> =>
      (await readdir(the.folder(sessionId)).catch(() => [])).filter((name) => /^segment-.*\.m4s$/.test(name));
    await vi.waitUntil(async () => (await segments()).length >= 2, { timeout: 15_000 });
    const { count } = publisher.log;
    await vi.waitUntil(() => publisher.log.count >= count + 15, { timeout: 5_000 });
    const newest = publisher.log.at(publisher.log.count - 1)?.number ?? 0;
    server.kill("SIGKILL");
    await vi.waitUntil(() => !isAlive(recorderPid), { timeout: 6_000 });
    const names = (await segments()).toSorted();
    const { frames } = await the.decodeFiles(sessionId, ["init-0.mp4", ...names]);
    expect(checkSequence(frames, FILM_FRAMES)).toEqual(perfect);
    const last = frames.at(-1)?.number ?? 0;
    expect((last - newest + FILM_FRAMES) % FILM_FRAMES).toBeLessThan(FILM_FRAMES / 2);
    expect((await the.files(sessionId)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
