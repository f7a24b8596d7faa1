/** Sessions that egress records, through a real livekit-server and a worker that speaks egress's own protocol: from the start to the MP4, and every way in which it can fail. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Session } from "@livekit-replay/contract";
import { readPlaylist } from "@livekit-replay/media";
import { type ClipReading, readClip } from "@livekit-replay/peers";
import { EgressStatus } from "livekit-server-sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EgressWorld, openEgressWorld } from "./egress-world.js";
import { request } from "./harness.js";

let world: EgressWorld;
beforeEach(async () => {
  world = await openEgressWorld();
});
afterEach(() => world.close());

const reaches = (session: Session | undefined, ms: number): boolean =>
  session !== undefined && session.window !== null && session.window.toMs - session.window.fromMs >= ms;
const stateOf = ({ state, health }: Session): string => `${state} ${health.state} ${health.reason ?? ""}`.trim();
const theSession = async (): Promise<Session> => {
  const [session] = (await world.harness.status("alice", "lobby")).sessions;
  if (!session) throw new Error("there is no session");
  return session;
};
const until = async (wanted: (session: Session) => boolean): Promise<Session> => {
  const { sessions } = await world.until("lobby", ({ sessions: [session] }) => session !== undefined && wanted(session), 50_000);
  return sessions[0] ?? (await theSession());
};

/** The MP4 of a clip, decoded by FFmpeg. */
async function mp4Of(address: string): Promise<ClipReading> {
  const answer = await fetch(address);
  expect(answer.status).toBe(200);
  const file = join(world.harness.root, "clip.mp4");
  await writeFile(file, Buffer.from(await answer.arrayBuffer()));
  return readClip(file);
}

/** Frame numbers follow each other, modulo the film's length. */
function expectWhole({ frames, complaints }: ClipReading): void {
  expect(complaints).toEqual([]);
  const numbers = frames.map(({ number }) => number ?? -1);
  expect(numbers).not.toContain(-1);
  const odd = numbers.filter((number, i) => i > 0 && number !== ((numbers[i - 1] ?? 0) + 1) % 600);
  expect(odd).toEqual([]);
}

describe("a share recorded by egress", { timeout: 90_000 }, () => {
  test("can be captured while it goes on; what is not written yet is said, and waited for when that is wanted", async () => {
    const worker = await world.worker();
    await world.share("bob", "lobby");
    const started = await world.start("bob", "lobby");
    expect(started).toMatchObject({ recorder: "egress", state: "active" });
    const session = await until((one) => reaches(one, 5500));
    expect(stateOf(session)).toBe("active ok");
    const clip = await world.capture("bob", session, { durationMinutes: 1 });
    expect(clip).toMatchObject({
      state: "ready",
      requestedMs: 60_000,
      audio: { codec: "mp4a.40.2" },
      gaps: [],
      quota: expect.anything() as object,
    });
    expect(clip.durationMs).toBeGreaterThan(5000);
    expect(clip.durationMs).toBeLessThan(30_000);
    expect(clip.notYetMs).toBeGreaterThan(0);
    expectWhole(await mp4Of(clip.links.download));
    const exact = await world.capture("bob", session, {
      fromMs: Math.round(clip.startsAtMs + 1234),
      toMs: Math.round(clip.startsAtMs + 3000),
    });
    const reading = await mp4Of(exact.links.download);
    expectWhole(reading);
    expect(Math.abs(exact.startsAtMs - (clip.startsAtMs + 1234))).toBeLessThanOrEqual(34);
    const waited = await world.capture("bob", session, { durationSeconds: 3, waitForNewest: true });
    expect(waited.notYetMs).toBe(0);
    expect(waited.durationMs).toBeGreaterThanOrEqual(3000);
    expectWhole(await mp4Of(waited.links.download));
    expect(worker.events.some(({ event }) => event === "request")).toBe(true);
  });

  test("plays by HLS at once, live and as a clip", async () => {
    await world.worker();
    await world.share("bob", "lobby");
    await world.start("bob", "lobby");
    const session = await until((one) => reaches(one, 3500));
    const clip = await world.capture("bob", session, { durationSeconds: 30 }, 0);
    for (const address of [session.links.live, clip.links.playlist]) {
      const playlist = await request(address ?? "", "GET");
      expect(playlist.status).toBe(200);
      const { segments } = readPlaylist(playlist.text.replaceAll(/\?token=[^"\n]+/g, ""));
      expect(segments.map(({ map, path }) => [map, path.endsWith(".ts")])).toEqual(segments.map(() => [null, true]));
      const lines = playlist.text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      const media = await request(new URL(lines[0] ?? "", address ?? "").href, "GET");
      expect([media.status, media.headers.get("content-type")]).toEqual([200, "video/mp2t"]);
    }
  });

  test("stopped, has its last segment; the egress is over", async () => {
    await world.worker();
    await world.share("bob", "lobby");
    const { id } = await world.start("bob", "lobby");
    const before = await until((one) => reaches(one, 1500));
    expect((await world.harness.ask("bob", "POST", `/stop/${id}`)).status).toBe(200);
    const ended = await until(({ state }) => state === "ended");
    expect(ended.window?.toMs ?? 0).toBeGreaterThan(before.window?.toMs ?? 0);
    expect((await world.client.listEgress({ active: true })).length).toBe(0);
    const [egress] = await world.client.listEgress({ roomName: "lobby" });
    expect(egress?.status).toBe(EgressStatus.EGRESS_COMPLETE);
    expectWhole(await mp4Of((await world.capture("bob", ended, { durationMinutes: 5 })).links.download));
  });

  test("ends with the share, and goes on in the same session when it comes back", async () => {
    await world.worker();
    const bob = await world.share("bob", "lobby");
    const { id } = await world.start("bob", "lobby");
    await until((one) => reaches(one, 1500));
    await bob.close();
    await until(({ state }) => state === "ended");
    await world.share("bob", "lobby");
    const again = await until(({ state, window }) => state === "active" && (window?.gaps.length ?? 0) === 1);
    expect([again.id, again.window?.gaps[0]?.reason]).toEqual([id, "reconnect"]);
  });
});

describe("an egress that fails", { timeout: 90_000 }, () => {
  test("without any worker a start is refused, says why, and leaves nothing", async () => {
    await world.share("bob", "lobby");
    const answer = await world.harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } });
    expect(answer.problem()).toMatchObject({
      code: "recorder_unavailable",
      detail: expect.stringContaining("no LiveKit egress answers") as string,
    });
    expect((await world.harness.status("alice", "lobby")).sessions).toEqual([]);
  });

  test.each<[string, (id: string) => Promise<void>, RegExp, string]>([
    ["whose process dies without a word", (id) => workers().vanish(id), /stopped writing segments/, "restart"],
    ["that fails", (id) => workers().fail("pipeline frozen", id), /failed: pipeline frozen/, "restart"],
    ["that reaches its limit", (id) => workers().reachLimit(id), /longest recording/, "reconnect"],
  ])("%s is followed by another one: one gap, and everything from before", async (_what, hurt, sentence, reason) => {
    worker = await world.worker();
    await world.share("bob", "lobby");
    const { id } = await world.start("bob", "lobby");
    const events = await world.harness.listen("bob", "/rooms/lobby/events");
    await until((one) => reaches(one, 3500));
    const [egress] = await world.client.listEgress({ active: true });
    await hurt(egress?.egressId ?? "");
    await events.next(
      "session",
      ({ session }) => session.health.state === "reconnecting" && sentence.test(session.health.reason ?? ""),
      25_000,
    );
    const session = await until((one) => stateOf(one) === "active ok" && (one.window?.gaps.length ?? 0) === 1);
    expect([session.id, session.window?.gaps[0]?.reason]).toEqual([id, reason]);
    const clip = await world.capture("bob", session, { durationMinutes: 5 });
    expect(clip.gaps).toHaveLength(1);
    const { frames, complaints } = await mp4Of(clip.links.download);
    expect(complaints).toEqual([]);
    expect(frames.length / 30).toBeCloseTo(clip.durationMs / 1000, 0);
  });

  test("that cannot write says so to the person, and records as soon as it can", async () => {
    const stuck = await world.worker({ faults: { unwritable: true } });
    await world.share("bob", "lobby");
    await world.start("bob", "lobby");
    const session = await until(({ health }) => health.state === "reconnecting");
    expect(session.health.reason).toMatch(/cannot write into the storage folder/);
    expect(session.health.reason).not.toContain(world.harness.root);
    await stuck.setFaults({});
    await until((one) => stateOf(one) === "active ok" && reaches(one, 1500));
  });

  test("segments that are truncated, empty or missing cost themselves and nothing else", async () => {
    await world.worker({ faults: { segments: { 1: "truncated", 3: "empty", 5: "missing" }, halfPlaylistMs: 50 } });
    await world.share("bob", "lobby");
    await world.start("bob", "lobby");
    const session = await until(({ window }) => window !== null && window.gaps.length === 3 && window.toMs > (window.gaps[2]?.toMs ?? 0));
    expect(session.window?.gaps.map(({ reason, fromMs, toMs }) => [reason, Math.round((toMs - fromMs) / 1000)])).toEqual([
      ["disk", 2],
      ["disk", 2],
      ["disk", 2],
    ]);
    const clip = await world.capture("bob", session, { durationMinutes: 5 });
    expect(clip.gaps).toHaveLength(3);
    const { frames, complaints } = await mp4Of(clip.links.download);
    expect(complaints).toEqual([]);
    expect(frames.length).toBe(Math.round((clip.durationMs * 30) / 1000));
  });
});

let worker: Awaited<ReturnType<EgressWorld["worker"]>> | null = null;
function workers(): NonNullable<typeof worker> {
  if (!worker) throw new Error("no worker runs");
  return worker;
}
