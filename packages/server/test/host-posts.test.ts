/** With `DIRECTORY=host`: a share needs the host's yes, the host hears of every end, and what it hears never decides who may watch. */
import type { ServerResponse } from "node:http";
import { type Clip, clipSchema, healthSchema, postPageSchema } from "@livekit-replay/contract";
import { SignJWT } from "jose";
import { loadFilm, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Answer, type Harness, request, startHarness } from "./harness.js";
import { HostPeer, json } from "./host-peer.js";

const secret = "a secret of at least 32 characters, for tests";
const jwtSecret = "another secret of at least 32 characters, for tests";
const limit = { timeout: 10_000, interval: 50 };

let peer: HostPeer;
let harness: Harness;
let clip: Clip;

const tokenOf = (sub: string): Promise<string> =>
  new SignJWT({ exp: Math.floor(Date.now() / 1000) + 600 })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .sign(new TextEncoder().encode(jwtSecret));

const ask = async (person: string, method: string, path: string, body?: unknown): Promise<Answer> => {
  const headers = { authorization: `Bearer ${await tokenOf(person)}` };
  return request(`${harness.api}${path}`, method, { headers, ...(body === undefined ? {} : { body }) });
};

const share = (text: string): Promise<Answer> => ask("ada", "POST", `/clips/${clip.id}/share`, { channelId: "games", text });
const posts = async () => postPageSchema.parse((await ask("ada", "GET", "/channels/games/posts")).json());
const told = (path: string) => peer.heard.filter((heard) => heard.path === path).map(({ body }) => body);

/** A clip of a second, shared to the channel at once or not. */
async function keep(shared = false): Promise<Clip> {
  const token = await tokenOf("ada");
  const publisher = await WhipPublisher.publish({ film: await loadFilm(SMALL_FILM), url: `${harness.api}/whip/table-1`, token });
  try {
    const window = async () => {
      const { sessions } = (await ask("ada", "GET", "/status/table-1")).json() as { sessions: { id: string; window: unknown }[] };
      return sessions.find((session) => session.window !== null);
    };
    const { id: sessionId } = await vi.waitUntil(window, limit);
    const post = shared ? { shareOption: "channel", targetChannelId: "games" } : {};
    return clipSchema.parse((await ask("ada", "POST", "/capture", { sessionId, durationSeconds: 1, ...post })).json());
  } finally {
    await publisher.close();
  }
}

beforeAll(async () => {
  peer = await HostPeer.start(secret);
  const chess = { id: "chess", name: "Chess" };
  for (const userId of ["ada", "ben"]) {
    peer.answers.set(`/person ${userId}`, { userId, name: userId.toUpperCase() });
    peer.answers.set(`/permissions chess ${userId}`, {
      permissions: ["VIEW_CHANNEL", ...(userId === "ada" ? ["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY", "SEND_MESSAGES"] : [])],
    });
  }
  peer.answers.set("/room table-1", { roomName: "table-1", community: chess });
  peer.answers.set("/channel games", { id: "games", name: "games", communityId: "chess" });
  const env = { DIRECTORY: "host", HOST_URL: peer.url, HOST_SECRET: secret, JWT_SECRET: jwtSecret };
  harness = await startHarness({ env });
  clip = await keep();
});
afterAll(async () => {
  await harness.close();
  await peer.close();
});
beforeEach(() => {
  peer.heard.length = 0;
  for (const path of ["/posts", "/posts/removed", "/clips/deleted"]) peer.answers.set(path, json(204, undefined));
});

test("the host hears what it needs to show a post", async () => {
  expect((await share(" Mate in two ")).status).toBe(201);
  const [post] = (await posts()).items;
  const address = `/livekit-replay/clips/${clip.id}`;
  const ada = { userId: "ada", name: "ADA" };
  expect(told("/posts")).toEqual([
    {
      postId: post?.id,
      channelId: "games",
      communityId: "chess",
      author: ada,
      text: "Mate in two",
      createdAtMs: post?.createdAtMs,
      clip: { id: clip.id, title: clip.title, durationMs: clip.durationMs, owner: ada, sharer: ada },
      links: { clip: address, poster: `${address}/poster.jpg` },
    },
  ]);
  expect((await ask("ben", "GET", `/clips/${clip.id}`)).status).toBe(200);
});

test("whoever sees it in the host's chat may watch at once", async () => {
  const seen: number[] = [];
  const { total } = await posts();
  for (const { id } of (await posts()).items) await ask("ada", "DELETE", `/channels/games/posts/${id}`);
  expect(total).toBe(1);
  peer.answers.set("/posts", (response) => {
    void ask("ben", "GET", `/clips/${clip.id}`).then(({ status }) => {
      seen.push(status);
      response.writeHead(204).end();
    });
  });
  expect((await share("Now")).status).toBe(201);
  expect(seen).toEqual([200]);
});

const refusals: [name: string, answer: (response: ServerResponse) => void, code: string, status: number][] = [
  ["an error", json(500, {}), "directory_unavailable", 503],
  ["no", json(403, {}), "permission_denied", 403],
  ["that it has no such channel", json(404, { unknown: true }), "channel_not_found", 404],
  ["something that is no answer", json(404, {}), "directory_unavailable", 503],
  ["nothing, for too long", () => undefined, "directory_unavailable", 503],
];

test.each(refusals)(
  "when the host says %s, the share is refused, nothing is left, and the host is told to forget it",
  async (_name, answer, code, status) => {
    const before = await posts();
    peer.answers.set("/posts", answer);
    const refused = await share("Refused");
    expect(refused.problem()).toMatchObject({ code, status });
    expect(refused.headers.get("retry-after")).toBe(status === 503 ? "2" : null);
    expect(await posts()).toMatchObject({ total: before.total, items: before.items.map(({ id }) => ({ id })) });
    const [sent] = told("/posts") as { postId: string }[];
    await vi.waitFor(() => expect(told("/posts/removed")).toEqual([{ postId: sent?.postId, channelId: "games" }]), limit);
  },
);

test("a press that was to be shared too keeps its clip, and says that the host did not take the post", async () => {
  peer.answers.set("/posts", json(500, {}));
  const kept = await keep(true);
  expect(kept).toMatchObject({
    shares: [],
    shareRefused: { code: "directory_unavailable", detail: "The host application cannot be reached" },
  });
  const again = clipSchema.parse((await ask("ada", "GET", `/clips/${kept.id}`)).json());
  expect([again.shareRefused, again.shares]).toEqual([undefined, []]);
  expect((await ask("ben", "GET", `/clips/${kept.id}`)).status).toBe(404);
});

test("an end that the host does not hear of is told again; it opens nothing meanwhile", async () => {
  expect((await share("For a moment")).status).toBe(201);
  for (const path of ["/posts/removed", "/clips/deleted"]) {
    let failures = 0;
    peer.answers.set(path, (response) => {
      failures += 1;
      json(failures > 1 ? 204 : 500, {})(response);
    });
  }
  const { items } = await posts();
  for (const { id } of items.slice(1)) expect((await ask("ada", "DELETE", `/channels/games/posts/${id}`)).status).toBe(204);
  expect((await ask("ada", "DELETE", `/clips/${clip.id}`)).status).toBe(204);
  expect((await ask("ben", "GET", `/clips/${clip.id}`)).status).toBe(404);
  const deleted = { clipId: clip.id, posts: [{ postId: items[0]?.id, channelId: "games" }] };
  await vi.waitFor(() => expect(told("/clips/deleted")).toEqual([deleted, deleted]), limit);
  await vi.waitFor(() => expect(told("/posts/removed").length).toBeGreaterThan(items.length - 1), limit);
  expect((await posts()).items[0]).toMatchObject({ id: items[0]?.id, clip: null });
});

test("a host that is down is seen in the health, and nothing secret in the log; there is no demo", async () => {
  await peer.down();
  expect((await ask("cleo", "GET", "/me")).problem()).toMatchObject({ code: "directory_unavailable" });
  const health = healthSchema.parse((await request(`${harness.origin}/healthz`, "GET")).json());
  expect(health).toMatchObject({
    status: "degraded",
    parts: { host: { status: "degraded", detail: "The host application cannot be reached" } },
  });
  expect((await request(`${harness.api}/demo/people`, "GET")).status).toBe(404);
  const log = harness.log.join("\n");
  expect(log).toContain("the host application gives no answer");
  for (const hidden of [secret, jwtSecret, "v1="]) expect(log).not.toContain(hidden);
});
