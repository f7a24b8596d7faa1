/** Webhooks of a real LiveKit, as they were sent: the signature and the body's hash are checked, doubles and disorder do no harm, nothing else gets in. */
import { readFile } from "node:fs/promises";
import { type WallMs, wallMs } from "@livekit-replay/contract";
import type { WebhookEvent } from "livekit-server-sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { LivekitConfig } from "../src/config/read.js";
import { Webhooks } from "../src/livekit/webhook.js";
import { Metrics } from "../src/platform/metrics.js";
import { type Answer, type Harness, startHarness } from "./harness.js";

const lineSchema = z.object({ at: z.number(), headers: z.object({ authorization: z.string() }), body: z.string() });
type Line = z.infer<typeof lineSchema>;

const livekit: LivekitConfig = {
  url: "ws://127.0.0.1:1",
  publicUrl: "ws://127.0.0.1:1",
  apiKey: "devkey",
  apiSecret: "secretsecretsecretsecretsecretsecret",
};
const typeHeader = { "content-type": "application/webhook+json" };

let lines: Line[];
let now: WallMs;
const clock = { now: () => now };

beforeAll(async () => {
  const text = await readFile(new URL("fixtures/livekit-webhooks/webhooks.jsonl", import.meta.url), "utf8");
  lines = text
    .trim()
    .split("\n")
    .map((line) => lineSchema.parse(JSON.parse(line)));
});
const firstLine = (): Line => lines[0] ?? { at: 0, headers: { authorization: "" }, body: "" };

describe("each event is heard once", () => {
  let webhooks: Webhooks;
  let heard: WebhookEvent[];

  beforeEach(() => {
    heard = [];
    webhooks = new Webhooks({ livekit, clock, metrics: new Metrics(), logger: { error: () => undefined } });
    webhooks.on((event) => heard.push(event));
  });
  const send = async (line: Line): Promise<void> => {
    now = wallMs(line.at);
    await webhooks.receive(line.body, line.headers.authorization);
  };

  test("in their order, all fourteen, with what they tell", async () => {
    for (const line of lines) await send(line);
    expect(heard).toHaveLength(14);
    expect(heard.map(({ event }) => event).filter((event) => event.startsWith("egress"))).toEqual([
      "egress_started",
      "egress_updated",
      "egress_updated",
      "egress_ended",
    ]);
    const published = heard.find(({ event }) => event === "track_published");
    expect(published).toMatchObject({ room: { name: "studio" }, participant: { identity: "user-0" } });
    expect(heard.find(({ event }) => event === "egress_ended")?.egressInfo?.roomName).toBe("studio");
  });

  test("twice and backwards as well", async () => {
    for (const line of [...lines, ...lines, ...lines.toReversed()]) await send(line);
    expect(heard).toHaveLength(14);
    heard = [];
    const others = new Webhooks({ livekit, clock, metrics: new Metrics(), logger: { error: () => undefined } });
    others.on((event) => heard.push(event));
    for (const line of lines.toReversed()) {
      now = wallMs(line.at);
      await others.receive(line.body, line.headers.authorization);
    }
    expect(new Set(heard.map(({ id }) => id)).size).toBe(14);
  });

  test("a listener that fails keeps nobody from hearing", async () => {
    const errors: string[] = [];
    const failing = new Webhooks({ livekit, clock, metrics: new Metrics(), logger: { error: (_fields, message) => errors.push(message) } });
    failing.on(() => {
      throw new Error("mine");
    });
    failing.on((event) => heard.push(event));
    now = wallMs(firstLine().at);
    await failing.receive(firstLine().body, firstLine().headers.authorization);
    expect(heard).toHaveLength(1);
    expect(errors).toEqual(["a listener of webhooks failed"]);
  });

  test("a signature is good for its time only, by the server's clock", async () => {
    const { at, body, headers } = firstLine();
    now = wallMs(at + 6 * 60_000);
    await expect(webhooks.receive(body, headers.authorization)).rejects.toMatchObject({ code: "unauthenticated" });
    now = wallMs(at - 60_000);
    await expect(webhooks.receive(body, headers.authorization)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(heard).toEqual([]);
  });
});

describe("over HTTP", () => {
  let harness: Harness;

  beforeAll(async () => {
    now = wallMs(firstLine().at);
    const { url, apiKey, apiSecret } = livekit;
    harness = await startHarness({
      clock,
      env: { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret, RECORDER: "whip" },
    });
  });
  afterAll(() => harness.close());

  const post = (body: string, headers: Readonly<Record<string, string>>): Promise<Answer> =>
    harness.ask(null, "POST", "/livekit/webhook", { body, headers });

  test("what LiveKit sent is taken, twice too", async () => {
    const { body, headers } = firstLine();
    for (const _time of [1, 2]) expect((await post(body, { ...typeHeader, ...headers })).status).toBe(200);
  });

  test.each([
    ["without a signature", {}],
    ["with words in its place", { authorization: "Bearer of good news" }],
    ["with no algorithm", { authorization: "eyJhbGciOiJub25lIn0.eyJpc3MiOiJkZXZrZXkifQ." }],
  ])("%s: 401", async (_what, headers) => {
    expect((await post(firstLine().body, { ...typeHeader, ...headers })).problem()).toMatchObject({ status: 401, code: "unauthenticated" });
  });

  test("another body than the one that was signed: 401, though it differs in one byte", async () => {
    const { body, headers } = firstLine();
    const answer = await post(body.replace("studio", "studia"), { ...typeHeader, ...headers });
    expect(answer.problem()).toMatchObject({ status: 401, detail: "The webhook's body is not the one that was signed" });
  });

  test("a signature of another webhook: 401", async () => {
    const answer = await post(firstLine().body, { ...typeHeader, ...(lines[1]?.headers ?? { authorization: "" }) });
    expect(answer.status).toBe(401);
  });

  test("too long: 413; another media type: 415", async () => {
    const { headers, body } = firstLine();
    expect((await post(" ".repeat(70_000), { ...typeHeader, ...headers })).problem().code).toBe("body_too_large");
    expect((await post(body, { "content-type": "application/json", ...headers })).problem().code).toBe("unsupported_media_type");
  });

  test("neither signature nor body is in the log", () => {
    const signature = firstLine().headers.authorization.split(".")[2] ?? "?";
    expect(harness.log.join("\n")).not.toContain(signature);
    expect(harness.log.join("\n")).not.toContain("RM_DWAqiN6tywSJ");
  });
});

test("a server without LiveKit has no such route", async () => {
  const harness = await startHarness();
  try {
    const { body, headers } = firstLine();
    const answer = await harness.ask(null, "POST", "/livekit/webhook", { body, headers: { ...typeHeader, ...headers } });
    expect(answer.problem().code).toBe("route_not_found");
    const token = await harness.ask("bob", "POST", "/livekit/token", { body: { roomName: "lobby" } });
    expect(token.problem().code).toBe("route_not_found");
  } finally {
    await harness.close();
  }
});
