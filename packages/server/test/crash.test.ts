/** What survives: the recorder killed, the server killed, a publisher that does not come back, the end of the grace. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Clip, clipSchema, type RoomStatus, roomStatusSchema, type Session, wallMs } from "@livekit-replay/contract";
import { loadFilm, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { basePath, type Harness, request, startHarness, theSession } from "./harness.js";
import { testDatabase } from "./databases.js";
import { buildRecorder } from "./recorder-build.js";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));
let harness: Harness | null = null;
let child: ChildProcess | null = null;
const roots: string[] = [];

afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  child = null;
  await harness?.close();
  harness = null;
  for (const root of roots.splice(0)) {
    await testDatabase(root).remove();
    await rm(root, { recursive: true, force: true });
  }
});

async function newRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "replay-server-"));
  roots.push(root);
  return root;
}

async function recorded(the: Harness, run: number): Promise<Session> {
  await vi.waitUntil(
    async () =>
      JSON.stringify(await files(the.root)).includes(`segment-${run}-`) && (await theSession(the, "bob", "lobby")).health.state === "ok",
    { timeout: 20_000, interval: 50 },
  );
  return theSession(the, "bob", "lobby");
}

const files = (root: string): Promise<string[]> => readdir(join(root, "data", "replay-buffer"), { recursive: true });

async function captureBy(the: Harness, sessionId: string, body: object = { durationSeconds: 1 }): Promise<Clip> {
  return clipSchema.parse(
    (await the.ask("bob", "POST", "/capture", { body: { sessionId, ...body }, headers: { prefer: "wait=20" } })).json(),
  );
}

const killRecorder = (the: Harness): void => {
  for (const { pid } of the.server.core.recorder.stats().processes) if (pid !== null) process.kill(pid, "SIGKILL");
};

describe("the recorder is killed", () => {
  test("the session goes on in a new run when the publisher comes back", async () => {
    harness = await startHarness();
    const me = await harness.listen("bob", "/me/events");
    const room = await harness.listen("carol", "/rooms/lobby/events");
    await harness.publish("bob", "lobby");
    const before = await recorded(harness, 0);
    killRecorder(harness);
    expect((await room.next("session", ({ session }) => session.health.state === "reconnecting")).session).toMatchObject({
      id: before.id,
      state: "active",
    });
    expect(await me.next("republish")).toMatchObject({ sessionId: before.id, roomName: "lobby" });
    expect((await captureBy(harness, before.id)).state).toBe("ready");
    const again = await publishWhenUp(harness);
    const after = await recorded(harness, 1);
    expect(after).toMatchObject({ id: before.id, state: "active" });
    const { window } = await room.next("window", (event) => event.window.gaps.length > 0);
    expect(window.gaps[0]?.reason).toBe("restart");
    await again.stop();
  });

  test("the session ends when the publisher does not come back within a minute", async () => {
    let stepMs = 0;
    harness = await startHarness({ clock: { now: () => wallMs(Date.now() + stepMs) } });
    const room = await harness.listen("carol", "/rooms/lobby/events");
    await harness.publish("bob", "lobby");
    const { id } = await recorded(harness, 0);
    killRecorder(harness);
    await room.next("session", ({ session }) => session.health.state === "reconnecting");
    stepMs = 59_000;
    expect((await theSession(harness, "bob", "lobby")).state).toBe("active");
    stepMs = 61_000;
    expect((await room.next("session", ({ session }) => session.state === "ended")).session.id).toBe(id);
  });
});

describe("the grace", () => {
  test("ends: the buffer goes, a late press finds no segments, the next share is a new session", async () => {
    let stepMs = 0;
    harness = await startHarness({ clock: { now: () => wallMs(Date.now() + stepMs) } });
    const room = await harness.listen("carol", "/rooms/lobby/events");
    const publisher = await harness.publish("bob", "lobby");
    const { id } = await recorded(harness, 0);
    await publisher.stop();
    expect((await captureBy(harness, id)).state).toBe("ready");
    stepMs = 15 * 60_000 + 1000;
    const late = await harness.ask("bob", "POST", "/capture", { body: { sessionId: id, durationSeconds: 1 } });
    expect(late.problem()).toMatchObject({ status: 404, code: "no_segments", detail: "No segments found" });
    expect(await room.next("session_gone")).toMatchObject({ sessionId: id });
    expect(await files(harness.root)).toEqual([]);
    expect((await harness.status("bob", "lobby")).sessions).toEqual([]);
    await harness.publish("bob", "lobby");
    expect((await recorded(harness, 0)).id).not.toBe(id);
  });

  test("a press before the first picture finds no segments and leaves nothing", async () => {
    harness = await startHarness();
    const publisher = await harness.publish("bob", "lobby", { start: false });
    publisher.pause();
    const started = await harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } });
    const { id } = started.json() as Session;
    const answer = await harness.ask("bob", "POST", "/capture", { body: { sessionId: id, durationMinutes: 1 } });
    expect(answer.problem()).toMatchObject({ status: 404, code: "no_segments", detail: "No segments found" });
    expect((await harness.ask("bob", "GET", "/my-clips")).json()).toMatchObject({ total: 0, quota: { usedBytes: 0, reservedBytes: 0 } });
    // Nothing was recorded, so nothing is kept for the grace.
    const room = await harness.listen("carol", "/rooms/lobby/events");
    expect((await harness.ask("bob", "POST", `/stop/${id}`)).status).toBe(200);
    expect((await harness.status("bob", "lobby")).sessions).toEqual([]);
    expect(await room.next("session_gone")).toMatchObject({ sessionId: id });
    expect(await files(harness.root)).toEqual([]);
    expect((await harness.ask("bob", "POST", "/capture", { body: { sessionId: id, durationMinutes: 1 } })).problem().code).toBe(
      "no_segments",
    );
  });
});

describe("the program", () => {
  test("killed while it records: what was closed can be captured after the next start", async () => {
    const root = await newRoot();
    const { origin, token } = await startProgram(root);
    const publisher = await WhipPublisher.publish({ url: `${origin}${basePath}/whip/lobby`, token, film: await loadFilm(SMALL_FILM) });
    const seen = async (): Promise<RoomStatus> =>
      roomStatusSchema.parse(
        (await request(`${origin}${basePath}/status/lobby`, "GET", { headers: { authorization: `Bearer ${token}` } })).json(),
      );
    await vi.waitUntil(async () => ((await seen()).sessions[0]?.window?.sizeBytes ?? 0) > 100_000, { timeout: 20_000, interval: 100 });
    const before = (await seen()).sessions[0];
    child?.kill("SIGKILL");
    publisher.vanish();
    // At once, while the heartbeat still looks alive: the session ends as soon as it does not.
    harness = await startHarness({ root });
    const room = await harness.listen("alice", "/rooms/lobby/events");
    const first = await room.next("room");
    const session =
      first.sessions[0]?.state === "ended"
        ? first.sessions[0]
        : (await room.next("session", (event) => event.session.state === "ended")).session;
    expect(session.id).toBe(before?.id);
    expect(session.graceEndsAtMs ?? 0).toBeGreaterThan(Date.now() + 14 * 60_000);
    expect(session.window?.toMs).toBeGreaterThanOrEqual(before?.window?.toMs ?? Infinity);
    const answer = await harness.ask("alice", "POST", "/capture", {
      body: { sessionId: session.id, durationMinutes: 1 },
      headers: { prefer: "wait=20" },
    });
    expect(clipSchema.parse(answer.json())).toMatchObject({ state: "ready" });
  });

  test("says where it is, and stops on a signal without leaving anything", async () => {
    const root = await newRoot();
    const { origin, token, said, logged } = await startProgram(root);
    expect(said()).toContain(`open ${origin.replace("127.0.0.1", "localhost")}`);
    const me = await request(`${origin}${basePath}/me`, "GET", { headers: { authorization: `Bearer ${token}` } });
    expect(me.json()).toMatchObject({ userId: "alice", admin: true });
    const stopping = child;
    if (!stopping) throw new Error("it is gone");
    stopping.kill("SIGTERM");
    const [code] = (await once(stopping, "exit")) as [number | null];
    expect(code).toBe(0);
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow("fetch failed");
    const recorder = /"pid":(\d+).*the recorder process stops/.exec(logged())?.[1];
    expect(recorder).toBeDefined();
    expect(() => process.kill(Number(recorder), 0)).toThrow("ESRCH");
  });

  test("does not start with a configuration that is wrong, and names what is", async () => {
    await buildRecorder();
    const failed = spawn(process.execPath, [program], {
      cwd: tmpdir(),
      env: { PATH: process.env["PATH"], PORT: "http", LIVEKIT_URL: "wss://livekit.example" },
    });
    let text = "";
    failed.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(failed, "close")) as [number | null];
    expect(code).toBe(1);
    expect(text).toContain('PORT is "http"; allowed is a port number');
    expect(text).toContain("LIVEKIT_URL");
  });
});

/** The recorder needs a moment to come back; the page waits and tries again just so. */
async function publishWhenUp(the: Harness): Promise<WhipPublisher> {
  await vi.waitUntil(() => the.server.core.recorder.stats().processes.every((one) => one.state === "up"), {
    timeout: 15_000,
    interval: 50,
  });
  return the.publish("bob", "lobby");
}

async function startProgram(root: string): Promise<{ origin: string; token: string; said: () => string; logged: () => string }> {
  await buildRecorder();
  const env = {
    PATH: process.env["PATH"],
    PORT: "0",
    MIN_FREE_BYTES: "0",
    FILE_UPLOAD_DEST: "./data",
    DATABASE_URL: testDatabase(root).url,
  };
  const started = spawn(process.execPath, [program], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  child = started;
  let text = "";
  let log = "";
  started.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  started.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await vi.waitUntil(() => /\n(eyJ\S+)\n/.test(text), { timeout: 20_000, interval: 50 });
  const port = /localhost:(\d+)/.exec(text)?.[1] ?? "";
  return { origin: `http://127.0.0.1:${port}`, token: /\n(eyJ\S+)\n/.exec(text)?.[1] ?? "", said: () => text, logged: () => log };
}
