/** Rate limits over HTTP: who hammers is answered 429 with `Retry-After` before anything is done, and nobody else notices. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type Harness, request, startHarness, unknownId } from "./harness.js";

const limits = {
  RATE_START_PER_MINUTE: "3",
  RATE_CAPTURE_PER_MINUTE: "4",
  RATE_SHARE_PER_MINUTE: "2",
  RATE_WRITE_PER_MINUTE: "5",
  RATE_SIGN_IN_PER_MINUTE: "6",
};
let harness: Harness;
const tokens = new Map<string, string>();

beforeAll(async () => {
  harness = await startHarness({ env: { ...limits, TRUST_PROXY: "loopback", DEMO: "on" } });
  for (const person of ["alice", "bob", "carol"]) tokens.set(person, await harness.token(person));
});
afterAll(() => harness.close());

/** Statuses of as many requests at once, in any order. */
async function hammer(times: number, ask: () => Promise<Answer>): Promise<Record<number, number>> {
  const answers = await Promise.all(Array.from({ length: times }, ask));
  for (const answer of answers.filter(({ status }) => status === 429)) {
    expect(answer.problem()).toMatchObject({ code: "rate_limited", detail: "Too many requests" });
    const seconds = Number(answer.headers.get("retry-after"));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
  }
  const statuses = Map.groupBy(answers, ({ status }) => status);
  return Object.fromEntries([...statuses].map(([status, of]) => [status, of.length]));
}

describe("of a person", () => {
  test("start and publish count together; another person is not touched", async () => {
    const start = () => harness.ask("bob", "POST", "/start", { body: { roomName: "lobby" } });
    expect(await hammer(10, start)).toEqual({ 409: 3, 429: 7 });
    const publish = await harness.ask("bob", "POST", "/whip/lobby", { body: "no SDP", headers: { "content-type": "application/sdp" } });
    expect(publish.status).toBe(429);
    expect((await harness.ask("alice", "POST", "/start", { body: { roomName: "lobby" } })).status).toBe(409);
  });

  test("capture, share and other writes count by themselves", async () => {
    const body = { sessionId: unknownId(), durationMinutes: 1 };
    expect(await hammer(9, () => harness.ask("bob", "POST", "/capture", { body }))).toEqual({ 404: 4, 429: 5 });
    const clip = unknownId();
    expect(await hammer(5, () => harness.ask("bob", "POST", `/clips/${clip}/share`, { body: { channelId: "clips" } }))).toEqual({
      404: 2,
      429: 3,
    });
    expect(await hammer(8, () => harness.ask("bob", "DELETE", `/clips/${clip}`))).toEqual({ 404: 5, 429: 3 });
  });

  test("it comes before any right is asked: whoever is refused learns nothing", async () => {
    const answer = await harness.ask("bob", "PATCH", `/clips/${unknownId()}`, { body: { title: "x" } });
    expect(answer.problem().code).toBe("rate_limited");
  });

  test("reading is not limited, nor is what an instance admin writes", async () => {
    expect(await hammer(30, () => harness.ask("bob", "GET", "/my-clips"))).toEqual({ 200: 30 });
    const body = { maxConcurrent: 4 };
    expect(await hammer(12, () => harness.ask("alice", "PATCH", "/admin/community/demo/config", { body }))).toEqual({ 200: 12 });
  });

  test("the page and operators see it", async () => {
    const { text } = await request(`${harness.origin}/metrics`, "GET");
    expect(text).toMatch(/replay_rate_limited_total\{kind="start"\} [1-9]/);
    expect(harness.log.join("\n")).not.toMatch(/"level":50[^\n]*rate_limited/);
  });
});

describe("of an address", () => {
  const from = (address: string, token?: string) => ({
    headers: { "x-forwarded-for": address, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  });

  test("tokens that are not valid: 401, then 429; a valid one from the same address is let in all the same", async () => {
    expect(await hammer(10, () => request(`${harness.api}/me`, "GET", from("192.0.2.7", "guess")))).toEqual({ 401: 6, 429: 4 });
    expect((await request(`${harness.api}/me`, "GET", from("192.0.2.7", tokens.get("bob")))).status).toBe(200);
    expect((await request(`${harness.api}/me`, "GET", from("192.0.2.8", "guess"))).status).toBe(401);
  });

  test("links that are not valid count as well; who shows nothing is told to sign in, however often", async () => {
    const link = () => request(`${harness.api}/clips/${unknownId()}/download?token=guess`, "GET", from("192.0.2.9"));
    expect(await hammer(8, link)).toEqual({ 401: 6, 429: 2 });
    expect(await hammer(12, () => request(`${harness.api}/me`, "GET", from("192.0.2.9")))).toEqual({ 401: 12 });
  });

  test("demo sign-ins, right or wrong", async () => {
    const signIn = () => request(`${harness.api}/demo/sign-in`, "POST", { body: { userId: "carol" }, ...from("192.0.2.10") });
    expect(await hammer(9, signIn)).toEqual({ 200: 6, 429: 3 });
    expect((await request(`${harness.api}/demo/people`, "GET", from("192.0.2.10"))).status).toBe(200);
  });
});

test("without a proxy to trust, nobody says from which address they come", async () => {
  const direct = await startHarness({ env: { RATE_SIGN_IN_PER_MINUTE: "3" } });
  try {
    let n = 0;
    const guess = () =>
      request(`${direct.api}/me`, "GET", { headers: { "x-forwarded-for": `192.0.2.${(n += 1)}`, authorization: "Bearer guess" } });
    expect(await hammer(7, guess)).toEqual({ 401: 3, 429: 4 });
  } finally {
    await direct.close();
  }
});
