/** What its owner decides about a session's past: pause, resume, forget, pictures of it, and parts of clips. Over real HTTP, with a real share. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ReplayClient, type StripImage } from "@livekit-replay/client";
import { type Clip, clipSchema, type Forget, type Forgotten, type Session, sessionSchema, type StripQuery } from "@livekit-replay/contract";
import { run } from "@livekit-replay/peers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sessionPath } from "../src/store/paths.js";
import { type Answer, type Harness, request, startHarness } from "./harness.js";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const codeOf = (answer: Answer): string => answer.problem().code;

async function sessionOf(person: string): Promise<Session> {
  const { sessions } = await harness.status(person, "lobby");
  const found = sessions.find(({ owner }) => owner.userId === person);
  if (!found) throw new Error(`${person} has no session`);
  return found;
}

/** Waits until so much of a person's newest run is buffered. */
async function buffered(person: string, ms: number, since = 0): Promise<Session> {
  const long = async (): Promise<boolean> => {
    const { window } = await sessionOf(person).catch(() => ({ window: null }));
    return window !== null && window.toMs - Math.max(window.fromMs, since) >= ms;
  };
  await vi.waitUntil(long, { timeout: ms + 20_000, interval: 50 });
  return sessionOf(person);
}

const clientOf = (person: string): ReplayClient => new ReplayClient({ baseUrl: harness.api, getToken: () => harness.token(person) });
const decide = (person: string, sessionId: string, what: "pause" | "resume"): Promise<Session> =>
  clientOf(person).sessions[what](sessionId);
const forget = (person: string, sessionId: string, body: Forget = {}): Promise<Forgotten> =>
  clientOf(person).sessions.forget(sessionId, body);

async function capture(person: string, body: object, headers: Record<string, string> = {}): Promise<Clip> {
  const answer = await harness.ask(person, "POST", "/capture", { body, headers });
  if (answer.status !== 201) throw new Error(answer.text);
  return clipSchema.parse(answer.json());
}

const folder = ({ id, owner }: Session): string =>
  sessionPath(join(harness.root, "data"), { roomName: "lobby", userId: owner.userId, sessionId: id });
const media = async (session: Session): Promise<string[]> =>
  (await readdir(folder(session))).filter((file) => /^(segment|tail|picture)-/.test(file)).sort();

describe("a pause", () => {
  test("nothing is recorded until it goes on, what was there before can be captured, and the gap says so", async () => {
    await harness.publish("bob", "lobby");
    const { id, can } = await buffered("bob", 3000);
    expect(can).toMatchObject({ pause: true, forget: true });
    const events = await harness.listen("alice", "/rooms/lobby/events");
    const paused = await decide("bob", id, "pause");
    expect(paused).toMatchObject({ state: "active", health: { state: "ok" }, pausedAtMs: expect.any(Number) as number });
    await events.next("session", ({ session }) => session.id === id && session.pausedAtMs === paused.pausedAtMs);
    expect((await decide("bob", id, "pause")).pausedAtMs).toBe(paused.pausedAtMs);
    const before = await media(paused);
    // Time that passes: somebody else's share is recorded meanwhile.
    await harness.publish("alice", "lobby");
    await buffered("alice", 2500);
    expect(await media(paused)).toEqual(before);
    const { window } = await sessionOf("bob");
    expect(window).toMatchObject({ fromMs: paused.window?.fromMs, toMs: paused.window?.toMs });
    const clip = await capture("bob", { sessionId: id, durationSeconds: 2 });
    expect(Math.abs(clip.endsAtMs - (window?.toMs ?? 0))).toBeLessThan(2);
    // Of two instants that are rounded to a µs each, on a frame's beginning.
    expect(clip.durationMs).toBeGreaterThanOrEqual(2000 - 0.001);

    expect(await decide("bob", id, "resume")).toMatchObject({ state: "active", pausedAtMs: null });
    const going = await buffered("bob", 1000, (window?.toMs ?? 0) + 2000);
    const gap = going.window?.gaps.find(({ reason }) => reason === "pause");
    expect((gap?.toMs ?? 0) - (gap?.fromMs ?? 0)).toBeGreaterThan(2000);
    expect((await decide("bob", id, "resume")).pausedAtMs).toBeNull();
    const over = await capture("bob", { sessionId: id, durationSeconds: 60 });
    expect(over.gaps.map(({ reason }) => reason)).toEqual(["pause"]);
    expect(over.durationMs).toBeLessThan(over.endsAtMs - over.startsAtMs - 2000);
  });

  test("outlives its recorder", async () => {
    const { id } = await decide("alice", (await sessionOf("alice")).id, "pause");
    const before = await media(await sessionOf("alice"));
    const mine = await harness.listen("alice", "/me/events");
    for (const { pid } of harness.server.core.recorder.stats().processes) process.kill(pid ?? 0, "SIGKILL");
    await mine.next("republish", ({ sessionId }) => sessionId === id);
    await vi.waitUntil(() => harness.server.core.recorder.stats().processes.every(({ state }) => state === "up"), { timeout: 15_000 });
    await harness.publish("alice", "lobby");
    // Bob's share is recorded again, hers is not.
    await harness.publish("bob", "lobby");
    const restarted = Date.now();
    await buffered("bob", 1000, restarted);
    expect(await sessionOf("alice")).toMatchObject({ id, state: "active", pausedAtMs: expect.any(Number) as number });
    expect(await media(await sessionOf("alice"))).toEqual(before);
    await decide("alice", id, "resume");
    await buffered("alice", 500, restarted);
  });

  test("is its owner's to decide, and not for a session that has ended", async () => {
    const hers = await sessionOf("alice");
    for (const what of ["pause", "resume", "forget"]) {
      const ask = async (person: string | null): Promise<number> =>
        (await harness.ask(person, "POST", `/sessions/${hers.id}/${what}`, what === "forget" ? { body: {} } : {})).status;
      expect([what, await ask(null), await ask("bob"), await ask("carol")]).toEqual([what, 401, 403, 403]);
    }
    const seen = (await harness.status("bob", "lobby")).sessions.find(({ id }) => id === hers.id);
    expect(seen?.can).toMatchObject({ pause: false, forget: false });
    expect((await harness.ask("bob", "POST", `/sessions/${"x".repeat(22)}/forget`, { body: {} })).status).toBe(404);
    await harness.ask("alice", "POST", `/stop/${hers.id}`);
    expect(codeOf(await harness.ask("alice", "POST", `/sessions/${hers.id}/pause`))).toBe("not_sharing");
    expect(codeOf(await harness.ask("alice", "POST", `/sessions/${hers.id}/resume`))).toBe("not_sharing");
  });
});

describe("pictures", () => {
  const strip = async (query: Partial<StripQuery> = {}): Promise<StripImage> =>
    clientOf("bob").sessions.strip((await sessionOf("bob")).id, query);
  const statusOf = async (person: string, query: string): Promise<number> =>
    (await harness.ask(person, "GET", `/sessions/${(await sessionOf("bob")).id}/strip.jpg${query}`)).status;
  const sizeOf = async (image: Blob): Promise<string> => {
    const bytes = new Uint8Array(await image.arrayBuffer());
    const lines: string[] = [];
    const args = ["-v", "error", "-f", "image2pipe", "-i", "-", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0"];
    await run({ command: "ffprobe", args, stdin: [bytes], onStdout: (chunk) => lines.push(chunk.toString("utf8").trim()) });
    return lines.join("");
  };

  test("of the window, one for each segment, each decoded once; at most as many as are asked for", async () => {
    const session = await buffered("bob", 4000);
    const all = await strip();
    const count = all.atMs.length;
    expect(count).toBeGreaterThanOrEqual(3);
    expect(all.atMs).toEqual(all.atMs.toSorted((a, b) => a - b));
    expect(await sizeOf(all.image)).toBe(`mjpeg,${160 * count},90`);
    const kept = (await media(session)).filter((file) => file.startsWith("picture-"));
    expect(kept).toHaveLength(count);
    const made = await Promise.all(kept.map(async (file) => (await stat(join(folder(session), file))).mtimeMs));
    const few = await strip({ count: 2, toMs: all.atMs.at(-1) });
    expect(few.atMs).toHaveLength(2);
    expect(await sizeOf(few.image)).toBe("mjpeg,320,90");
    expect(await Promise.all(kept.map(async (file) => (await stat(join(folder(session), file))).mtimeMs))).toEqual(made);
  });

  test("are for who may rewind, by token or link", async () => {
    const { links } = await sessionOf("bob");
    const byLink = await request(links.strip ?? "", "GET");
    expect([byLink.status, byLink.headers.get("content-type"), byLink.headers.get("cache-control")]).toEqual([
      ...[200, "image/jpeg", "private, no-cache"],
    ]);
    expect((await request((links.strip ?? "").replace("token=", "token=x"), "GET")).status).toBe(401);
    expect(await statusOf("carol", "")).toBe(403);
    expect(await statusOf("bob", "?count=500")).toBe(400);
    expect(await statusOf("bob", "?toMs=1000")).toBe(404);
  });
});

describe("a part of a clip", () => {
  let clip: Clip;
  const body = { startMs: 300, endMs: 1300 };
  const trim = (person: string | null, part: object = body, headers = {}): Promise<Answer> =>
    harness.ask(person, "POST", `/clips/${clip.id}/trim`, { body: part, headers });

  beforeAll(async () => {
    const { id } = await buffered("bob", 2000);
    clip = await capture("alice", { sessionId: id, durationSeconds: 2 }, { prefer: "wait=20" });
  });

  test("is a clip of its owner that plays at once, and that who shared the screen can withdraw", async () => {
    const answer = await trim("alice", body, { "idempotency-key": "part-1" });
    expect(answer.status).toBe(201);
    const part = clipSchema.parse(answer.json());
    expect((await clientOf("alice").clips.trim(clip.id, body, { idempotencyKey: "part-1", waitSeconds: 20 })).id).toBe(part.id);
    expect(part).toMatchObject({ requestedMs: 1000, title: clip.title, shares: [], sharer: { userId: "bob" }, gaps: [] });
    expect((await request(part.links.playlist ?? "", "GET")).status).toBe(200);
    expect((await harness.ask("bob", "DELETE", `/clips/${part.id}`)).status).toBe(204);
  });

  test("is refused where it makes no sense, and to who does not own the clip", async () => {
    expect(codeOf(await trim("alice", { startMs: 1500, endMs: 500 }))).toBe("invalid_request");
    expect(codeOf(await trim("alice", { startMs: 0, endMs: 60_000 }))).toBe("invalid_request");
    expect((await trim(null)).status).toBe(401);
    expect(codeOf(await trim("bob"))).toBe("clip_not_found");
    await harness.ask("alice", "POST", `/clips/${clip.id}/share`, { body: { channelId: "clips" } });
    expect(codeOf(await trim("bob"))).toBe("permission_denied");
    expect((await harness.server.core.store.check()).filter(({ invariant }) => invariant !== null)).toEqual([]);
  });
});

describe("forgetting", () => {
  test("deletes everything at once, the open part too, and names the clips that stay; recording goes on", async () => {
    const session = await sessionOf("bob");
    const clip = await capture("alice", { sessionId: session.id, durationSeconds: 2 }, { prefer: "wait=20" });
    const other = await harness.listen("alice", "/rooms/lobby/events");
    const before = await media(session);
    const pressed = Date.now();
    const { deleted, clips } = await forget("bob", session.id);
    const after = await media(session);
    expect(after.filter((file) => before.includes(file))).toEqual([]);
    expect(deleted?.fromMs).toBeLessThanOrEqual(session.window?.fromMs ?? 0);
    // The open part was closed first.
    expect(deleted?.toMs).toBeGreaterThan(pressed - 300);
    expect(deleted?.sizeBytes).toBeGreaterThan(0);
    expect(clips).toContainEqual(expect.objectContaining({ clipId: clip.id, by: { userId: "alice", name: "Alice" }, title: clip.title }));
    await other.next("session", (event) => event.session.id === session.id && (event.session.window?.fromMs ?? Infinity) >= pressed - 300);
    expect((await request(clip.links.download, "GET")).status).toBe(200);
    const going = await buffered("bob", 100);
    expect(going).toMatchObject({ id: session.id, state: "active" });
    expect(going.window?.fromMs).toBeGreaterThan(pressed - 300);
  });

  test("from an instant on keeps what was before, and no frame after it", async () => {
    const session = await buffered("bob", 3000);
    const fromMs = (session.window?.toMs ?? 0) - 1000;
    const { deleted, clips } = await forget("bob", session.id, { fromMs });
    expect(deleted?.fromMs).toBeLessThanOrEqual(fromMs);
    expect(clips.every(({ endsAtMs }) => endsAtMs > (deleted?.fromMs ?? 0))).toBe(true);
    const going = await buffered("bob", 500, deleted?.toMs ?? 0);
    expect(going.window?.fromMs).toBe(session.window?.fromMs);
    const gap = going.window?.gaps.find(({ reason }) => reason === "forgotten");
    expect(gap?.fromMs).toBeCloseTo(deleted?.fromMs ?? 0, -1);
    expect(gap?.toMs).toBeGreaterThan(deleted?.toMs ?? Infinity);
    const over = await capture("bob", { sessionId: session.id, durationSeconds: 60 });
    expect(over.gaps.map(({ reason }) => reason)).toContain("forgotten");
  });

  test("works while it is paused, and after its end; a part that is not there is nothing", async () => {
    const { id } = await sessionOf("bob");
    await decide("bob", id, "pause");
    expect((await forget("bob", id)).session).toMatchObject({ state: "active", window: null, pausedAtMs: expect.any(Number) as number });
    expect((await forget("bob", id)).deleted).toBeNull();
    expect(await media(await sessionOf("bob"))).toEqual([]);
    await decide("bob", id, "resume");
    await buffered("bob", 1000);
    const stopped = await harness.ask("bob", "POST", `/stop/${id}`);
    const ended = sessionSchema.parse(stopped.json());
    expect(await forget("bob", id, { fromMs: Date.now() + 60_000 })).toMatchObject({ deleted: null });
    const { deleted, session } = await forget("bob", id);
    expect(Math.abs((deleted?.toMs ?? 0) - (ended.window?.toMs ?? 0))).toBeLessThanOrEqual(1);
    expect(session).toMatchObject({ state: "ended", window: null });
    expect(await media(ended)).toEqual([]);
    expect(codeOf(await harness.ask("bob", "POST", "/capture", { body: { sessionId: id, durationSeconds: 5 } }))).toBe("no_segments");
  });
});
