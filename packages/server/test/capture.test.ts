/** From the press to the clip over real WHIP: what is asked, what is got, and that a refusal leaves nothing behind. Clips are judged by decoding them. */
import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type CaptureInput,
  type Clip,
  clipPageSchema,
  clipSchema,
  meSchema,
  type Quota,
  type Session,
  wallMs,
} from "@livekit-replay/contract";
import { checkSequence, checkSync, lengthSpread, readClip, type WhipPublisher } from "@livekit-replay/peers";
import { type Answer, type Harness, type HarnessOptions, startHarness, theSession } from "./harness.js";

let harness: Harness;
let scratch: string;

const start = async (options: HarnessOptions = {}): Promise<void> => {
  harness = await startHarness(options);
};
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "replay-capture-"));
});
afterEach(async () => {
  await harness.close();
  await rm(scratch, { recursive: true, force: true });
});

const frameMs = 1000 / 30;
const filmFrames = 600;
const inFlightMs = 250;

const ask = (person: string, body: CaptureInput, headers: Record<string, string> = {}): Promise<Answer> =>
  harness.ask(person, "POST", "/capture", { body, headers });

async function captured(person: string, body: CaptureInput, headers: Record<string, string> = {}): Promise<Clip> {
  const answer = await ask(person, body, headers);
  expect(answer.status, answer.text).toBe(201);
  return clipSchema.parse(answer.json());
}

const clipOf = async (person: string, id: string): Promise<Clip> =>
  clipSchema.parse((await harness.ask(person, "GET", `/clips/${id}`)).json());

async function ready(person: string, id: string): Promise<Clip> {
  await vi.waitUntil(async () => (await clipOf(person, id)).state === "ready", { timeout: 40_000, interval: 100 });
  return clipOf(person, id);
}

async function download(clip: Clip): Promise<string> {
  const file = join(scratch, `${clip.id}.mp4`);
  const response = await fetch(new URL(clip.links.download, harness.origin));
  expect(response.status).toBe(200);
  if (!response.body) throw new Error("the download has no body");
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
  return file;
}

async function buffered(ms: number): Promise<Session> {
  const long = async (): Promise<boolean> => {
    const { window } = await theSession(harness, "alice", "lobby");
    return window !== null && window.toMs - window.fromMs >= ms;
  };
  await vi.waitUntil(long, { timeout: ms + 20_000, interval: 100 });
  return theSession(harness, "alice", "lobby");
}

const quota = async (person: string): Promise<Quota> => meSchema.parse((await harness.ask(person, "GET", "/me")).json()).quota;

async function clipFiles(): Promise<string[]> {
  const entries = await readdir(join(harness.root, "data", "replays"), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** Whole and exact: every frame once, first and last as the publisher's log says. */
async function judge(publisher: WhipPublisher, clip: Clip, asked: { fromMs: number; endMs: number; slackMs: number }): Promise<void> {
  const reading = await readClip(await download(clip));
  expect(reading.complaints).toEqual([]);
  expect(checkSequence(reading.frames, filmFrames)).toMatchObject({ unreadable: 0, jumps: [] });
  expect(lengthSpread(reading)).toBeLessThanOrEqual(50_000);
  expect(checkSync(reading).worstUs ?? 0).toBeLessThanOrEqual(40_000);
  const first = publisher.log.nearest(reading.frames[0]?.number ?? -1, wallMs(clip.startsAtMs), 1000);
  const last = publisher.log.nearest(reading.frames.at(-1)?.number ?? -1, wallMs(clip.endsAtMs), 1000);
  expect(first?.due).toBeLessThanOrEqual(asked.fromMs + frameMs / 2);
  expect(first?.due).toBeGreaterThan(asked.fromMs - 1.5 * frameMs);
  expect(last?.due).toBeGreaterThanOrEqual(asked.endMs - frameMs / 2);
  expect(last?.due).toBeLessThanOrEqual(asked.endMs + asked.slackMs + frameMs);
}

describe("a running share", () => {
  beforeEach(() => start());

  test("the last seconds, up to the press; playable at once; then an MP4 with every frame", async () => {
    const publisher = await harness.publish("alice", "lobby");
    const session = await buffered(6000);
    const pressMs = Date.now();
    const clip = await captured("alice", { sessionId: session.id, durationSeconds: 5, endAtMs: pressMs });
    expect(clip).toMatchObject({ state: "pinned", requestedMs: 5000, gaps: [], owner: { userId: "alice" }, sharer: { userId: "alice" } });
    expect(clip.durationMs).toBeGreaterThanOrEqual(5000);
    expect(clip.durationMs).toBeLessThanOrEqual(5000 + inFlightMs + frameMs + 5);
    const playlist = await fetch(new URL(clip.links.playlist ?? "", harness.origin));
    expect(await playlist.text()).toContain("#EXT-X-START:TIME-OFFSET=");
    const whole = await ready("alice", clip.id);
    expect(whole.sizeBytes).toBeLessThan(clip.sizeBytes);
    expect(await quota("alice")).toMatchObject({ usedBytes: whole.sizeBytes, reservedBytes: 0 });
    await judge(publisher, whole, { fromMs: pressMs - 5000, endMs: pressMs, slackMs: inFlightMs });
  });

  test("a range that ends in the past, and a press that took 3 s to arrive", async () => {
    const publisher = await harness.publish("alice", "lobby");
    const session = await buffered(8000);
    const now = Date.now();
    const range = { fromMs: now - 6500, toMs: now - 3200 };
    const past = await captured("alice", { sessionId: session.id, ...range });
    const late = await captured("alice", { sessionId: session.id, durationSeconds: 3, endAtMs: now - 3000 });
    await judge(publisher, await ready("alice", past.id), { fromMs: range.fromMs, endMs: range.toMs, slackMs: 0 });
    await judge(publisher, await ready("alice", late.id), { fromMs: now - 6000, endMs: now - 3000, slackMs: inFlightMs });
  });

  test("less buffered than asked: the whole buffer, and the answer says so", async () => {
    await harness.publish("alice", "lobby");
    const session = await buffered(2000);
    const clip = await captured("alice", { sessionId: session.id, durationMinutes: 10 });
    expect(clip.requestedMs).toBe(600_000);
    expect(clip.startsAtMs).toBeCloseTo(session.window?.fromMs ?? 0, -1);
    expect(clip.durationMs).toBeCloseTo(clip.endsAtMs - clip.startsAtMs, 0);
  });

  test("the same Idempotency-Key gives the same clip, also at the same instant; another person's is another", async () => {
    await harness.publish("alice", "lobby");
    const session = await buffered(2000);
    await harness.listen("bob", "/rooms/lobby/events");
    const body = { sessionId: session.id, durationSeconds: 2 } as const;
    const key = { "idempotency-key": "press-1" };
    const [a, b] = await Promise.all([captured("alice", body, key), captured("alice", body, key)]);
    const c = await captured("alice", body, key);
    const other = await captured("bob", body, key);
    expect(new Set([a.id, b.id, c.id]).size).toBe(1);
    expect(other.id).not.toBe(a.id);
    const mine = clipPageSchema.parse((await harness.ask("alice", "GET", "/my-clips")).json());
    expect(mine.total).toBe(1);
  });

  test("a recorder that was killed costs the open GOP, not the clip", async () => {
    await harness.publish("alice", "lobby");
    const session = await buffered(5000);
    const [recorder] = harness.server.core.recorder.stats().processes;
    process.kill(recorder?.pid ?? 0, "SIGKILL");
    const clip = await captured("alice", { sessionId: session.id, durationSeconds: 4 });
    expect(clip.durationMs).toBeGreaterThanOrEqual(3900);
    expect((await ready("alice", clip.id)).state).toBe("ready");
  });

  test("after the end the last seconds are those before the end", async () => {
    const publisher = await harness.publish("alice", "lobby");
    const session = await buffered(4000);
    await publisher.stop();
    const ended = await theSession(harness, "alice", "lobby");
    expect(ended.state).toBe("ended");
    const clip = await captured("alice", { sessionId: session.id, durationSeconds: 3 });
    expect(clip.endsAtMs).toBeCloseTo(ended.window?.toMs ?? 0, -1);
    const endMs = clip.endsAtMs - frameMs;
    await judge(publisher, await ready("alice", clip.id), { fromMs: clip.endsAtMs - 3000, endMs: endMs - frameMs, slackMs: frameMs });
  });

  test("deleted: its files, its charge and its links are gone", async () => {
    await harness.publish("alice", "lobby");
    const session = await buffered(2000);
    const pinned = await captured("alice", { sessionId: session.id, durationSeconds: 2 });
    const done = await ready("alice", (await captured("alice", { sessionId: session.id, durationSeconds: 2 })).id);
    for (const clip of [pinned, done]) expect((await harness.ask("alice", "DELETE", `/clips/${clip.id}`)).status).toBe(204);
    expect(await clipFiles()).toEqual([]);
    expect(await quota("alice")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
    const gone = await fetch(new URL(done.links.download, harness.origin));
    expect(gone.status).toBe(404);
    await gone.body?.cancel();
  });
});

describe("refused, and nothing is left behind", () => {
  const nothing = async (): Promise<void> => {
    expect(await clipFiles()).toEqual([]);
    expect(await quota("alice")).toMatchObject({ usedBytes: 0, reservedBytes: 0 });
    expect(clipPageSchema.parse((await harness.ask("alice", "GET", "/my-clips")).json()).total).toBe(0);
    const buffers = (): Promise<string[]> => readdir(join(harness.root, "data", "replay-buffer"), { recursive: true }).catch(() => []);
    await vi.waitUntil(async () => (await buffers()).every((name) => !name.includes("tail-")), { timeout: 5000 });
  };

  test("before the first keyframe: No segments found", async () => {
    await start();
    const publisher = await harness.publish("alice", "lobby", { start: false });
    publisher.pause();
    const started = await harness.ask("alice", "POST", "/start", { body: { roomName: "lobby" } });
    const { id } = started.json() as { id: string };
    await harness.ask("alice", "POST", `/stop/${id}`);
    const answer = await ask("alice", { sessionId: id, durationMinutes: 1 });
    expect(answer.problem()).toMatchObject({ status: 404, code: "no_segments", detail: "No segments found" });
    await nothing();
  });

  test("a range from before the buffer: No segments found", async () => {
    await start();
    await harness.publish("alice", "lobby");
    const session = await buffered(2000);
    const before = (session.window?.fromMs ?? 0) - 60_000;
    const answer = await ask("alice", { sessionId: session.id, fromMs: Math.floor(before), toMs: Math.floor(before) + 10_000 });
    expect(answer.problem()).toMatchObject({ status: 404, code: "no_segments" });
    await nothing();
  });

  test("a full quota: User quota exceeded; of many presses at the same instant as many pass as fit", async () => {
    await start({ env: { DEFAULT_QUOTA_BYTES: "16000000" } });
    await harness.publish("alice", "lobby");
    const session = await buffered(2000);
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask("alice", { sessionId: session.id, durationSeconds: 2 })));
    const refused = answers.filter(({ status }) => status === 507);
    const kept = answers.filter(({ status }) => status === 201);
    expect(refused.length + kept.length).toBe(12);
    expect(kept.length).toBe(Math.floor(16_000_000 / clipSchema.parse(kept[0]?.json()).sizeBytes));
    expect(refused[0]?.problem()).toMatchObject({ code: "quota_exceeded", detail: "User quota exceeded" });
    const { usedBytes, reservedBytes } = await quota("alice");
    expect(usedBytes + reservedBytes).toBeLessThanOrEqual(16_000_000);
    for (const answer of kept) await harness.ask("alice", "DELETE", `/clips/${clipSchema.parse(answer.json()).id}`);
    await nothing();
  });
});
