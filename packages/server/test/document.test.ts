/** The OpenAPI document tells of every route, from the contract's schemas; its page, metrics and health are there. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { basePath, rules } from "../src/auth/rules.js";
import { type Harness, request, startHarness } from "./harness.js";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const operationSchema = z.object({
  summary: z.string().optional(),
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).optional(),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })).optional() })),
});
const documentSchema = z.object({ openapi: z.string(), paths: z.record(z.string(), z.record(z.string(), operationSchema)) });

const document = async () => documentSchema.parse((await request(`${harness.origin}/openapi.json`, "GET")).json());

/** Not documented: what RFC 9725 reserves, what browsers ask by themselves, what is for Prometheus. */
const hidden = /^(OPTIONS|PUT) |^GET \S*\/whip\/|^POST \S*\/whip\/resource|^GET \/metrics$/;

test("it is OpenAPI 3.1 and knows every route", async () => {
  const { openapi, paths } = await document();
  expect(openapi).toBe("3.1.0");
  const known = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const wanted = [...rules.keys()].filter((route) => !hidden.test(route)).map((route) => route.replace(/:(\w+)/g, "{$1}"));
  expect(known.toSorted()).toEqual(wanted.toSorted());
});

test("every operation says what it does, what it answers, and names its parameters", async () => {
  for (const [path, operations] of Object.entries((await document()).paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const where = `${method} ${path}`;
      expect(operation.summary, where).toBeTruthy();
      expect(
        Object.keys(operation.responses).some((status) => status.startsWith("2")),
        where,
      ).toBe(true);
      expect(JSON.stringify(operation.responses["4XX"]), where).toContain("requestId");
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path").map((parameter) => parameter.name);
      expect(inPath.toSorted(), where).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").toSorted());
    }
  }
});

test("bodies and answers are those of the contract", async () => {
  const { paths } = await document();
  const capture = paths[`${basePath}/capture`]?.["post"];
  expect(capture?.requestBody?.content["application/json"]?.schema).toMatchObject({
    type: "object",
    required: ["sessionId"],
    properties: { durationMinutes: {}, shareOption: { default: "library" } },
  });
  const clip = capture?.responses["201"]?.content?.["application/json"]?.schema;
  expect(clip).toMatchObject({ type: "object", properties: { state: { enum: ["pinned", "ready", "deleting", "lost"] }, links: {} } });
  expect(JSON.stringify(clip)).not.toContain("$schema");
  expect(paths[`${basePath}/whip/{roomName}`]?.["post"]?.requestBody?.content).toHaveProperty("application/sdp");
  expect(paths[`${basePath}/my-clips`]?.["get"]?.parameters?.map((parameter) => parameter.name).toSorted()).toEqual([
    "page",
    "pageSize",
    "q",
    "sort",
  ]);
  expect(paths[`${basePath}/clips/{clipId}/download`]?.["get"]?.responses["200"]?.content).toHaveProperty("video/mp4");
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
