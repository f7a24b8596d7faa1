/** Tokens for LiveKit rooms: who gets one, what it allows, how long it is good, and that it is nobody else's identity. */
import { livekitTokenSchema, type LivekitToken, meSchema, pageSettingsSchema } from "@livekit-replay/contract";
import { LivekitServer } from "@livekit-replay/peers";
import { SignJWT } from "jose";
import { TokenVerifier } from "livekit-server-sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, request, secretOf, startHarness } from "./harness.js";

let livekit: LivekitServer;
let harness: Harness;

beforeAll(async () => {
  livekit = await LivekitServer.start();
  const { url, apiKey, apiSecret } = livekit;
  harness = await startHarness({
    env: {
      LIVEKIT_URL: url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
      LIVEKIT_PUBLIC_URL: "wss://live.example.org/",
      EMBED_ORIGINS: "https://chat.example.org",
    },
  });
});
afterAll(async () => {
  await harness.close();
  await livekit.close();
});

const ask = (person: string | null, body: unknown) => harness.ask(person, "POST", "/livekit/token", { body });
const tokenOf = async (person: string, body: unknown): Promise<LivekitToken> => livekitTokenSchema.parse((await ask(person, body)).json());
const claimsOf = ({ token }: LivekitToken) => new TokenVerifier(livekit.apiKey, livekit.apiSecret).verify(token);

test("a member gets one: seen, heard, for that room alone", async () => {
  const before = Date.now();
  const answer = await tokenOf("bob", { roomName: "lobby" });
  expect(answer).toMatchObject({ url: "wss://live.example.org", identity: "bob" });
  const { video, sub, name, exp = 0, ...rest } = await claimsOf(answer);
  expect({ video, sub, name }).toEqual({
    video: { roomJoin: true, room: "lobby", canPublish: true, canSubscribe: true, canPublishData: true },
    sub: "bob",
    name: "Bob",
  });
  expect(Object.keys(rest).toSorted()).toEqual(["iss", "nbf"]);
  expect(answer.expiresAtMs - before).toBeGreaterThan(3_590_000);
  expect(Math.abs(exp * 1000 - answer.expiresAtMs)).toBeLessThan(2000);
});

test("livekit-server lets its holder in", async () => {
  const { token } = await tokenOf("bob", { roomName: "lobby", device: "tab-1" });
  const answer = await fetch(`${livekit.httpUrl}/rtc/validate`, { headers: { authorization: `Bearer ${token}` } });
  expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 200, text: "success" });
});

test("a device makes an identity of its own", async () => {
  expect((await tokenOf("bob", { roomName: "lobby", device: "phone" })).identity).toBe("bob#phone");
  expect((await ask("bob", { roomName: "lobby", device: "no spaces" })).problem().code).toBe("invalid_request");
});

test("nobody gets an identity that is somebody else's", async () => {
  await harness.server.core.catalog.directory.putPerson({ userId: "bob#2", name: "Bob II", admin: false, description: "" });
  expect((await ask("bob", { roomName: "lobby", device: "2" })).problem()).toMatchObject({
    code: "invalid_request",
    errors: [{ field: "device" }],
  });
});

test("who is not in the room's community gets none, nobody neither; a guest does", async () => {
  expect((await ask(null, { roomName: "lobby" })).status).toBe(401);
  expect((await ask("bob", { roomName: "nowhere" })).problem().code).toBe("room_not_found");
  expect((await tokenOf("carol", { roomName: "studio" })).identity).toBe("carol");
  const key = new TextEncoder().encode(await secretOf(harness.root));
  const stranger = await new SignJWT({ sub: "stranger", exp: Math.floor(Date.now() / 1000) + 60 })
    .setProtectedHeader({ alg: "HS256" })
    .sign(key);
  const refused = await request(`${harness.api}/livekit/token`, "POST", {
    body: { roomName: "lobby" },
    headers: { authorization: `Bearer ${stranger}` },
  });
  expect(refused.problem().code).toBe("room_not_found");
});

test("it ends with the caller's own token", async () => {
  const key = new TextEncoder().encode(await secretOf(harness.root));
  const exp = Math.floor(Date.now() / 1000) + 90;
  const short = await new SignJWT({ sub: "bob", exp }).setProtectedHeader({ alg: "HS256" }).sign(key);
  const answer = await request(`${harness.api}/livekit/token`, "POST", {
    body: { roomName: "lobby" },
    headers: { authorization: `Bearer ${short}` },
  });
  const { expiresAtMs } = livekitTokenSchema.parse(answer.json());
  expect(expiresAtMs).toBeLessThanOrEqual(exp * 1000);
  expect(expiresAtMs).toBeGreaterThan((exp - 10) * 1000);
});

test("the page is told of LiveKit, and may connect to it", async () => {
  expect(meSchema.parse((await harness.ask("bob", "GET", "/me")).json()).livekit).toEqual({ url: "wss://live.example.org" });
  const policy = (await harness.ask(null, "GET", "/demo/people")).headers.get("content-security-policy") ?? "";
  expect(/connect-src ([^;]*)/.exec(policy)?.[1]).toBe("'self' blob: wss://live.example.org https://live.example.org");
});

test("exactly the origins that may hold the page are named, to browsers and to the page", async () => {
  const answer = await harness.ask(null, "GET", "/page");
  expect(pageSettingsSchema.parse(answer.json())).toEqual({ embedOrigins: ["https://chat.example.org"] });
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(/frame-ancestors ([^;]*)/.exec(policy)?.[1]).toBe("https://chat.example.org");
  expect(answer.headers.get("x-frame-options")).toBeNull();
  expect(answer.headers.get("cross-origin-opener-policy")).toBe("unsafe-none");
});
