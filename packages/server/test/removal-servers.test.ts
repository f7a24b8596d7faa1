/** A user whose session another server has is removed: that server's recorder stops, and nothing of them stays on either. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ReplayClient } from "@livekit-replay/client";
import { expect, test, vi } from "vitest";
import { type Harness, request, startHarness, theSession } from "./harness.js";

/** A number of a server's metrics; 0 before it was first counted. */
async function counted({ origin }: Harness, metric: RegExp): Promise<number> {
  const { text } = await request(`${origin}/metrics`, "GET");
  return Number(new RegExp(`^${metric.source} (\\d+)`, "m").exec(text)?.[1] ?? 0);
}
const segments = /replay_segments_total/;
const looks = /replay_cleanup_runs_total\{[^}]*unentitled_sessions[^}]*\}/;

test("removed at one server while another one records", { timeout: 90_000 }, async () => {
  const first = await startHarness();
  const second = await startHarness({ root: first.root });
  try {
    const alice = new ReplayClient({ baseUrl: second.api, getToken: () => second.token("alice") });
    const events = await first.listen("alice", "/rooms/lobby/events");
    await first.publish("bob", "lobby");
    await events.next("window");
    const { id } = await theSession(second, "alice", "lobby");
    expect((await second.ask("bob", "POST", "/capture", { body: { sessionId: id, durationSeconds: 1 } })).status).toBe(201);

    await alice.admin.removeUser("bob");

    await events.next("session_gone", ({ sessionId }) => sessionId === id);
    const { catalog } = second.server.core;
    expect([await catalog.sessions.ofUser("bob"), await catalog.clips.ofUser("bob")]).toEqual([[], []]);
    // The share is still published at the first server. Longer than a segment takes, nothing is made of it.
    const [made, looked] = [await counted(first, segments), await counted(first, looks)];
    expect(made).toBeGreaterThan(0);
    await vi.waitFor(async () => expect(await counted(first, looks)).toBeGreaterThan(looked + 2), { timeout: 20_000, interval: 200 });
    expect(await counted(first, segments)).toBe(made);
    const left = await readdir(join(first.root, "data", "replay-buffer"), { recursive: true });
    expect(left.filter((name) => name.endsWith(".m4s"))).toEqual([]);
    expect((await first.ask("bob", "POST", "/start", { body: { roomName: "lobby" } })).problem().code).toBe("room_not_found");
    expect((await alice.admin.checkStore()).findings).toEqual([]);
  } finally {
    await second.stop();
    await first.close();
  }
});
