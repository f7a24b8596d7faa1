/** The page is served at every address that is no file and no route, hashed files for ever, and nothing else from the disk. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { fastify, type FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProblemFilter } from "../platform/filter.js";
import { servePage } from "./page.js";

let folder: string;
let server: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "replay-page-"));
  await mkdir(join(folder, "dist", "assets"), { recursive: true });
  await writeFile(join(folder, "secret.txt"), "not for you");
  await writeFile(join(folder, "dist", "index.html"), "<title>Replay</title>");
  await writeFile(join(folder, "dist", "icon.svg"), "<svg/>");
  await writeFile(join(folder, "dist", "assets", "index-abc123.js"), "export {}");
  const filter = new ProblemFilter(pino({ level: "silent" }));
  server = fastify();
  await server.register(fastifyStatic, { serve: false, root: folder });
  server.setNotFoundHandler((request, reply) => filter.answer(Object.assign(new Error("no"), { statusCode: 404 }), request, reply));
  servePage(server, filter, join(folder, "dist"));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const html = { accept: "text/html,application/xhtml+xml" };

test.each<[string, Record<string, string>, number, string, string]>([
  ["/", html, 200, "<title>Replay</title>", "no-cache"],
  ["/rooms/lobby", html, 200, "<title>Replay</title>", "no-cache"],
  ["/rooms/lobby?x=1", html, 200, "<title>Replay</title>", "no-cache"],
  ["/icon.svg", {}, 200, "<svg/>", "no-cache"],
  ["/assets/index-abc123.js", {}, 200, "export {}", "public, max-age=31536000, immutable"],
  ["/assets/index-gone.js", {}, 404, "route_not_found", "no-store"],
  ["/rooms/lobby", { accept: "application/json" }, 404, "route_not_found", "no-store"],
  ["/livekit-replay", html, 404, "route_not_found", "no-store"],
  ["/livekit-replay/nothing", html, 404, "route_not_found", "no-store"],
  ["/../secret.txt", {}, 404, "route_not_found", "no-store"],
  ["/..%2fsecret.txt", {}, 404, "route_not_found", "no-store"],
  ["/assets/..%2f..%2fsecret.txt", html, 200, "<title>Replay</title>", "no-cache"],
])("%s %j: %i", async (url, headers, status, text, cache) => {
  const answer = await server.inject({ url, headers });
  expect(answer.statusCode).toBe(status);
  expect(answer.body).toContain(text);
  expect(answer.headers["cache-control"]).toBe(cache);
});
