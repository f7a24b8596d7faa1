/** What comes in wrong is refused clearly, in one shape, and leaves nothing behind. */
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type AskOptions, type Harness, rawRequest, request, secretOf, startHarness, unknownId } from "./harness.js";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const isRefused = (answer: Answer, status: number, code: string): void => {
  const problem = answer.problem();
  expect({ status: answer.status, code: problem.code }).toEqual({ status, code });
  expect(problem.status).toBe(status);
  expect(problem.requestId).toBe(answer.headers.get("x-request-id"));
  expect(answer.headers.get("cache-control")).toBe("no-store");
};

describe("tokens", () => {
  const now = Math.floor(Date.now() / 1000);
  const sign = (claims: Record<string, unknown>, secret: string): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
  const own = async (claims: Record<string, unknown>): Promise<string> => sign(claims, await secretOf(harness.root));

  test.each<[string, () => Promise<string | null> | string]>([
    ["none", () => ""],
    ["no Bearer", async () => harness.token("alice")],
    ["two words", async () => `Bearer ${await harness.token("alice")} more`],
    ["Basic", () => "Basic YWxpY2U6YWxpY2U="],
    ["alg none", () => `Bearer ${new UnsecuredJWT({ sub: "alice", exp: now + 60 }).encode()}`],
    ["foreign", async () => `Bearer ${await sign({ sub: "alice", exp: now + 60 }, "x".repeat(48))}`],
    ["expired", async () => `Bearer ${await own({ sub: "alice", exp: now - 1 })}`],
    ["without sub", async () => `Bearer ${await own({ exp: now + 60 })}`],
    ["without exp", async () => `Bearer ${await own({ sub: "alice" })}`],
    ["sub of 151 bytes", async () => `Bearer ${await own({ sub: "é".repeat(76), exp: now + 60 })}`],
    ["very long", () => `Bearer ${"a".repeat(9000)}`],
  ])("%s: 401", async (_what, header) => {
    const authorization = await header();
    const answer = await request(`${harness.api}/me`, "GET", { headers: authorization ? { authorization } : {} });
    isRefused(answer, 401, "unauthenticated");
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("a token in the address is no token", async () => {
    const token = await harness.token("alice");
    isRefused(await request(`${harness.api}/me?token=${token}`, "GET"), 401, "unauthenticated");
    isRefused(await request(`${harness.api}/clips/${unknownId()}/download?token=${token}`, "GET"), 401, "unauthenticated");
  });

  test("a stranger with a right token sees nothing of the community", async () => {
    const authorization = `Bearer ${await own({ sub: "stranger", name: "Stranger", exp: now + 60 })}`;
    const me = (await request(`${harness.api}/me`, "GET", { headers: { authorization } })).json();
    expect(me).toMatchObject({ userId: "stranger", name: "Stranger", admin: false, communities: [] });
    isRefused(await request(`${harness.api}/status/lobby`, "GET", { headers: { authorization } }), 404, "room_not_found");
    isRefused(await request(`${harness.api}/channels/clips/posts`, "GET", { headers: { authorization } }), 404, "channel_not_found");
  });
});

describe("bodies", () => {
  const json = { "content-type": "application/json" };
  test.each<[string, AskOptions, number, string]>([
    ["not JSON", { body: "{", headers: json }, 400, "invalid_request"],
    ["empty", { body: "", headers: json }, 400, "invalid_request"],
    ["an array", { body: [] }, 400, "invalid_request"],
    ["null", { body: "null", headers: json }, 400, "invalid_request"],
    ["none", {}, 400, "invalid_request"],
    ["text", { body: "hello", headers: { "content-type": "text/plain" } }, 415, "unsupported_media_type"],
    ["a form", { body: "roomName=lobby", headers: { "content-type": "application/x-www-form-urlencoded" } }, 415, "unsupported_media_type"],
    [
      "__proto__, which is taken out like any field that nobody knows",
      { body: '{"__proto__":{"x":1},"roomName":"lobby"}', headers: json },
      409,
      "not_sharing",
    ],
    ["over 64 KB", { body: { roomName: "x".repeat(65 * 1024) } }, 413, "body_too_large"],
    ["no room", { body: {} }, 400, "invalid_request"],
    ["an empty room", { body: { roomName: "" } }, 400, "invalid_request"],
    ["a room of 300 characters", { body: { roomName: "x".repeat(300) } }, 400, "invalid_request"],
    ["a room with a line break", { body: { roomName: "lob\nby" } }, 400, "invalid_request"],
    ["a room that is a number", { body: { roomName: 7 } }, 400, "invalid_request"],
    ["a room that climbs", { body: { roomName: "../../etc" } }, 404, "room_not_found"],
    ["an emoji", { body: { roomName: "🎉" } }, 404, "room_not_found"],
  ])("start with %s", async (_what, options, status, code) => {
    isRefused(await harness.ask("bob", "POST", "/start", options), status, code);
  });

  test.each<[string, unknown, string]>([
    ["no length", {}, "durationMinutes"],
    ["two lengths", { durationMinutes: 1, durationSeconds: 5 }, "durationMinutes"],
    ["three minutes", { durationMinutes: 3 }, "durationMinutes"],
    ["no time", { durationSeconds: 0 }, "durationSeconds"],
    ["eleven minutes", { durationSeconds: 660 }, "durationSeconds"],
    ["half a range", { fromMs: 1 }, "fromMs"],
    ["a range backwards", { fromMs: 5, toMs: 1 }, "toMs"],
    ["a channel without its name", { durationMinutes: 1, shareOption: "channel" }, "targetChannelId"],
    ["another share option", { durationMinutes: 1, shareOption: "world" }, "shareOption"],
  ])("capture with %s names the field", async (_what, body, field) => {
    const answer = await harness.ask("bob", "POST", "/capture", { body: { sessionId: unknownId(), ...(body as object) } });
    isRefused(answer, 400, "invalid_request");
    expect(answer.problem().errors?.map((error) => error.field)).toContain(field);
    expect(answer.problem().detail).toContain(field);
  });

  test("an Idempotency-Key that is none", async () => {
    const body = { sessionId: unknownId(), durationMinutes: 1 };
    isRefused(
      await harness.ask("bob", "POST", "/capture", { body, headers: { "idempotency-key": "k".repeat(201) } }),
      400,
      "invalid_request",
    );
  });
});

describe("addresses", () => {
  test.each<[string, string, number, string]>([
    ["GET", "/status/%2e%2e%2f%2e%2e%2fetc", 404, "room_not_found"],
    ["GET", "/status/{300}", 400, "invalid_request"],
    ["GET", "/status/%F0%9F%8E%89{300}", 400, "invalid_request"],
    ["GET", `/status/${encodeURIComponent("🎉")}`, 404, "room_not_found"],
    ["GET", "/status/", 404, "route_not_found"],
    ["GET", "/status/%00", 400, "invalid_request"],
    ["GET", "/status/%zz", 400, "invalid_request"],
    ["GET", "/status/{3000}", 400, "invalid_request"],
    ["GET", "/rooms/nowhere/events", 404, "room_not_found"],
    ["POST", "/whip/nowhere", 404, "room_not_found"],
    ["POST", "/stop/nothing", 404, "session_not_found"],
    ["GET", "/clips/nothing", 404, "clip_not_found"],
    ["GET", "/clips/..%2F..%2Fcatalog.db", 404, "clip_not_found"],
    ["GET", "/sessions/nothing/live.m3u8", 404, "session_not_found"],
    ["GET", "/channels/nowhere/posts", 404, "channel_not_found"],
    ["DELETE", "/channels/clips/posts/nothing", 404, "post_not_found"],
    ["DELETE", "/whip/resource/nothing", 404, "publication_not_found"],
    ["GET", "/my-clips?pageSize=101", 400, "invalid_request"],
    ["GET", "/my-clips?page=0", 400, "invalid_request"],
    ["GET", "/my-clips?sort=random", 400, "invalid_request"],
    ["GET", "/my-clips?q={201}", 400, "invalid_request"],
    ["GET", "/nothing/here", 404, "route_not_found"],
    ["PUT", "/me", 405, "method_not_allowed"],
    ["GET", "/capture", 405, "method_not_allowed"],
    ["DELETE", "/clips/nothing/share", 405, "method_not_allowed"],
    ["OPTIONS", "/start", 405, "method_not_allowed"],
    ["PUT", "/nothing", 404, "route_not_found"],
    ["POST", "/", 404, "route_not_found"],
  ])("%s %s: %i %s", async (method, path, status, code) => {
    const whole = path.replace(/\{(\d+)\}/, (_braces, count: string) => "x".repeat(Number(count)));
    isRefused(await harness.ask("bob", method, whole), status, code);
  });

  test("another method than an address has is told which it has", async () => {
    for (const [method, path, allow] of [
      ["PUT", "/my-clips", "GET, HEAD"],
      ["PUT", "/clips/nothing", "DELETE, GET, HEAD, PATCH"],
      ["GET", "/start?x=1", "POST"],
    ] as const)
      expect((await harness.ask("bob", method, path)).headers.get("allow"), path).toBe(allow);
    const page = await request(`${harness.api}/capture`, "GET", { headers: { accept: "text/html" } });
    isRefused(page, 405, "method_not_allowed");
  });

  test.each([
    ["POST", "/stop/", "session_not_found"],
    ["GET", "/clips/", "clip_not_found"],
    ["DELETE", "/clips/", "clip_not_found"],
    ["GET", "/sessions/", "session_not_found"],
  ] as const)("%s %s of an unknown id: 404", async (method, prefix, code) => {
    const suffix = prefix === "/sessions/" ? "/live.m3u8" : "";
    isRefused(await harness.ask("bob", method, `${prefix}${unknownId()}${suffix}`), 404, code);
  });
});

describe("what is no HTTP", () => {
  /** Sends bytes as they are and reads what comes until the connection ends. */
  const exchange = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(harness.origin).port), "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.setEncoding("utf8").setTimeout(10_000, () => reject(new Error("no answer")));
      socket.on("data", (part) => (answer += String(part))).on("error", reject);
      socket.on("close", () => resolve(answer));
    });

  test.each([
    ["garbage", "GARBAGE\r\n\r\n"],
    ["headers over 16 KB", `GET /livekit-replay/me HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`],
    ["two lengths", "POST /livekit-replay/start HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ])("%s: 400, as a problem", async (_what, text) => {
    const [head = "", body = ""] = (await exchange(text)).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(head).toMatch(/content-type: application\/problem\+json/i);
    const problem = JSON.parse(body) as { code: string; requestId: string };
    expect(problem.code).toBe("invalid_request");
    expect(head).toContain(problem.requestId);
  });
});

describe("the demo", () => {
  test("signs in nobody else", async () => {
    const answer = await request(`${harness.api}/demo/sign-in`, "POST", { body: { userId: "mallory" } });
    isRefused(answer, 400, "invalid_request");
    expect(answer.problem().detail).toContain("alice, bob, carol");
  });

  test("is not there for a name that points here from elsewhere", async () => {
    const { port } = new URL(harness.origin);
    const { status, text } = await rawRequest(`${harness.api}/demo/people`, { host: `attacker.example:${port}` });
    expect({ status, code: (JSON.parse(text) as { code: string }).code }).toEqual({ status: 404, code: "route_not_found" });
    expect((await rawRequest(`${harness.api}/demo/people`, { host: `localhost:${port}` })).status).toBe(200);
  });

  test("is not there for what a proxy brings from elsewhere, unless it was asked for", async () => {
    const brought = { headers: { "x-forwarded-for": "203.0.113.9" } };
    isRefused(await request(`${harness.api}/demo/people`, "GET", brought), 404, "route_not_found");
    isRefused(await request(`${harness.api}/demo/sign-in`, "POST", { body: { userId: "alice" }, ...brought }), 404, "route_not_found");
    const asked = await startHarness({ env: { DEMO: "on" } });
    try {
      expect((await request(`${asked.api}/demo/people`, "GET", brought)).status).toBe(200);
    } finally {
      await asked.close();
    }
  });

  test("is off when it is switched off", async () => {
    const off = await startHarness({ env: { DEMO: "off" } });
    try {
      isRefused(await request(`${off.api}/demo/people`, "GET"), 404, "route_not_found");
      isRefused(await request(`${off.api}/demo/sign-in`, "POST", { body: { userId: "alice" } }), 404, "route_not_found");
      expect(off.server.demoToken).toBeNull();
    } finally {
      await off.close();
    }
  });
});

test("nothing of all this is on disk or in the log as a token", async () => {
  expect(await readdir(join(harness.root, "data", "replay-buffer"))).toEqual([]);
  expect(await readdir(join(harness.root, "data", "replays"))).toEqual([]);
  const log = harness.log.join("\n");
  expect(log).toContain("token=[removed]");
  expect(log).toContain('"url":"/livekit-replay/my-clips?page=0"');
  expect(log).not.toMatch(/eyJ[\w-]{5}/);
  expect(log).not.toContain(await secretOf(harness.root));
});
