/** Pause, forget and parts of clips where LiveKit is recorded: as its participant, and by egress. A real livekit-server, real publishers. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ReplayClient } from "@livekit-replay/client";
import type { Session } from "@livekit-replay/contract";
import { type ClipReading, readClip } from "@livekit-replay/peers";
import { expect, test } from "vitest";
import { sessionPath } from "../src/store/paths.js";
import { openEgressWorld } from "./egress-world.js";
import { type Harness, startHarness } from "./harness.js";
import { isRecorded, openWorld, variablesOf, worldOf } from "./livekit-world.js";

const slow = { timeout: 90_000 };

const clientOf = (harness: Harness, person: string): ReplayClient =>
  new ReplayClient({ baseUrl: harness.api, getToken: () => harness.token(person) });
const flows = (session: Session | undefined): boolean => isRecorded(session) && session?.health.state === "ok";
const media = async (harness: Harness, sessionId: string): Promise<string[]> => {
  const folder = sessionPath(join(harness.root, "data"), { roomName: "lobby", userId: "bob", sessionId });
  return (await readdir(folder).catch(() => [])).filter((file) => file.startsWith("segment")).sort();
};
const reasonsOf = (session: Session | undefined): string[] | undefined => session?.window?.gaps.map(({ reason }) => reason);

test("a pause of a LiveKit share outlives the server, ends with the share, and what is forgotten is gone", slow, async () => {
  const world = await openWorld();
  let again = world;
  try {
    const bob = await world.share("bob", "lobby");
    const { id } = await world.start("bob", "lobby");
    await world.until("lobby", ({ sessions: [session] }) => flows(session));
    const paused = await clientOf(world.harness, "bob").sessions.pause(id);
    expect(paused).toMatchObject({ state: "active", health: { state: "ok" } });
    const before = await media(world.harness, id);
    await world.harness.stop();
    again = worldOf(world.livekit, await startHarness({ root: world.harness.root, env: variablesOf(world.livekit) }));
    const client = clientOf(again.harness, "bob").sessions;
    // It is taken up again by itself, and nothing of it is recorded.
    const { sessions } = await again.until("lobby", ({ sessions: [session] }) => session?.state === "active");
    expect(sessions).toMatchObject([{ id, pausedAtMs: paused.pausedAtMs }]);
    // Time that passes: somebody else's share is recorded meanwhile.
    await again.share("alice", "studio");
    await again.start("alice", "studio");
    await again.until("studio", ({ sessions: [session] }) => flows(session));
    expect(await media(again.harness, id)).toEqual(before);

    expect(await client.resume(id)).toMatchObject({ pausedAtMs: null });
    await again.until("lobby", ({ sessions: [session] }) => flows(session) && reasonsOf(session)?.[0] === "pause");
    const pressed = Date.now();
    const { deleted } = await client.forget(id);
    expect(deleted?.toMs).toBeGreaterThan(pressed - 300);
    expect((await media(again.harness, id)).filter((file) => before.includes(file))).toEqual([]);
    await again.until("lobby", ({ sessions: [session] }) => flows(session) && (session?.window?.fromMs ?? 0) > pressed - 300);

    await client.pause(id);
    await bob.leave();
    await again.until("lobby", ({ sessions: [session] }) => session?.state === "ended");
    await expect(client.resume(id)).rejects.toMatchObject({ code: "not_sharing" });
  } finally {
    if (again !== world) await again.harness.stop();
    await world.close();
  }
});

test("of a share that egress records, a part is exact, a pause ends the egress, and what is forgotten is gone", slow, async () => {
  const world = await openEgressWorld();
  try {
    const worker = await world.worker();
    await world.share("bob", "lobby");
    const { id } = await world.start("bob", "lobby");
    const long = ({ window }: Session): boolean => window !== null && window.toMs - window.fromMs >= 1900;
    await world.until("lobby", ({ sessions: [session] }) => session !== undefined && long(session));
    const clip = await world.capture("bob", { id }, { durationMinutes: 1 });
    const client = clientOf(world.harness, "bob");
    const part = await client.clips.trim(clip.id, { startMs: 300, endMs: 1300 });
    expect(part).toMatchObject({ state: "ready", audio: { codec: "mp4a.40.2" }, links: { playlist: null } });
    const mp4Of = async ({ links }: typeof clip): Promise<ClipReading> => {
      const file = join(world.harness.root, "clip.mp4");
      await writeFile(file, Buffer.from(await (await fetch(links.download)).arrayBuffer()));
      return readClip(file);
    };
    const [whole, made] = [await mp4Of(clip), await mp4Of(part)];
    const first = whole.frames.findLastIndex(({ pts }) => pts <= 300_500);
    const last = whole.frames.findLastIndex(({ pts }) => pts < 1_299_500);
    expect(made.frames.map(({ number }) => number)).toEqual(whole.frames.slice(first, last + 1).map(({ number }) => number));
    expect(made).toMatchObject({ complaints: [], moovFirst: true });

    await client.sessions.pause(id);
    const { deleted, session } = await client.sessions.forget(id);
    expect(deleted?.segments).toBeGreaterThan(0);
    expect(session).toMatchObject({ state: "active", window: null });
    expect(await media(world.harness, id)).toEqual([]);
    expect(worker.events.filter(({ event }) => event === "request")).toHaveLength(1);
    await client.sessions.resume(id);
    await world.until("lobby", ({ sessions: [now] }) => flows(now));
    expect((await mp4Of(part)).frames).toHaveLength(made.frames.length);
  } finally {
    await world.close();
  }
});
