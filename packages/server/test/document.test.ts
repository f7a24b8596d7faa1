/** The OpenAPI document tells of every route, from the contract's schemas and the table of rules; its page, metrics and health are there. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { errorCatalogue, type ErrorCode } from "@livekit-replay/contract";
import { z } from "zod";
import { basePath, rules, ruleOf } from "../src/auth/rules.js";
import { type Harness, request, startHarness } from "./harness.js";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const contentSchema = z.record(z.string(), z.object({ schema: z.unknown() }));
const responseSchema = z.object({
  description: z.string().optional(),
  content: contentSchema.optional(),
  headers: z.record(z.string(), z.unknown()).optional(),
  $ref: z.string().optional(),
});
const operationSchema = z.object({
  operationId: z.string(),
  summary: z.string().min(8),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(
    z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: z.unknown(), description: z.string().optional() }),
  ),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(z.string(), responseSchema),
});
const documentSchema = z.object({
  openapi: z.string(),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()), responses: z.record(z.string(), responseSchema) }),
});

const served = async (): Promise<unknown> => (await request(`${harness.origin}/openapi.json`, "GET")).json();
const document = async () => documentSchema.parse(await served());

/** Every operation, with where it is. */
async function operations() {
  const { paths } = await document();
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation, where: `${method.toUpperCase()} ${path}` })),
  );
}

/** Not documented: what RFC 9725 reserves, what browsers ask by themselves, what is for Prometheus. */
const hidden = /^(OPTIONS \S*\/whip\/|PUT \S*\/whip\/|GET \S*\/whip\/|POST \S*\/whip\/resource|GET \/metrics$)/;

test("it is valid OpenAPI 3.1, with every reference in it, and knows every route", async () => {
  const whole = await served();
  const judged = await new Validator().validate(structuredClone(whole) as Record<string, unknown>);
  expect(judged).toMatchObject({ valid: true });
  const references = [...JSON.stringify(whole).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
  const { components } = z.object({ components: z.record(z.string(), z.record(z.string(), z.unknown())) }).parse(whole);
  expect(references.length).toBeGreaterThan(100);
  expect(references.filter(([, kind = "", name = ""]) => components[kind]?.[name] === undefined)).toEqual([]);
  const { openapi } = await document();
  expect(openapi).toBe("3.1.0");
  const forPrograms = [...rules].filter(([, rule]) => rule.who !== "server").map(([route]) => route);
  const wanted = forPrograms.filter((route) => !hidden.test(route)).map((route) => route.replace(/:(\w+)/g, "{$1}"));
  expect((await operations()).map(({ where }) => where).toSorted()).toEqual(wanted.toSorted());
});

test("docs/ref/openapi.json is what the server serves (`npm run generate` writes it)", async () => {
  await expect(`${JSON.stringify(await served(), null, 2)}\n`).toMatchFileSnapshot("../../../docs/ref/openapi.json");
});

test("every operation has a name of its own, a chapter, a sentence, its parameters and an answer", async () => {
  const { tags } = await document();
  const all = await operations();
  const ids = all.map(({ operation }) => operation.operationId);
  expect(ids.filter((id) => !/^[a-z]+([A-Z][A-Za-z]*)+$/.test(id))).toEqual([]);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  for (const { where, path, operation } of all) {
    expect(
      tags.map(({ name }) => name),
      where,
    ).toContain(operation.tags[0]);
    expect(
      Object.keys(operation.responses).some((status) => status.startsWith("2")),
      where,
    ).toBe(true);
    const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
    expect(inPath.map(({ name }) => name).toSorted(), where).toEqual(
      [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").toSorted(),
    );
    expect(
      operation.parameters.filter(({ description, in: place }) => place !== "query" && !description),
      where,
    ).toEqual([]);
  }
});

test("every operation says who may call it, and every status of a refusal with its shape and its codes", async () => {
  const { components } = await document();
  for (const { where, path, method, operation } of await operations()) {
    const who = ruleOf(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ":$1"))?.who;
    const open = who === "anyone" || who === "demo";
    expect(operation.security, where).toEqual(
      open ? [] : who === "person or link" ? [{ bearer: [] }, { signedLink: [] }] : [{ bearer: [] }],
    );
    if (!open) expect(Object.keys(operation.responses), where).toEqual(expect.arrayContaining(["401", "500", "503"]));
    if (operation.requestBody) expect(Object.keys(operation.responses), where).toEqual(expect.arrayContaining(["400", "413", "415"]));
    for (const [status, { $ref }] of Object.entries(operation.responses)) {
      if (!/^[45]/.test(status) || $ref === undefined) continue;
      const answer = components.responses[$ref.replace("#/components/responses/", "")];
      const body = JSON.stringify(answer?.content?.["application/problem+json"]?.schema);
      const codes = z.object({ properties: z.object({ code: z.object({ enum: z.array(z.string()) }) }) }).parse(JSON.parse(body)).properties
        .code.enum;
      expect(
        codes.map((code) => String(errorCatalogue[code as ErrorCode].status)),
        where,
      ).toEqual(codes.map(() => status));
      if (["429", "503", "507"].includes(status)) expect(answer?.headers, where).toHaveProperty("Retry-After");
    }
  }
});

test("bodies and answers are those of the contract, by name", async () => {
  const { paths, components } = await document();
  const capture = paths[`${basePath}/capture`]?.["post"];
  expect(capture?.requestBody?.content["application/json"]?.schema).toEqual({ $ref: "#/components/schemas/Capture" });
  expect(components.schemas["Capture"]).toMatchObject({
    type: "object",
    required: ["sessionId"],
    properties: { durationMinutes: {}, shareOption: { default: "library" } },
  });
  expect(capture?.responses["201"]?.content?.["application/json"]?.schema).toEqual({ $ref: "#/components/schemas/Clip" });
  expect(components.schemas["Clip"]).toMatchObject({
    type: "object",
    properties: { state: { $ref: "#/components/schemas/ClipState" }, sizeBytes: { type: "integer", format: "int64" } },
  });
  const headers = capture?.parameters.filter((parameter) => parameter.in === "header").map(({ name }) => name);
  expect(headers?.toSorted()).toEqual(["Idempotency-Key", "Prefer"]);
  expect(JSON.stringify(components)).not.toMatch(/\$schema|__request|\$defs|\\\\p\{/);
  expect(Object.keys(components.schemas)).toEqual(
    expect.arrayContaining(["Problem", "Session", "RoomStatus", "Quota", "RoomEvent", "MeEvent"]),
  );
});

test("what is not JSON has its media type", async () => {
  const { paths } = await document();
  const of = (path: string, method = "get") => paths[`${basePath}${path}`]?.[method];
  const whip = of("/whip/{roomName}", "post");
  expect(whip?.requestBody?.content).toHaveProperty("application/sdp");
  expect(whip?.responses["201"]?.content).toHaveProperty("application/sdp");
  expect(Object.keys(whip?.responses["201"]?.headers ?? {})).toEqual(["Location", "ETag", "Link"]);
  expect(of("/whip/resource/{publicationId}", "patch")?.requestBody?.content).toHaveProperty("application/trickle-ice-sdpfrag");
  expect(of("/clips/{clipId}/playlist.m3u8")?.responses["200"]?.content).toHaveProperty("application/vnd.apple.mpegurl");
  expect(of("/clips/{clipId}/poster.jpg")?.responses["200"]?.content).toHaveProperty("image/jpeg");
  expect(of("/me/events")?.responses["200"]?.content).toHaveProperty("text/event-stream");
  const download = of("/clips/{clipId}/download");
  expect(Object.keys(download?.responses ?? {})).toEqual(expect.arrayContaining(["200", "206", "304", "416", "503", "507"]));
  expect(download?.responses["206"]?.content).toHaveProperty("video/mp4");
  expect(of("/my-clips")?.parameters.find(({ name }) => name === "pageSize")?.schema).toMatchObject({
    minimum: 1,
    maximum: 100,
    default: 24,
  });
});

test("the reference page and what it needs are served", async () => {
  const page = await request(`${harness.origin}/docs`, "GET");
  expect(page.status).toBe(200);
  const scripts = [...page.text.matchAll(/<script[^>]*src="([^"]+)"/g)].map((match) => match[1] ?? "");
  expect(scripts.length).toBeGreaterThan(1);
  for (const script of scripts) expect((await request(new URL(script, `${harness.origin}/docs`).href, "GET")).status).toBe(200);
  expect(page.text).not.toMatch(/<script(?![^>]*src=)[^>]*>\s*\S/);
});

test("headers keep scripts of others out", async () => {
  const { headers } = await request(`${harness.origin}/healthz`, "GET");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("media-src 'self' blob:");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers.get("x-frame-options")).toBe("DENY");
  expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
  expect(policy).not.toContain("upgrade-insecure-requests");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test("metrics tell of requests, recorder and store", async () => {
  const { text } = await request(`${harness.origin}/metrics`, "GET");
  expect(text).toMatch(/replay_http_request_seconds_count\{method="GET",route="\/healthz",status="200"\} \d/);
  expect(text).toContain('replay_recorder_up{process="0"} 1');
  expect(text).toContain("replay_sessions_active 0");
  expect(text).toMatch(/replay_storage_free_bytes \d/);
  const cleaned = async (): Promise<boolean> =>
    (await request(`${harness.origin}/metrics`, "GET")).text.includes('replay_cleanup_runs_total{job="lost_sessions",outcome="done"}');
  await vi.waitUntil(cleaned, { timeout: 5000, interval: 100 });
});
