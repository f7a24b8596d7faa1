/** A share without sound is played with a silent track, live and as a clip, so that a player survives sound that comes and goes; what is kept stays as recorded. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { clipSchema, type Session } from "@livekit-replay/contract";
import { describeInit, describeSegment, readPlaylist } from "@livekit-replay/media";
import { type Harness, startHarness, theSession } from "./harness.js";

let harness: Harness;
afterEach(() => harness.close());

const bytesAt = async (address: string | URL): Promise<Uint8Array> => {
  const response = await fetch(address);
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
};

async function expectSound(address: string): Promise<void> {
  const url = new URL(address, harness.origin);
  const text = new TextDecoder().decode(await bytesAt(url));
  const query = url.search;
  const [first] = readPlaylist(text.replaceAll(query, "")).segments;
  expect(describeInit(await bytesAt(new URL(`${first?.map}${query}`, url))).format.audio).toMatchObject({ kind: "opus" });
  const { audio, video, info } = describeSegment(await bytesAt(new URL(`${first?.path}${query}`, url)));
  expect(audio?.count).toBeGreaterThan(0);
  expect(video.count).toBe(info.frames);
}

test("a share without sound", async () => {
  harness = await startHarness();
  await harness.publish("alice", "lobby", { sound: "none" });
  const live = async (): Promise<Session> => theSession(harness, "alice", "lobby");
  await vi.waitUntil(async () => ((await live()).window?.sizeBytes ?? 0) > 0, { timeout: 20_000, interval: 50 });
  const session = await live();
  await expectSound(session.links.live ?? "");
  const clip = clipSchema.parse(
    (await harness.ask("alice", "POST", "/capture", { body: { sessionId: session.id, durationSeconds: 1 } })).json(),
  );
  expect(clip.audio).toBeNull();
  await expectSound(clip.links.playlist ?? "");
  const folder = join(harness.root, "data", "replay-buffer", "lobby", "alice", session.id);
  expect(await readdir(folder)).toContain("init-0.mp4");
  expect(describeInit(await readFile(join(folder, "init-0.mp4"))).format.audio).toBeNull();
});
