/** WHIP by the letter of RFC 9725: what the endpoint and its resources answer. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Harness, request, startHarness, theSession } from "./harness.js";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({
    env: { ICE_SERVERS: "stun:127.0.0.1:3478,turn:user:pass@127.0.0.1:3478", CORS_ORIGINS: "https://app.example" },
  });
});
afterAll(() => harness.close());

const sdp = { "content-type": "application/sdp" };
const fragment = { "content-type": "application/trickle-ice-sdpfrag" };
const chromiumOffer = (name: string): Promise<string> => readFile(new URL(`fixtures/offers/${name}.sdp`, import.meta.url), "utf8");

describe("the endpoint", () => {
  test("says what it takes", async () => {
    const answer = await request(`${harness.api}/whip/lobby`, "OPTIONS");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("accept-post")).toBe("application/sdp");
  });

  test.each(["GET", "HEAD", "PUT"])("%s is reserved: 405", async (method) => {
    const answer = await request(`${harness.api}/whip/lobby`, method);
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("OPTIONS, POST");
  });

  test("lets pages of the origins that it was told of in, and no others", async () => {
    const preflight = { "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type" };
    const ours = await request(`${harness.api}/whip/lobby`, "OPTIONS", { headers: { ...preflight, origin: "https://app.example" } });
    expect(ours.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(ours.headers.get("access-control-allow-headers")).toContain("authorization");
    const theirs = await request(`${harness.api}/whip/lobby`, "OPTIONS", { headers: { ...preflight, origin: "https://other.example" } });
    expect(theirs.headers.get("access-control-allow-origin")).not.toBe("https://other.example");
    const exposed = await request(`${harness.origin}/healthz`, "GET", { headers: { origin: "https://app.example" } });
    expect(exposed.headers.get("access-control-expose-headers")).toContain("location");
  });

  test.each<[string, Record<string, string>, string, number, string]>([
    ["JSON", { "content-type": "application/json" }, "{}", 415, "unsupported_media_type"],
    ["no type", {}, "", 415, "unsupported_media_type"],
    ["nothing", sdp, "", 400, "invalid_sdp"],
    ["no SDP", sdp, "hello", 400, "invalid_sdp"],
    ["SDP without media", sdp, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", 400, "invalid_sdp"],
    ["too much", sdp, `v=0\r\n${"a=x\r\n".repeat(20_000)}`, 413, "body_too_large"],
  ])("an offer that is %s is refused, and nothing is left", async (_what, headers, body, status, code) => {
    const answer = await harness.ask("bob", "POST", "/whip/lobby", { headers, body });
    expect(answer.problem()).toMatchObject({ status, code });
    expect((await harness.status("bob", "lobby")).sessions).toEqual([]);
  });

  test("an offer with codecs that cannot be kept is told what to send", async () => {
    const offer = (await harnessOffer()).replaceAll("H264", "H261");
    const { code, status, detail } = (await harness.ask("bob", "POST", "/whip/lobby", { headers: sdp, body: offer })).problem();
    expect({ code, status }).toEqual({ code: "unsupported_codec", status: 422 });
    expect(detail).toContain("H.264");
    expect((await harness.status("bob", "lobby")).sessions).toEqual([]);
  });
});

describe("a resource", () => {
  test("trickles, by its entity tag, and ends by DELETE", async () => {
    const publisher = await harness.publish("bob", "lobby", { trickle: true });
    const path = new URL(publisher.resourceUrl).pathname.replace("/livekit-replay", "");
    const patch = (headers: Record<string, string>) =>
      harness.ask("bob", "PATCH", path, { headers: { ...fragment, ...headers }, body: "a=ice-ufrag:abcd\r\n" });
    expect((await patch({})).problem()).toMatchObject({ status: 428, code: "precondition_required" });
    expect((await patch({ "if-match": '"other"' })).problem()).toMatchObject({ status: 412, code: "precondition_failed" });
    expect((await patch({ "if-match": "*" })).problem()).toMatchObject({ status: 422, code: "ice_restart_unsupported" });
    expect((await harness.ask("bob", "PATCH", path, { headers: { ...sdp, "if-match": "*" }, body: "x" })).problem()).toMatchObject({
      status: 415,
    });
    const options = await request(publisher.resourceUrl, "OPTIONS");
    expect([options.status, options.headers.get("accept-patch")]).toEqual([200, "application/trickle-ice-sdpfrag"]);
    for (const method of ["GET", "PUT", "POST"]) expect((await request(publisher.resourceUrl, method)).status).toBe(405);
    expect((await harness.ask("alice", "DELETE", path)).status).toBe(404);
    expect((await theSession(harness, "bob", "lobby")).state).toBe("active");
    expect((await harness.ask("bob", "DELETE", path)).status).toBe(200);
    expect((await harness.ask("bob", "DELETE", path)).problem().code).toBe("publication_not_found");
    await vi.waitUntil(async () => (await theSession(harness, "bob", "lobby")).state === "ended", { timeout: 5000 });
  });

  test("is named by Location, with ETag, ICE servers and an answer", async () => {
    const answer = await harness.ask("alice", "POST", "/whip/studio", { headers: sdp, body: await harnessOffer() });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("content-type")).toMatch(/^application\/sdp/);
    expect(answer.headers.get("location")).toMatch(/^\/livekit-replay\/whip\/resource\/[\w-]{22}$/);
    expect(answer.headers.get("etag")).toMatch(/^"[\w-]+"$/);
    expect(answer.headers.get("link")).toBe(
      '<stun:127.0.0.1:3478>; rel="ice-server", <turn:127.0.0.1:3478>; rel="ice-server"; username="user"; credential="pass"; credential-type="password"',
    );
    expect(answer.text).toMatch(/^v=0\r\n/);
    const resource = (answer.headers.get("location") ?? "").replace("/livekit-replay", "");
    expect((await harness.ask("alice", "DELETE", resource)).status).toBe(200);
  });
});

const harnessOffer = (): Promise<string> => chromiumOffer("chromium");
