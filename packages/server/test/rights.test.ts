/** Every route has a rule, and every rule says what the API's table says: who may what, for nobody, a stranger, guest, member, owner and instance admin. */
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clipSchema, postSchema } from "@livekit-replay/contract";
import { basePath, rules, ruleOf } from "../src/auth/rules.js";
import { type Harness, request, secretOf, startHarness, theSession } from "./harness.js";

let harness: Harness;
let ids: Readonly<Record<string, string>>;
/** Who asks: bob shares and owns; `dave` is a member like bob; alice is instance admin; carol is a guest; the stranger is in no community. */
const people = ["nobody", "stranger", "carol", "dave", "bob", "alice"] as const;
type Who = (typeof people)[number];

async function tokenOf(who: Who): Promise<string | null> {
  if (who === "nobody") return null;
  if (who !== "stranger" && who !== "dave") return harness.token(who);
  const key = new TextEncoder().encode(await secretOf(harness.root));
  return new SignJWT({ sub: who, exp: Math.floor(Date.now() / 1000) + 600 }).setProtectedHeader({ alg: "HS256" }).sign(key);
}

beforeAll(async () => {
  harness = await startHarness();
  await harness.server.core.catalog.directory.putMember({ communityId: "demo", userId: "dave", roles: ["member"] });
  const events = await harness.listen("bob", "/rooms/lobby/events");
  const publisher = await harness.publish("bob", "lobby");
  await events.next("window");
  const { id: sessionId } = await theSession(harness, "bob", "lobby");
  const keep = async () =>
    clipSchema.parse(
      (await harness.ask("bob", "POST", "/capture", { body: { sessionId, durationSeconds: 1 }, headers: { prefer: "wait=20" } })).json(),
    ).id;
  const [own, shared] = [await keep(), await keep()];
  const post = postSchema.parse((await harness.ask("bob", "POST", `/clips/${shared}/share`, { body: { channelId: "clips" } })).json());
  ids = {
    session: sessionId,
    clip: own,
    shared,
    post: post.id,
    publication: new URL(publisher.resourceUrl).pathname.split("/").at(-1) ?? "",
  };
});
afterAll(() => harness.close());

/** Statuses in the order nobody, stranger, guest, member, owner, admin. */
type Row = [method: string, path: string, statuses: [number, number, number, number, number, number], body?: unknown];

const readings: Row[] = [
  ["GET", "/demo/people", [200, 200, 200, 200, 200, 200]],
  ["GET", "/me", [401, 200, 200, 200, 200, 200]],
  ["GET", "/status/lobby", [401, 404, 200, 200, 200, 200]],
  ["GET", "/my-clips", [401, 200, 200, 200, 200, 200]],
  ["GET", "/clips-of-me", [401, 200, 200, 200, 200, 200]],
  ["GET", "/admin/community/demo/config", [401, 404, 403, 403, 403, 200]],
  ["GET", "/channels/clips/posts", [401, 404, 200, 200, 200, 200]],
  ["GET", "/clips/{clip}", [401, 404, 404, 404, 200, 200]],
  ["GET", "/clips/{shared}", [401, 404, 200, 200, 200, 200]],
  ["GET", "/clips/{clip}/playlist.m3u8", [401, 404, 404, 404, 200, 200]],
  ["GET", "/clips/{shared}/playlist.m3u8", [401, 404, 200, 200, 200, 200]],
  ["GET", "/clips/{clip}/media/init-0.mp4", [401, 404, 404, 404, 200, 200]],
  ["GET", "/clips/{shared}/media/init-0.mp4", [401, 404, 200, 200, 200, 200]],
  ["GET", "/clips/{clip}/download", [401, 404, 404, 404, 200, 200]],
  ["GET", "/clips/{shared}/download", [401, 404, 200, 200, 200, 200]],
  ["GET", "/clips/{clip}/poster.jpg", [401, 404, 404, 404, 200, 200]],
  ["GET", "/sessions/{session}/live.m3u8", [401, 404, 403, 200, 200, 200]],
  ["GET", "/sessions/{session}/media/init-0.mp4", [401, 404, 403, 200, 200, 200]],
];

/** Refusals only: what is allowed would change what the next one finds. */
const writings: Row[] = [
  ["POST", "/start", [401, 404, 403, 409, 409, 409], { roomName: "lobby" }],
  // Here there is no LiveKit: 404 for whoever might have a token.
  ["POST", "/livekit/token", [401, 404, 404, 404, 404, 404], { roomName: "lobby" }],
  ["PATCH", "/admin/community/demo/config", [401, 404, 403, 403, 403, 400], {}],
  ["POST", "/capture", [401, 404, 403, 403, 400, 400], { sessionId: "{session}", fromMs: 1, toMs: 2_000_000 }],
  ["PATCH", "/clips/{clip}", [401, 404, 404, 404, 400, 400], { title: "" }],
  ["PATCH", "/clips/{shared}", [401, 404, 403, 403, 400, 400], { title: "" }],
  ["POST", "/clips/{clip}/share", [401, 404, 404, 404, 404, 404], { channelId: "nowhere" }],
  ["POST", "/clips/{shared}/share", [401, 404, 403, 403, 404, 404], { channelId: "nowhere" }],
  ["DELETE", "/channels/clips/posts/nothing", [401, 404, 404, 404, 404, 404]],
  ["PATCH", "/whip/resource/{publication}", [401, 404, 404, 404, 415, 404]],
];

/** In this order: the last ones of each are the ones that may. */
const endings: [method: string, path: string, who: Who, status: number][] = [
  ["DELETE", "/channels/clips/posts/{post}", "stranger", 404],
  ["DELETE", "/channels/clips/posts/{post}", "carol", 403],
  ["DELETE", "/channels/clips/posts/{post}", "dave", 403],
  ["DELETE", "/clips/{shared}", "nobody", 401],
  ["DELETE", "/clips/{shared}", "stranger", 404],
  ["DELETE", "/clips/{shared}", "carol", 403],
  ["DELETE", "/clips/{shared}", "dave", 403],
  ["DELETE", "/clips/{clip}", "dave", 404],
  ["DELETE", "/channels/clips/posts/{post}", "bob", 204],
  ["DELETE", "/clips/{shared}", "alice", 204],
  ["DELETE", "/clips/{clip}", "bob", 204],
  ["POST", "/stop/{session}", "nobody", 401],
  ["POST", "/stop/{session}", "stranger", 404],
  ["POST", "/stop/{session}", "carol", 404],
  ["POST", "/stop/{session}", "dave", 404],
  ["POST", "/stop/{session}", "alice", 200],
  ["DELETE", "/whip/resource/{publication}", "nobody", 401],
  ["DELETE", "/whip/resource/{publication}", "dave", 404],
  ["DELETE", "/whip/resource/{publication}", "alice", 404],
  ["DELETE", "/whip/resource/{publication}", "bob", 200],
];

const filled = (text: string): string => text.replace(/\{(\w+)\}/g, (_whole, name: string) => ids[name] ?? name);

async function statusOf(who: Who, method: string, path: string, body?: unknown): Promise<number> {
  const token = await tokenOf(who);
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const sent = body === undefined ? {} : { body: JSON.parse(filled(JSON.stringify(body))) as unknown };
  return (await request(`${harness.api}${filled(path)}`, method, { headers, ...sent })).status;
}

describe("who may what", () => {
  test.each([...readings, ...writings])("%s %s: %j", async (method, path, statuses, body) => {
    const found: number[] = [];
    for (const who of people) found.push(await statusOf(who, method, path, body));
    expect(Object.fromEntries(people.map((who, index) => [who, found[index]]))).toEqual(
      Object.fromEntries(people.map((who, index) => [who, statuses[index]])),
    );
  });

  test.each(["/rooms/lobby/events", "/me/events"])("the event stream %s", async (path) => {
    const found: number[] = [];
    for (const who of people) {
      const token = await tokenOf(who);
      const stop = new AbortController();
      const answer = await fetch(`${harness.api}${path}`, {
        headers: token === null ? {} : { authorization: `Bearer ${token}` },
        signal: stop.signal,
      });
      found.push(answer.status);
      stop.abort();
    }
    expect(found).toEqual(path === "/me/events" ? [401, 200, 200, 200, 200, 200] : [401, 404, 200, 200, 200, 200]);
  });

  test("whoever may capture must be in the room, unless the share is theirs", async () => {
    const body = { sessionId: ids["session"], durationSeconds: 1 };
    expect(await statusOf("dave", "POST", "/capture", body)).toBe(403);
    const stop = new AbortController();
    await fetch(`${harness.api}/rooms/lobby/events`, {
      headers: { authorization: `Bearer ${await tokenOf("dave")}` },
      signal: stop.signal,
    });
    expect(await statusOf("dave", "POST", "/capture", body)).toBe(201);
    stop.abort();
  });

  test("publishing needs the permission", async () => {
    const found: number[] = [];
    for (const who of people) {
      const token = await tokenOf(who);
      const headers = { ...(token === null ? {} : { authorization: `Bearer ${token}` }), "content-type": "application/sdp" };
      found.push((await request(`${harness.api}/whip/studio`, "POST", { headers, body: "no SDP" })).status);
    }
    expect(found).toEqual([401, 404, 403, 400, 409, 400]);
  });

  test.each(endings)("%s %s by %s: %i", async (method, path, who, status) => {
    expect(await statusOf(who, method, path)).toBe(status);
  });
});

describe("a directory that cannot answer", () => {
  test("means no, never yes", async () => {
    const lost = await startHarness();
    try {
      const token = await lost.token("alice");
      await lost.server.core.catalog.close();
      const answer = await request(`${lost.api}/status/lobby`, "GET", { headers: { authorization: `Bearer ${token}` } });
      expect(answer.problem()).toMatchObject({ status: 503, code: "directory_unavailable" });
      expect(answer.headers.get("retry-after")).toBe("2");
      expect((await request(`${lost.origin}/readyz`, "GET")).status).toBe(503);
      expect((await request(`${lost.origin}/healthz`, "GET")).status).toBe(200);
    } finally {
      await lost.close().catch(() => undefined);
    }
  });
});

describe("the table of rules", () => {
  /** Served without the guard: the page, the reference page, the document. */
  const outside = /^\/(\*|docs(\/.*)?|openapi\.json)$/;

  test("has a rule for every route", () => {
    const routes = harness.server.routes.filter(({ pattern }) => !outside.test(pattern));
    expect(routes.length).toBeGreaterThan(30);
    expect(routes.filter(({ method, pattern }) => !ruleOf(method, pattern))).toEqual([]);
  });

  test("has no rule without a route", () => {
    const known = new Set(harness.server.routes.map(({ method, pattern }) => `${method} ${pattern}`));
    expect([...rules.keys()].filter((route) => !known.has(route))).toEqual([]);
  });

  test("lets nobody in without a token but for the few that say so", () => {
    const open = [...rules]
      .filter(([, rule]) => rule.who !== "person" && rule.who !== "person or link")
      .map(([route]) => route.replace(basePath, ""));
    expect(open.toSorted()).toMatchInlineSnapshot(`
      [
        "GET /demo/people",
        "GET /healthz",
        "GET /metrics",
        "GET /readyz",
        "GET /whip/:roomName",
        "GET /whip/resource/:publicationId",
        "OPTIONS /whip/:roomName",
        "OPTIONS /whip/resource/:publicationId",
        "POST /demo/sign-in",
        "POST /livekit/webhook",
        "POST /whip/resource/:publicationId",
        "PUT /whip/:roomName",
        "PUT /whip/resource/:publicationId",
      ]
    `);
  });
});

test("metrics ask for their token when there is one", async () => {
  const guarded = await startHarness({ env: { METRICS_TOKEN: "a-token-for-metrics" } });
  try {
    expect((await request(`${guarded.origin}/metrics`, "GET")).status).toBe(401);
    expect((await request(`${guarded.origin}/metrics`, "GET", { headers: { authorization: "Bearer wrong-token-here" } })).status).toBe(401);
    const headers = { authorization: "Bearer a-token-for-metrics" };
    expect((await request(`${guarded.origin}/metrics`, "GET", { headers })).status).toBe(200);
  } finally {
    await guarded.close();
  }
  const open = await request(`${harness.origin}/metrics`, "GET");
  expect(open.status).toBe(200);
  expect(open.text).toContain("replay_segments_total");
});
