/** A host application whose directory has trouble with some of what it is asked. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { clipPageSchema, type Permission, ReplayError } from "@livekit-replay/contract";
import { loadFilm, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type RunningServer, startServer } from "../src/app/server.js";
import { readConfig } from "../src/config/read.js";
import type { Directory } from "../src/directory/port.js";
import { EventReader } from "./event-reader.js";
import { basePath, request } from "./harness.js";
import { buildRecorder } from "./recorder-build.js";

const community = { id: "chess", name: "Chess" };
const secret = "a secret of at least 32 characters, for tests";

/** Everybody is in the community, until they are put out of it; rooms that are `odd` are answered for with an error. */
class OddDirectory implements Directory {
  readonly out = new Set<string>();
  readonly odd = new Set<string>();
  readonly nameless = new Set<string>();

  person = (userId: string) =>
    this.nameless.has(userId) ? Promise.reject(new Error("away")) : Promise.resolve({ userId, name: `The ${userId}`, admin: false });
  communityOfRoom = (roomName: string) =>
    this.odd.has(roomName) ? Promise.reject(new ReplayError("room_not_found")) : Promise.resolve(community);
  channel = (id: string) =>
    this.odd.has(id) ? Promise.reject(new Error("away")) : Promise.resolve({ id, name: id, communityId: community.id });
  permissions = (_communityId: string, userId: string) =>
    Promise.resolve(
      this.out.has(userId) ? null : new Set<Permission>(["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY", "VIEW_CHANNEL", "SEND_MESSAGES"]),
    );
  communitiesOf = () => Promise.resolve([community]);
  rooms = () => Promise.resolve([]);
  channels = () => Promise.resolve([]);
}

let root: string;
let server: RunningServer;
const directory = new OddDirectory();
const publishers: WhipPublisher[] = [];

beforeAll(async () => {
  await buildRecorder();
  root = await mkdtemp(join(tmpdir(), "replay-entitled-"));
  const env = { PORT: "0", MIN_FREE_BYTES: "0", DEMO: "off", JWT_SECRET: secret, FILE_UPLOAD_DEST: "./data" };
  const logDestination = new Writable({ write: (_line, _encoding, done) => done() });
  server = await startServer({ config: readConfig(env, root), directory, logDestination });
});
afterAll(async () => {
  for (const publisher of publishers) await publisher.close().catch(() => undefined);
  await server.close();
  await rm(root, { recursive: true, force: true });
});

const api = (): string => server.url.replace("localhost", "127.0.0.1") + basePath;

const tokenOf = (person: string): Promise<string> =>
  new SignJWT({ exp: Math.floor(Date.now() / 1000) + 600 })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(person)
    .sign(new TextEncoder().encode(secret));

async function publish(person: string, roomName: string): Promise<void> {
  const url = `${api()}/whip/${roomName}`;
  publishers.push(await WhipPublisher.publish({ film: await loadFilm(SMALL_FILM), url, token: await tokenOf(person) }));
}

test("a directory that fails for one session lets nobody else go on", async () => {
  const { sessions } = server.core.catalog;
  await publish("ada", "table-1");
  await publish("ben", "table-2");
  await vi.waitUntil(async () => (await sessions.all()).every(({ recorderId }) => recorderId !== null), { timeout: 10_000, interval: 50 });
  directory.odd.add("table-1");
  directory.out.add("ben");
  await vi.waitUntil(async () => (await sessions.activeOf("ben")) === null, { timeout: 15_000, interval: 100 });
  expect((await sessions.activeOf("ada"))?.state).toBe("active");
});

test("a press is answered with its clip when nobody tells the name of who shares", async () => {
  await publish("cleo", "table-3");
  const room = await EventReader.open(`${api()}/rooms/table-3/events`, await tokenOf("dora"));
  try {
    const { sessionId } = await room.next("window");
    directory.nameless.add("cleo");
    const headers = { authorization: `Bearer ${await tokenOf("dora")}` };
    const answer = await request(`${api()}/capture`, "POST", { headers, body: { sessionId, durationSeconds: 1 } });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.json()).toMatchObject({ owner: { name: "The dora" }, sharer: { userId: "cleo", name: "cleo" } });
  } finally {
    await room.close();
  }
});

test("a library is shown though the directory does not tell of a channel that a clip is shared to; nobody else reads it through that channel", async () => {
  const as = async (person: string, method: string, path: string, body?: unknown) =>
    request(`${api()}${path}`, method, { headers: { authorization: `Bearer ${await tokenOf(person)}` }, body });
  const library = async () => clipPageSchema.parse((await as("dora", "GET", "/my-clips")).json()).items;
  const [clip] = await library();
  for (const channelId of ["openings", "endgames"])
    expect((await as("dora", "POST", `/clips/${clip?.id}/share`, { channelId })).status).toBe(201);
  directory.odd.add("openings");
  expect((await library())[0]?.shares.map(({ channelId }) => channelId)).toEqual(["endgames"]);
  expect((await as("eve", "GET", `/clips/${clip?.id}`)).status).toBe(200);
  directory.odd.add("endgames");
  expect((await library())[0]?.shares).toEqual([]);
  expect((await as("eve", "GET", `/clips/${clip?.id}`)).problem().code).toBe("directory_unavailable");
});
