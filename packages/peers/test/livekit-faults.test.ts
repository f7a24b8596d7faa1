/** What goes wrong in a LiveKit room: participants that vanish, a server that dies, a way that loses packets. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RoomServiceClient } from "livekit-server-sdk";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FilmFiles, makeFilmFiles } from "../src/film/files.js";
import { SMALL_FILM } from "../src/film/make.js";
import { PublishProcess } from "../src/livekit/publish-process.js";
import { type JoinOptions, LivekitPublisher } from "../src/livekit/publisher.js";
import { LivekitServer, type LivekitServerOptions } from "../src/livekit/server.js";
import { readWatched } from "../src/livekit/watched.js";

const open: { close(): Promise<void> }[] = [];
let film: FilmFiles;
let folder = "";

beforeAll(async () => {
  film = await makeFilmFiles(SMALL_FILM);
}, 60_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "replay-faults-"));
});

afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
  await rm(folder, { recursive: true });
});

async function start(options: LivekitServerOptions = {}): Promise<LivekitServer> {
  const server = await LivekitServer.start(options);
  open.push(server);
  return server;
}

async function enter(options: JoinOptions): Promise<LivekitPublisher> {
  const publisher = await LivekitPublisher.join(options);
  open.push(publisher);
  return publisher;
}

const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
  await expect.poll(what, { timeout: 25_000, interval: 50 }).toBe(true);
};

async function identities(server: LivekitServer, room: string): Promise<string[]> {
  const rooms = new RoomServiceClient(server.httpUrl, server.apiKey, server.apiSecret);
  return (await rooms.listParticipants(room)).map(({ identity }) => identity);
}

describe("a room", () => {
  it("holds many participants of one process, until one leaves or all are gone without a word", async () => {
    const server = await start();
    const process = await PublishProcess.start();
    open.push(process);
    const names = ["one", "two", "three"];
    const all = await Promise.all(names.map((identity) => enter({ server, room: "many", identity, process })));
    await Promise.all(all.map((publisher) => publisher.publish({ film, log: false })));
    await until(async () => (await Promise.all(all.map((one) => one.counts()))).every(({ frames }) => frames > 20));
    expect(new Set(await identities(server, "many"))).toEqual(new Set(names));
    expect(all[0]?.log.count).toBe(0);
    await all[0]?.leave();
    await until(async () => (await identities(server, "many")).length === 2);
    await new RoomServiceClient(server.httpUrl, server.apiKey, server.apiSecret).removeParticipant("many", "two");
    expect(await all[1]?.disconnected).toBe("removed by server");
    await until(async () => (await identities(server, "many")).length === 1);
    await all[1]?.vanish();
    await expect(all[2]?.counts()).rejects.toThrow("ended");
    // Nobody told the server: it finds out by itself, later.
    expect(await identities(server, "many")).toEqual(["three"]);
  }, 60_000);

  it("refuses a token that it did not sign", async () => {
    const server = await start();
    const stranger = { url: server.url, token: () => Promise.resolve("not.a.token") };
    await expect(LivekitPublisher.join({ server: stranger, room: "r", identity: "x" })).rejects.toThrow(/join: /);
  });

  it("is joined again by itself after the server died, and the share goes on", async () => {
    const server = await start();
    const anna = await enter({ server, room: "again", identity: "anna" });
    const before = await anna.publish({ film });
    await until(() => anna.log.count > 10);
    await server.kill();
    await server.restart();
    await until(() => anna.events.some(({ event }) => event === "reconnected"));
    const bert = await enter({ server, room: "again", identity: "bert", watchFolder: folder });
    await until(async () => ((await bert.look()).others[0]?.tracks.length ?? 0) === 2);
    const after = await anna.counts();
    expect(after.videoSid).not.toBe(before.videoSid);
    const { frames } = after;
    await until(async () => (await anna.counts()).frames > frames + 60);
    await anna.leave();
    await until(() => bert.events.some((event) => event.event === "watched" && event.sid === after.videoSid));
    const seen = await readWatched(folder, after.videoSid ?? "");
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.every(({ number }) => number !== null)).toBe(true);
  }, 60_000);
});

describe("a lossy way", () => {
  const WAY = { seed: 5, loss: 0.03, delayMs: 10 };

  it("leads all media through the proxy, loses packets both ways, and what is lost is sent again", async () => {
    const server = await start({ way: WAY });
    const bert = await enter({ server, room: "way", identity: "bert", watchFolder: folder });
    const anna = await enter({ server, room: "way", identity: "anna" });
    const { videoSid = "" } = await anna.publish({ film });
    await until(() => anna.log.count >= 150);
    const { layers, sound } = await anna.counts();
    await anna.leave();
    await until(() => bert.events.some((event) => event.event === "watched" && event.sid === videoSid));
    const { way } = server;
    const sent = layers.reduce((sum, { packets }) => sum + packets, sound?.packets ?? 0);
    expect(way?.toServer.forwarded).toBeGreaterThan(sent * 0.9);
    expect(way?.toPublisher.forwarded).toBeGreaterThan(sent * 0.7);
    for (const counts of [way?.toServer, way?.toPublisher]) expect(counts?.lost).toBeGreaterThan(5);
    expect(layers[0]?.nacked).toBeGreaterThan(2);
    const frames = await readWatched(folder, videoSid);
    expect(frames.length).toBeGreaterThan(80);
  }, 60_000);

  it("spares a participant by its port", async () => {
    const server = await start({ way: { seed: 5 } });
    const anna = await enter({ server, room: "spared", identity: "anna" });
    const { port = 0 } = await anna.publish({ film });
    server.way?.setConditionsOf(port, {});
    server.way?.setConditions({ loss: 1 });
    const { frames } = await anna.counts();
    const reports = (await anna.counts()).layers[0]?.reports ?? 0;
    await until(async () => (await anna.counts()).frames > frames + 60);
    expect((await anna.counts()).layers[0]?.reports).toBeGreaterThan(reports);
    expect(server.way?.toServer.lost).toBeLessThan(60);
  }, 60_000);
});
