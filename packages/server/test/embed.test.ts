/** The server as a module of a NestJS application, with Fastify and with Express: neither touches what is the other's. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Body, type CanActivate, Catch, Controller, type ExceptionFilter, Get, type INestApplication, Module, Post } from "@nestjs/common";
import { APP_FILTER, APP_GUARD, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { healthSchema, meSchema, type Permission } from "@livekit-replay/contract";
import { loadFilm, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Directory, Replay, ReplayModule, type ReplayModuleOptions } from "../src/index.js";
import { EventReader } from "./event-reader.js";
import { request } from "./harness.js";
import { buildRecorder } from "./recorder-build.js";

const community = { id: "chess", name: "Chess" };
const permissions: readonly Permission[] = ["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY"];

/** One community with one room; `ada` is in it. What `broken` says is what it does instead. */
class SmallDirectory implements Directory {
  broken: (() => Promise<never>) | null = null;

  person = (userId: string) => this.broken?.() ?? Promise.resolve(userId === "ada" ? { userId, name: "Ada", admin: false } : null);
  communityOfRoom = (roomName: string) => Promise.resolve(roomName === "table-1" ? community : null);
  channel = () => Promise.resolve(null);
  permissions = (_community: string, userId: string) => this.broken?.() ?? Promise.resolve(userId === "ada" ? new Set(permissions) : null);
  communitiesOf = ({ userId }: { userId: string }) => Promise.resolve(userId === "ada" ? [community] : []);
  rooms = () => Promise.resolve([{ roomName: "table-1", title: "Table 1" }]);
  channels = () => Promise.resolve([]);
}

/** The host's own routes: they take more than ours, and answer in its own way. */
@Controller()
class HostController {
  @Get()
  home(): string {
    return "the host's own page";
  }

  @Post("large")
  large(@Body() body: { text: string }): { length: number } {
    return { length: body.text.length };
  }

  @Get("fails")
  fails(): never {
    throw new Error("host");
  }

  @Get("livekit-replays")
  neighbour(): string {
    return "not below";
  }
}

/** Would refuse everything below the base path, if it were asked. */
class HostGuard implements CanActivate {
  static seen: string[] = [];

  canActivate(context: Parameters<CanActivate["canActivate"]>[0]): boolean {
    const { url } = context.switchToHttp().getRequest<{ url: string }>();
    HostGuard.seen.push(url);
    return !url.startsWith("/livekit-replay/");
  }
}

@Catch()
class HostFilter implements ExceptionFilter {
  catch(_error: unknown, host: Parameters<ExceptionFilter["catch"]>[1]): void {
    const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: string): void } }>();
    response.status(418).send("the host's own error");
  }
}

const moduleOf = (options: ReplayModuleOptions) => {
  @Module({
    imports: [ReplayModule.forRoot(options)],
    controllers: [HostController],
    providers: [
      { provide: APP_GUARD, useClass: HostGuard },
      { provide: APP_FILTER, useClass: HostFilter },
    ],
  })
  class HostModule {}
  return HostModule;
};

const silent = { logger: false, abortOnError: false } as const;
const adapters = { fastify: () => new FastifyAdapter({ bodyLimit: 1_000_000 }), express: () => new ExpressAdapter() };

beforeAll(async () => {
  await buildRecorder();
});

describe.each(["fastify", "express"] as const)("in an application with %s", (kind) => {
  let folder: string;
  let app: INestApplication;
  let origin: string;
  const directory = new SmallDirectory();

  const token = (userId: string): Promise<string> => app.get(Replay).token({ userId, name: userId });
  const ask = async (userId: string, method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${await token(userId)}` };
    return request(`${origin}/livekit-replay${path}`, method, { headers, ...(body === undefined ? {} : { body }) });
  };

  async function open(): Promise<void> {
    const options = { folder, directory, env: { MIN_FREE_BYTES: "0", LOG_LEVEL: "silent", CORS_ORIGINS: "https://page.example" } };
    app = await NestFactory.create(moduleOf(options), adapters[kind](), silent);
    if (kind === "express")
      (app as unknown as { useBodyParser(type: string, options: object): void }).useBodyParser("json", { limit: "1mb" });
    app.enableCors({ origin: "https://host.example" });
    await app.listen(0, "127.0.0.1");
    origin = await app.getUrl();
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "replay-embed-"));
    await open();
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("the host's routes are as they would be without it", async () => {
    const home = await request(`${origin}/`, "GET");
    expect([home.status, home.text]).toEqual([200, "the host's own page"]);
    for (const header of ["content-security-policy", "x-request-id", "cache-control", "cross-origin-resource-policy"])
      expect([header, home.headers.get(header)]).toEqual([header, null]);
    const large = await request(`${origin}/large`, "POST", { body: { text: "x".repeat(200_000) } });
    expect(large.json()).toEqual({ length: 200_000 });
    const failed = await request(`${origin}/fails`, "GET");
    expect([failed.status, failed.text]).toEqual([418, "the host's own error"]);
    expect((await request(`${origin}/livekit-replays`, "GET")).text).toBe("not below");
    for (const path of ["/healthz", "/metrics", "/docs", "/openapi.json", "/nowhere"])
      expect((await request(`${origin}${path}`, "GET")).status, path).toBe(418);
  });

  test("its own routes are below the base path, and the host's guard, filter and parsers do not see them", async () => {
    HostGuard.seen.length = 0;
    expect(meSchema.parse((await ask("ada", "GET", "/me")).json())).toMatchObject({ userId: "ada", communities: [{ id: "chess" }] });
    const nobody = await request(`${origin}/livekit-replay/me`, "GET");
    expect(nobody.problem()).toMatchObject({ code: "unauthenticated" });
    expect(nobody.headers.get("x-request-id")).toBe(nobody.problem().requestId);
    expect(nobody.headers.get("cache-control")).toBe("no-store");
    expect((await ask("ada", "GET", "/nowhere")).problem()).toMatchObject({ code: "route_not_found" });
    expect((await request(`${origin}/livekit-replay`, "GET")).problem()).toMatchObject({ code: "route_not_found" });
    expect((await ask("ada", "POST", "/start", { roomName: 7 })).problem()).toMatchObject({ code: "invalid_request" });
    expect((await ask("ada", "POST", "/start", { roomName: "x".repeat(70_000) })).problem()).toMatchObject({ code: "body_too_large" });
    expect(HostGuard.seen).toEqual([]);
  });

  test("cross-origin rules are each one's own", async () => {
    const from = async (page: string, method: string, path: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await request(`${origin}${path}`, method, { headers: { origin: page, ...headers } });
      return [answer.status, answer.headers.get("access-control-allow-origin"), answer.headers.get("access-control-allow-methods")];
    };
    const patch = { "access-control-request-method": "PATCH" };
    const [ours, host] = ["https://page.example", "https://host.example"];
    expect(await from(ours, "OPTIONS", "/livekit-replay/clips/x", patch)).toEqual([204, ours, expect.stringContaining("PATCH")]);
    expect(await from(host, "GET", "/livekit-replay/healthz")).toEqual([200, null, null]);
    expect(await from(host, "GET", "/")).toEqual([200, host, null]);
    const whip = await request(`${origin}/livekit-replay/whip/table-1`, "OPTIONS");
    expect([whip.status, whip.headers.get("accept-post")]).toEqual([200, "application/sdp"]);
  });

  test("health, metrics and the API's description are there as well", async () => {
    const api = `${origin}/livekit-replay`;
    expect(healthSchema.parse((await request(`${api}/healthz`, "GET")).json()).parts).toHaveProperty("recorder");
    expect((await request(`${api}/readyz?full`, "GET")).status).toBe(200);
    expect((await request(`${api}/metrics`, "GET")).text).toContain("replay_sessions_active");
    expect((await request(`${api}/openapi.json`, "GET")).json()).toMatchObject({ openapi: "3.1.0" });
    const page = await request(`${api}/docs`, "GET");
    const scripts = [...page.text.matchAll(/<script[^>]*src="([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(scripts.length).toBeGreaterThan(1);
    for (const script of scripts) expect((await request(new URL(script, `${api}/docs`).href, "GET")).status, script).toBe(200);
    expect((await request(`${api}/demo/people`, "GET")).status).toBe(404);
  });

  test("a directory that throws, or answers in another shape, means no", async () => {
    expect((await ask("eve", "GET", "/status/table-1")).problem()).toMatchObject({ code: "room_not_found" });
    const odd = [
      () => Promise.reject(new Error("database")),
      () => Promise.resolve({ userId: "eve" } as never),
      () => Promise.resolve(7 as never),
    ];
    for (const broken of odd) {
      directory.broken = broken;
      const refused = await ask("ada", "GET", "/status/table-1");
      expect(refused.problem()).toMatchObject({ code: "directory_unavailable" });
      expect(refused.text).not.toContain("database");
    }
    directory.broken = null;
    expect((await ask("ada", "GET", "/status/table-1")).status).toBe(200);
  });

  test("a share by WHIP is kept, with its event stream; when the host stops, stream and session end at once, and the buffer is there after the next start", async () => {
    const bearer = await token("ada");
    const stream = await EventReader.open(`${origin}/livekit-replay/rooms/table-1/events`, bearer);
    const publisher = await WhipPublisher.publish({
      film: await loadFilm(SMALL_FILM),
      url: `${origin}/livekit-replay/whip/table-1`,
      token: bearer,
    });
    try {
      await stream.next("window");
      const [session] = ((await ask("ada", "GET", "/status/table-1")).json() as { sessions: { id: string }[] }).sessions;
      const clip = await ask("ada", "POST", "/capture", { sessionId: session?.id, durationSeconds: 1 });
      expect(clip.status).toBe(201);
      const { links } = clip.json() as { links: { download: string } };
      expect(links.download.startsWith(`${origin}/livekit-replay/clips/`)).toBe(true);
      const ranged = await request(links.download, "GET", { headers: { range: "bytes=4-7" } });
      expect([ranged.status, ranged.text]).toEqual([206, "ftyp"]);
      const begun = performance.now();
      await app.close();
      expect(performance.now() - begun).toBeLessThan(8000);
      await stream.ended;
      await open();
      const { sessions } = (await ask("ada", "GET", "/status/table-1")).json() as { sessions: object[] };
      expect(sessions).toMatchObject([{ id: session?.id, state: "ended" }]);
      expect((await ask("ada", "POST", "/capture", { sessionId: session?.id, durationSeconds: 1 })).status).toBe(201);
    } finally {
      await publisher.close();
      await stream.close();
    }
  });
});

test("an application without an HTTP adapter that it knows is told so", async () => {
  const options = { env: { LOG_LEVEL: "silent" } };
  await expect(NestFactory.createApplicationContext(moduleOf(options), silent)).rejects.toThrow(
    /needs an application with the HTTP adapter of Fastify or Express/,
  );
});

test("a host with Fastify may set the adapter's own hook", async () => {
  const folder = await mkdtemp(join(tmpdir(), "replay-embed-"));
  const env = { LOG_LEVEL: "silent", MIN_FREE_BYTES: "0" };
  const adapter = adapters.fastify();
  const app = await NestFactory.create(moduleOf({ folder, env, directory: new SmallDirectory() }), adapter, silent);
  try {
    const seen: string[] = [];
    adapter.setOnRequestHook((asked: { url: string }, _reply: unknown, done: () => void) => {
      seen.push(asked.url);
      done();
    });
    await app.listen(0, "127.0.0.1");
    const api = `${await app.getUrl()}/livekit-replay`;
    const headers = { authorization: `Bearer ${await app.get(Replay).token({ userId: "ada", name: "Ada" })}` };
    expect((await request(`${api}/start`, "POST", { headers, body: { roomName: 7 } })).problem()).toMatchObject({
      code: "invalid_request",
    });
    expect((await request(`${api}/me`, "HEAD", { headers })).status).toBe(200);
    expect((await request(`${api}?x`, "GET")).problem()).toMatchObject({ code: "route_not_found" });
    expect(seen).toEqual(["/livekit-replay/start", "/livekit-replay/me", "/livekit-replay?x"]);
  } finally {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test("a wrong configuration, or the demo beside a directory of the host, stops the host's start", async () => {
  const folder = await mkdtemp(join(tmpdir(), "replay-embed-"));
  try {
    for (const [env, sentence] of [
      [{ LOG_LEVEL: "loud" }, /LOG_LEVEL is "loud"/],
      [{ DEMO: "on" }, /DEMO is on; allowed is off/],
    ] as const) {
      const app = await NestFactory.create(moduleOf({ folder, env, directory: new SmallDirectory() }), new FastifyAdapter(), silent);
      await expect(app.init()).rejects.toThrow(sentence);
      await app.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
