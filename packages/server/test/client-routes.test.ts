/** The typed client has a method for every documented route that programs call, and calls no other. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ReplayClient } from "@livekit-replay/client";
import { z } from "zod";
import { basePath } from "../src/auth/rules.js";
import { type Harness, request, startHarness } from "./harness.js";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** Not the client's: for probes and LiveKit; files, which are reached by the links of answers; candidates, which the client gathers before it offers. */
const othersRoutes = new Set([
  "GET /healthz",
  "GET /readyz",
  `POST ${basePath}/livekit/webhook`,
  `PATCH ${basePath}/whip/resource/{publicationId}`,
  ...["live.m3u8", "media/{file}"].map((file) => `GET ${basePath}/sessions/{sessionId}/${file}`),
  ...["playlist.m3u8", "media/{file}", "clip.webm", "download", "poster.jpg"].map((file) => `GET ${basePath}/clips/{clipId}/${file}`),
]);

async function documented(): Promise<string[]> {
  const schema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
  const { paths } = schema.parse((await request(`${harness.origin}/openapi.json`, "GET")).json());
  return Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`));
}

/** The documented route that a request belongs to: literal addresses before those with parameters. */
function routeOf(method: string, path: string, routes: readonly string[]): string | undefined {
  const fits = (route: string): boolean => {
    const pattern = route.slice(method.length + 1).replace(/[.]/g, String.raw`\.`);
    return route.startsWith(`${method} `) && new RegExp(`^${pattern.replace(/\{\w+\}/g, "[^/]+")}$`).test(path);
  };
  return routes.filter(fits).toSorted((one, other) => one.split("{").length - other.split("{").length)[0];
}

interface Call {
  readonly method: string;
  readonly path: string;
}

type Method = (...args: unknown[]) => unknown;

/** Stands for whatever a method takes: an id (as text), a body, a query, options, a signal. */
const anything = new AbortController().signal;

/** What a client sends. */
let sent: Call[] = [];
const recording: typeof fetch = (input, init) => {
  sent.push({ method: init?.method ?? "GET", path: new URL(input instanceof Request ? input.url : input).pathname });
  return Promise.resolve(new Response(null, { status: 400 }));
};

const isResource = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && ![Object.prototype, Promise.prototype].includes(Object.getPrototypeOf(value) as object);

/** Every method of a resource and of the resources that it has or gives, called with anything: what it sends is what counts. */
async function callsOf(name: string, resource: Record<string, unknown>): Promise<[method: string, calls: Call[]][]> {
  const calls: [string, Call[]][] = [];
  for (const [key, inner] of Object.entries(resource)) if (isResource(inner)) calls.push(...(await callsOf(`${name}.${key}`, inner)));
  const prototype = Object.getPrototypeOf(resource) as Record<string, unknown>;
  for (const key of Object.getOwnPropertyNames(prototype).filter((one) => one !== "constructor")) {
    sent = [];
    const subject = `${name}.${key}` === "whip.unpublish" ? "/whip/resource/x" : anything;
    const made = (prototype[key] as Method).call(resource, subject, anything, anything);
    if (sent.length === 0 && isResource(made) && !("close" in made)) {
      calls.push(...(await callsOf(`${name}.${key}`, made)));
      continue;
    }
    await Promise.resolve(made).catch(() => undefined);
    // A stream asks for its token first.
    for (let turn = 0; turn < 50 && sent.length === 0; turn += 1) await Promise.resolve();
    (made as { close?: () => void }).close?.();
    calls.push([`${name}.${key}`, sent]);
  }
  return calls;
}

test("methods and documented routes are one to one", async () => {
  const routes = await documented();
  const client = new ReplayClient({ baseUrl: `https://replay.example.org${basePath}`, fetch: recording });
  const resources = Object.entries(client).filter(([name]) => name !== "clock");
  expect(resources.length).toBeGreaterThan(8);
  const called = new Map<string, string[]>();
  for (const [name, resource] of resources)
    for (const [method, calls] of await callsOf(name, resource as Record<string, unknown>)) {
      expect(calls, `${method} sends nothing`).not.toEqual([]);
      const first = calls[0] ?? { method: "", path: "" };
      const route = routeOf(first.method, first.path, routes);
      expect(route, `${method} calls ${first.method} ${first.path}, which is not documented`).toBeDefined();
      called.set(route ?? "", [...(called.get(route ?? "") ?? []), method]);
    }
  const missing = routes.filter((route) => !called.has(route) && !othersRoutes.has(route));
  expect(missing, "documented routes without a method of the client").toEqual([]);
  expect([...called].filter(([, by]) => by.length > 1)).toEqual([]);
  expect([...othersRoutes].filter((route) => called.has(route))).toEqual([]);
});
