/** The sentences that operators search for, each provoked for real over HTTP: status, code, sentence, and nothing left behind. Then what people type into fields. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Clip, clipPageSchema, clipSchema, type Quota, quotaSchema, storeCheckSchema } from "@livekit-replay/contract";
import { type Answer, type AskOptions, type Harness, rawRequest, startHarness, theSession } from "./harness.js";

let harness: Harness;
let sessionId: string;
let clip: Clip;

const config = (body: unknown) => harness.ask("alice", "PATCH", "/admin/community/demo/config", { body });
const quotaOfBob = async (): Promise<Quota> => quotaSchema.parse((await harness.ask("alice", "GET", "/admin/users/bob/quota")).json());
const capture = (body: object = { durationSeconds: 1 }, options: AskOptions = {}): Promise<Answer> =>
  harness.ask("bob", "POST", "/capture", { body: { sessionId, ...body }, ...options });

beforeAll(async () => {
  harness = await startHarness();
  const events = await harness.listen("bob", "/rooms/lobby/events");
  await harness.publish("bob", "lobby");
  await events.next("window");
  sessionId = (await theSession(harness, "bob", "lobby")).id;
  clip = clipSchema.parse((await capture({ durationSeconds: 1 }, { headers: { prefer: "wait=30" } })).json());
  expect(clip.state).toBe("ready");
  // Its picture is made last.
  await vi.waitUntil(async () => (await clipFiles()).some((name) => name.endsWith(".jpg")), { timeout: 10_000, interval: 50 });
});
afterAll(() => harness.close());

const clipFiles = async (): Promise<string[]> => (await readdir(join(harness.root, "data", "replays"), { recursive: true })).toSorted();

/** Everything that a refusal might leave behind: rows of sessions and clips, publications, charges, files and folders of clips, folders of buffers. */
async function everything(): Promise<unknown> {
  const { catalog } = harness.server.core;
  const root = join(harness.root, "data");
  const buffers = await readdir(join(root, "replay-buffer"), { recursive: true });
  const sessions = await catalog.sessions.all();
  return {
    sessions: sessions.map(({ id, state, publicationId }) => `${id} ${state} ${publicationId}`).toSorted(),
    clips: clipPageSchema
      .parse((await harness.ask("bob", "GET", "/my-clips?pageSize=100")).json())
      .items.map(({ id, state }) => `${id} ${state}`),
    charged: (({ usedBytes, reservedBytes }) => ({ usedBytes, reservedBytes }))(await quotaOfBob()),
    files: await clipFiles(),
    folders: buffers.filter((name) => !/\.\w+$/.test(name)).toSorted(),
  };
}

/** Asks, and judges the refusal and what it left: nothing, and the store's check finds nothing. */
async function isRefused(ask: () => Promise<Answer>, status: number, code: string, sentence: string): Promise<Answer> {
  const before = await everything();
  const answer = await ask();
  const problem = answer.problem();
  expect({ status: answer.status, code: problem.code, detail: problem.detail, title: problem.title }).toEqual({
    status,
    code,
    detail: sentence,
    title: sentence,
  });
  expect(await everything()).toEqual(before);
  const checked = await harness.ask("alice", "GET", "/admin/store-check");
  expect(storeCheckSchema.parse(checked.json()).findings).toEqual([]);
  return answer;
}

const sdp = { body: "v=0\r\n", headers: { "content-type": "application/sdp" } };

describe("the sentences", () => {
  test("User already has an active replay buffer", async () => {
    const sentence = "User already has an active replay buffer";
    await isRefused(() => harness.ask("bob", "POST", "/start", { body: { roomName: "studio" } }), 409, "already_active", sentence);
    await isRefused(() => harness.ask("bob", "POST", "/whip/studio", sdp), 409, "already_active", sentence);
  });

  test("Community replay buffer limit reached", async () => {
    const sentence = "Community replay buffer limit reached";
    await config({ maxConcurrent: 1 });
    const publisher = await harness.publish("alice", "studio", { start: false });
    try {
      await isRefused(() => harness.ask("alice", "POST", "/start", { body: { roomName: "studio" } }), 429, "community_limit", sentence);
    } finally {
      await publisher.close();
      await config({ maxConcurrent: null });
    }
  });

  test("Permission denied", async () => {
    const sentence = "Permission denied";
    await isRefused(() => harness.ask("carol", "POST", "/start", { body: { roomName: "lobby" } }), 403, "permission_denied", sentence);
    await isRefused(() => harness.ask("carol", "POST", "/whip/lobby", sdp), 403, "permission_denied", sentence);
    await isRefused(
      () => harness.ask("carol", "POST", "/capture", { body: { sessionId, durationSeconds: 1 } }),
      403,
      "permission_denied",
      sentence,
    );
  });

  test("No segments found", async () => {
    const hourAgo = Date.now() - 3_600_000;
    await isRefused(() => capture({ fromMs: hourAgo, toMs: hourAgo + 5000 }), 404, "no_segments", "No segments found");
  });

  test("User quota exceeded", async () => {
    const { usedBytes, limitBytes } = await quotaOfBob();
    await harness.ask("alice", "PATCH", "/admin/users/bob/quota", { body: { limitBytes: usedBytes } });
    try {
      await isRefused(() => capture(), 507, "quota_exceeded", "User quota exceeded");
      const whole = { startMs: 0, endMs: clip.durationMs };
      await isRefused(
        () => harness.ask("bob", "POST", `/clips/${clip.id}/trim`, { body: whole }),
        507,
        "quota_exceeded",
        "User quota exceeded",
      );
    } finally {
      await harness.ask("alice", "PATCH", "/admin/users/bob/quota", { body: { limitBytes } });
    }
  });

  test("Replay buffer is disabled in this community", async () => {
    await config({ enabled: false });
    try {
      const sentence = "Replay buffer is disabled in this community";
      await isRefused(() => harness.ask("alice", "POST", "/whip/studio", sdp), 403, "community_disabled", sentence);
    } finally {
      await config({ enabled: true });
    }
  });

  test("FFmpeg concatenation failed", async () => {
    const folder = join(harness.root, "data", "replays", "bob");
    const [name = ""] = (await readdir(folder)).filter((file) => file.endsWith(".mp4"));
    const whole = await readFile(join(folder, name));
    // A file of the right length that FFmpeg cannot make anything of.
    await writeFile(join(folder, name), Buffer.alloc(whole.length, 7));
    try {
      const download = () => harness.ask("bob", "GET", `/clips/${clip.id}/download?audio=aac`);
      await isRefused(download, 500, "concatenation_failed", "FFmpeg concatenation failed");
    } finally {
      await writeFile(join(folder, name), whole);
    }
    expect((await harness.ask("bob", "GET", `/clips/${clip.id}/download?audio=aac`)).status).toBe(200);
  });
});

describe("ranges and conditions of a file", () => {
  const download = (headers: Record<string, string>) => harness.ask("bob", "GET", `/clips/${clip.id}/download`, { headers });

  test("a range beyond its end: 416 with its size", async () => {
    const answer = await download({ range: "bytes=999999999-" });
    expect(answer.problem()).toMatchObject({ status: 416, code: "range_not_satisfiable" });
    expect(answer.headers.get("content-range")).toMatch(/^bytes \*\/\d+$/);
  });

  test("a condition that is not met: 412 as a problem; one that is: 304 without a body", async () => {
    const { headers } = await download({ range: "bytes=0-0" });
    const etag = headers.get("etag") ?? "";
    expect(etag).not.toBe("");
    expect((await download({ "if-match": '"another"' })).problem()).toMatchObject({ status: 412, code: "precondition_failed" });
    // `fetch` adds that it wants no cached answer, which makes the condition void.
    const authorization = `Bearer ${await harness.token("bob")}`;
    const current = await rawRequest(`${harness.api}/clips/${clip.id}/download`, { authorization, "if-none-match": etag });
    expect({ status: current.status, text: current.text }).toEqual({ status: 304, text: "" });
  });
});

describe("what people type", () => {
  const edit = (title: unknown) => harness.ask("bob", "PATCH", `/clips/${clip.id}`, { body: { title } });
  const titled = async (answer: Answer): Promise<string> => clipSchema.parse(answer.json()).title;

  test("markup in a title is text like any other; space at its ends goes", async () => {
    for (const title of [
      "<script>alert(1)</script>",
      '"><img src=x onerror=alert(1)>',
      "{{constructor}}",
      "'; DROP TABLE clips; --",
      "🎉 é ‮abc",
      "$where",
    ])
      expect(await titled(await edit(`  ${title} `))).toBe(title);
    expect(clipPageSchema.parse((await harness.ask("bob", "GET", `/my-clips?q=${encodeURIComponent("$where")}`)).json()).total).toBe(1);
    for (const q of ["%", "_", "*", ".*", "\\", "'"])
      expect(clipPageSchema.parse((await harness.ask("bob", "GET", `/my-clips?q=${encodeURIComponent(q)}`)).json()).total, q).toBe(0);
  });

  test.each<[string, unknown]>([
    ["a control character", "a\u0000b"],
    ["a line break", "a\nb"],
    ["an escape", "\u001b[31m"],
    ["half a character", "\ud800"],
    ["10 kB", "x".repeat(10_240)],
    ["nothing", "   "],
    ["a number", 7],
    ["null", null],
  ])("%s is no title, of a clip or of a capture", async (_what, title) => {
    for (const ask of [() => edit(title), () => capture({ durationSeconds: 1, title })]) {
      const before = await everything();
      const problem = (await ask()).problem();
      expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
      expect(problem.errors?.[0]?.field).toBe("title");
      expect(await everything()).toEqual(before);
    }
  });

  test("bodies over 64 KB: 413, wherever they are sent", async () => {
    const body = { title: "x".repeat(65 * 1024), roomName: "lobby", channelId: "clips" };
    for (const [method, path] of [
      ["PATCH", `/clips/${clip.id}`],
      ["POST", "/capture"],
      ["POST", `/clips/${clip.id}/share`],
      ["PATCH", "/admin/community/demo/config"],
    ] as const)
      expect((await harness.ask("alice", method, path, { body })).problem(), path).toMatchObject({ status: 413, code: "body_too_large" });
  });

  test("fields that nobody knows: ignored by a clip, refused by settings, where a typing error would be believed", async () => {
    const answer = await harness.ask("bob", "PATCH", `/clips/${clip.id}`, {
      body: JSON.parse(
        '{ "title": "Plain", "owner": "alice", "sizeBytes": 0, "__proto__": { "title": "None" }, "constructor": { "prototype": {} } }',
      ),
    });
    expect(clipSchema.parse(answer.json())).toMatchObject({ title: "Plain", owner: { userId: "bob" }, sizeBytes: clip.sizeBytes });
    expect((await config({ maxConcurent: 3 })).problem()).toMatchObject({ status: 400, code: "invalid_request" });
  });

  test("page 10,000 of a library is empty; pages that are none are refused", async () => {
    const page = clipPageSchema.parse((await harness.ask("bob", "GET", "/my-clips?page=10000&pageSize=100")).json());
    expect(page).toMatchObject({ items: [], page: 10_000, pageSize: 100 });
    expect(page.total).toBeGreaterThan(0);
    for (const query of [
      "pageSize=0",
      "pageSize=-1",
      "pageSize=1e9",
      "pageSize=many",
      "pageSize=1.5",
      "page=-1",
      "page=1e99",
      "page=NaN",
      "sort=;",
    ])
      for (const path of ["/my-clips", "/clips-of-me", "/channels/clips/posts"]) {
        if (query.startsWith("sort") && path !== "/my-clips") continue;
        expect((await harness.ask("bob", "GET", `${path}?${query}`)).problem(), `${path}?${query}`).toMatchObject({
          status: 400,
          code: "invalid_request",
        });
      }
  });
});
