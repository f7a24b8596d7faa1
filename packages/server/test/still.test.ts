/** A publisher that sends nothing for half a minute is no end and no gap: nothing was lost, so the picture stood still, and a clip holds it for as long as it stood. */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Clip, clipSchema } from "@livekit-replay/contract";
import { checkSequence, readClip } from "@livekit-replay/peers";
import { expect, test, vi } from "vitest";
import { type Harness, startHarness, theSession } from "./harness.js";

const stillMs = 30_000;
const filmFrames = 600;

async function capture(harness: Harness, durationSeconds: number): Promise<Clip> {
  const answer = await harness.ask("alice", "POST", "/capture", {
    body: { sessionId: (await theSession(harness, "alice", "lobby")).id, durationSeconds },
  });
  expect(answer.status, answer.text).toBe(201);
  return clipSchema.parse(answer.json());
}

async function download(harness: Harness, { id, links }: Clip): Promise<string> {
  const ready = async (): Promise<boolean> =>
    clipSchema.parse((await harness.ask("alice", "GET", `/clips/${id}`)).json()).state === "ready";
  await vi.waitUntil(ready, { timeout: 40_000, interval: 100 });
  const response = await fetch(new URL(links.download, harness.origin));
  if (!response.ok || !response.body) throw new Error(`the download answers ${response.status}`);
  const file = join(harness.root, `${id}.mp4`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
  return file;
}

test(
  "half a minute without a packet: the session stays, presses work, and the clip stands still for that long",
  { timeout: 150_000 },
  async (context) => {
    const harness = await startHarness();
    context.onTestFinished(() => harness.close());
    const publisher = await harness.publish("alice", "lobby");
    await vi.waitUntil(async () => (await theSession(harness, "alice", "lobby")).window !== null, { timeout: 20_000, interval: 100 });

    const pausedAt = Date.now();
    publisher.pause();
    await vi.waitUntil(async () => (await theSession(harness, "alice", "lobby")).health.state === "silent", {
      timeout: 5_000,
      interval: 100,
    });
    await vi.waitUntil(() => Date.now() - pausedAt > stillMs / 2, { timeout: stillMs, interval: 100 });
    const during = await capture(harness, 10);
    await vi.waitUntil(() => Date.now() - pausedAt > stillMs, { timeout: stillMs, interval: 100 });
    expect(await theSession(harness, "alice", "lobby")).toMatchObject({ state: "active", health: { state: "silent" } });
    publisher.resume();
    await vi.waitUntil(async () => (await theSession(harness, "alice", "lobby")).health.state === "ok", { timeout: 10_000, interval: 100 });
    const resumedMs = Date.now() - pausedAt;
    const before = (await theSession(harness, "alice", "lobby")).window?.toMs ?? 0;
    await vi.waitUntil(async () => ((await theSession(harness, "alice", "lobby")).window?.toMs ?? 0) > before + 3_000, {
      timeout: 20_000,
      interval: 100,
    });
    const whole = await capture(harness, 600);

    expect(during.durationMs).toBeGreaterThanOrEqual(10_000);
    expect(during.gaps).toEqual([]);
    const still = await readClip(await download(harness, during));
    expect(still.complaints).toEqual([]);
    expect(new Set(still.frames.map(({ number }) => number)).size).toBeLessThanOrEqual(2);
    expect(whole.gaps).toEqual([]);
    expect(whole.durationMs).toBeGreaterThan(resumedMs);
    const read = await readClip(await download(harness, whole));
    expect(read.complaints).toEqual([]);
    expect(checkSequence(read.frames, filmFrames)).toEqual({ unreadable: 0, repeated: 0, outOfOrder: 0, missing: 0, jumps: [] });
    const longest = Math.max(...read.frames.slice(1).map(({ pts }, i) => (pts - (read.frames[i]?.pts ?? 0)) / 1e6));
    expect(longest).toBeGreaterThan(stillMs / 1000 - 1);
    expect(longest).toBeLessThan(resumedMs / 1000 + 1);
  },
);
