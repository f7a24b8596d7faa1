/** The example does the main job in both of its forms: share by real WHIP, capture, post to its own channel, somebody else watches, and nobody else may. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DynamicModule } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { type Clip, clipSchema, postSchema, problemSchema } from "@livekit-replay/contract";
import { Api, loadFilm, ServerProcess, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { AppModule } from "../src/app.module.js";
import { Club } from "../src/club.js";

const limit = { timeout: 15_000, interval: 50 };
const silent = { logger: false, abortOnError: false, rawBody: true } as const;

/** A running chat, and livekit-replay inside it or beside it. */
interface World {
  app: NestFastifyApplication;
  readonly chatUrl: string;
  readonly replayUrl: string;
  close: () => Promise<void>;
}

async function startChat(module: DynamicModule, port = 0): Promise<{ app: NestFastifyApplication; url: string }> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), silent);
  await app.listen(port, "127.0.0.1");
  return { app, url: await app.getUrl() };
}

async function inside(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "nest-host-inside-"));
  const env = { MIN_FREE_BYTES: "0", LOG_LEVEL: "silent" };
  const { app, url } = await startChat(AppModule.withReplay({ env, folder }));
  const close = async (): Promise<void> => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { app, chatUrl: url, replayUrl: url, close };
}

const secrets = { jwtSecret: randomBytes(32).toString("hex"), hostSecret: randomBytes(32).toString("hex") };

async function beside(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "nest-host-beside-"));
  const { app, url } = await startChat(AppModule.besideReplay(secrets));
  const env = {
    DEMO: "off",
    MIN_FREE_BYTES: "0",
    DIRECTORY: "host",
    HOST_URL: `${url}/replay`,
    HOST_SECRET: secrets.hostSecret,
    JWT_SECRET: secrets.jwtSecret,
  };
  const server = await ServerProcess.start({ folder, env });
  const world: World = { app, chatUrl: url, replayUrl: server.url, close: () => Promise.resolve() };
  world.close = async () => {
    await server.close();
    await world.app.close();
    await rm(folder, { recursive: true, force: true });
  };
  return world;
}

const signedInSchema = z.object({ key: z.string(), replayToken: z.string() });

/** Signs in with the chat as its page would. */
async function signIn({ app, chatUrl }: Pick<World, "app" | "chatUrl">, user: string): Promise<z.infer<typeof signedInSchema>> {
  const password = app.get(Club, { strict: false }).person(user)?.password;
  const answer = await fetch(`${chatUrl}/chat/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user, password }),
  });
  return signedInSchema.parse(await answer.json());
}

/** A person of the chat, asking livekit-replay. */
async function person(world: World, user: string) {
  const { key, replayToken } = await signIn(world, user);
  const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; headers: Headers; json: unknown }> => {
    const answer = await fetch(`${world.replayUrl}/livekit-replay${path}`, {
      method,
      headers: { authorization: `Bearer ${replayToken}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, json: text.startsWith("{") ? (JSON.parse(text) as unknown) : text };
  };
  const messages = async (): Promise<unknown> =>
    (await fetch(`${world.chatUrl}/chat/channels/games/messages`, { headers: { authorization: `Bearer ${key}` } })).json();
  return { ask, messages, token: replayToken, api: new Api(world.replayUrl, replayToken) };
}

/** Ada shares at table 1, captures a second of it, and posts that to the channel. */
async function sharedClip(world: World): Promise<Clip> {
  const { api } = await person(world, "ada");
  const publisher = await WhipPublisher.publish({ film: await loadFilm(SMALL_FILM), url: api.whipUrl("table-1"), token: api.token });
  try {
    const recorded = async () =>
      (await api.status("table-1")).sessions.find(({ window }) => window !== null && window.toMs - window.fromMs > 1500);
    const session = await vi.waitUntil(recorded, limit);
    const share = { shareOption: "channel", targetChannelId: "games", text: "Look at this mate" } as const;
    return await api.capture({ sessionId: session.id, durationSeconds: 1, ...share }, 20);
  } finally {
    await publisher.close();
  }
}

const shown = (clip: Clip, gone = false) => [
  {
    id: expect.any(String) as unknown,
    author: "Ada",
    text: "Look at this mate",
    clip: { id: clip.id, title: clip.title, seconds: 1, gone },
  },
];

/** What must hold either way; `more` stands before the end of the clip. */
function judge(way: string, start: () => Promise<World>, more: (now: () => { world: World; clip: Clip }) => void): void {
  describe(`livekit-replay ${way}`, () => {
    let world: World;
    let clip: Clip;

    beforeAll(async () => {
      world = await start();
      clip = await sharedClip(world);
    });
    afterAll(() => world.close());

    test("the chat shows the clip in its own channel", async () => {
      const ben = await person(world, "ben");
      expect(await ben.messages()).toEqual(shown(clip));
      expect((await fetch(`${world.chatUrl}/chat/channels/games/messages`)).status).toBe(403);
    });

    test("another member watches it; a guest too, who may not capture; who is not in the club learns nothing", async () => {
      const [ben, cleo, eve] = [await person(world, "ben"), await person(world, "cleo"), await person(world, "eve")];
      for (const reader of [ben, cleo]) {
        const seen = clipSchema.parse((await reader.ask("GET", `/clips/${clip.id}`)).json);
        expect(seen).toMatchObject({ owner: { userId: "ada", name: "Ada" }, can: { play: true, edit: false } });
        const film = await fetch(reader.api.absolute(seen.links.download));
        expect(film.headers.get("content-type")).toBe("video/mp4");
        expect((await film.arrayBuffer()).byteLength).toBe(seen.sizeBytes);
      }
      expect((await cleo.ask("POST", "/capture", { sessionId: clip.sessionId, durationSeconds: 1 })).status).toBe(403);
      expect((await cleo.ask("GET", "/me")).json).toMatchObject({
        name: "Cleo",
        communities: [{ id: "chess", permissions: ["VIEW_CHANNEL"] }],
      });
      for (const path of [`/clips/${clip.id}`, `/clips/${clip.id}/download`, "/channels/games/posts", "/status/table-1"])
        expect((await eve.ask("GET", path)).status, path).toBe(404);
      expect((await eve.ask("GET", "/me")).json).toMatchObject({ name: "Eve", admin: false, communities: [] });
    });

    test("who runs the chat is instance admin here", async () => {
      const walt = await person(world, "walt");
      expect((await walt.ask("GET", "/me")).json).toMatchObject({ admin: true, communities: [{ id: "chess" }] });
      expect((await walt.ask("GET", `/clips/${clip.id}`)).status).toBe(200);
    });

    more(() => ({ world, clip }));

    test("taken back, it is gone from the chat, and nobody else may watch it; deleted, the chat says so", async () => {
      const [ada, ben] = [await person(world, "ada"), await person(world, "ben")];
      const [first] = clip.shares;
      expect((await ada.ask("DELETE", `/channels/games/posts/${first?.postId}`)).status).toBe(204);
      expect((await ben.ask("GET", `/clips/${clip.id}`)).status).toBe(404);
      await vi.waitFor(async () => expect(await ben.messages()).toEqual([]), limit);
      const again = await ada.ask("POST", `/clips/${clip.id}/share`, { channelId: "games", text: "Look at this mate" });
      expect(postSchema.parse(again.json)).toMatchObject({ channelId: "games", author: { name: "Ada" } });
      expect((await ben.ask("GET", `/clips/${clip.id}`)).status).toBe(200);
      expect((await ada.ask("DELETE", `/clips/${clip.id}`)).status).toBe(204);
      expect((await ben.ask("GET", `/clips/${clip.id}`)).status).toBe(404);
      await vi.waitFor(async () => expect(await ben.messages()).toEqual(shown(clip, true)), limit);
    });
  });
}

judge("inside", inside, (now) => {
  test("a rank that is taken away counts at once", async () => {
    const { world } = now();
    const [ben, club] = [await person(world, "ben"), world.app.get(Club, { strict: false })];
    expect((await ben.ask("GET", "/channels/games/posts")).status).toBe(200);
    club.setRank("ben", null);
    expect((await ben.ask("GET", "/channels/games/posts")).status).toBe(404);
    club.setRank("ben", "member");
  });
});

judge("beside", beside, (now) => {
  test("a chat that is down means no, nothing is left of what was refused, and when it is back it works again", async () => {
    const { world, clip } = now();
    const [ada, dora] = [await person(world, "ada"), await person(world, "dora")];
    // So that her rights are known for the next moment.
    expect((await ada.ask("GET", "/channels/games/posts")).status).toBe(200);
    await world.app.close();

    const refused = await dora.ask("GET", `/clips/${clip.id}`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("2");
    expect(problemSchema.parse(refused.json)).toMatchObject({ code: "directory_unavailable" });
    const share = await ada.ask("POST", `/clips/${clip.id}/share`, { channelId: "games", text: "Again" });
    expect(problemSchema.parse(share.json)).toMatchObject({ code: "directory_unavailable" });

    const chat = await startChat(AppModule.besideReplay(secrets), Number(new URL(world.chatUrl).port));
    world.app = chat.app;
    await vi.waitFor(async () => expect((await dora.ask("GET", `/clips/${clip.id}`)).status).toBe(200), limit);
    const posts = await dora.ask("GET", "/channels/games/posts");
    expect(posts.json).toMatchObject({ total: 1, items: [{ text: "Look at this mate" }] });
  });
});
