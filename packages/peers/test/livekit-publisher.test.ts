/** The Go publisher against a real livekit-server: what a room sees of it, and what its log says. */
import { RoomServiceClient, type TrackInfo, TrackSource } from "livekit-server-sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type FilmFiles, makeFilmFiles } from "../src/film/files.js";
import { SMALL_FILM } from "../src/film/make.js";
import { PublishProcess } from "../src/livekit/publish-process.js";
import { type JoinOptions, LivekitPublisher } from "../src/livekit/publisher.js";
import { LivekitServer } from "../src/livekit/server.js";

const open: { close(): Promise<void> }[] = [];
let server: LivekitServer;
let film: FilmFiles;

beforeAll(async () => {
  server = await LivekitServer.start();
  film = await makeFilmFiles(SMALL_FILM);
}, 120_000);

afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

afterAll(() => server.close());

async function join(options: Partial<JoinOptions> & { identity: string; room: string }): Promise<LivekitPublisher> {
  const publisher = await LivekitPublisher.join({ server, ...options });
  open.push(publisher);
  return publisher;
}

async function tracks(room: string, identity: string): Promise<TrackInfo[]> {
  const rooms = new RoomServiceClient(server.httpUrl, server.apiKey, server.apiSecret);
  const people = await rooms.listParticipants(room);
  return people.find((person) => person.identity === identity)?.tracks ?? [];
}

const until = (what: () => boolean | Promise<boolean>): Promise<void> =>
  expect.poll(what, { timeout: 15_000, interval: 50 }).toBe(true) as Promise<void>;

describe("LivekitPublisher", () => {
  it("shares, and another participant sees it", async () => {
    const [anna, bert] = [await join({ room: "two", identity: "anna" }), await join({ room: "two", identity: "bert" })];
    const annas = await anna.publish({ film });
    await bert.publish({ film, sound: false });
    await until(async () => (await bert.look()).others[0]?.tracks.length === 2);
    const view = await anna.look();
    expect(view.others.map(({ identity }) => identity)).toEqual(["bert"]);
    expect(view.others[0]?.tracks).toMatchObject([{ source: "SCREEN_SHARE", muted: false, encrypted: false, width: 320, height: 180 }]);
    const seen = await tracks("two", "anna");
    expect(seen.map(({ source }) => source).toSorted()).toEqual([TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO]);
    expect(seen.map(({ sid }) => sid).toSorted()).toEqual([annas.videoSid, annas.audioSid].toSorted());
    expect([anna.seen, bert.seen].map((set) => [...set])).toEqual([["bert"], ["anna"]]);
    expect(anna.wasRecording).toBe(false);
  });

  it("tells every frame once, in order and in time", async () => {
    const anna = await join({ room: "log", identity: "anna" });
    await anna.publish({ film });
    await until(() => anna.log.count >= 70);
    await anna.unpublish();
    await anna.flush();
    const { count } = anna.log;
    for (let index = 1; index < count; index += 1) {
      const [before, frame] = [anna.log.at(index - 1), anna.log.at(index)];
      expect(frame?.number).toBe(index % film.frames);
      expect(((frame?.timestamp ?? 0) - (before?.timestamp ?? 0)) >>> 0).toBe(3000);
      expect((frame?.due ?? 0) - (before?.due ?? 0)).toBeCloseTo(1000 / 30, 0);
      expect((frame?.sent ?? 0) - (frame?.due ?? 0)).toBeGreaterThan(-1);
    }
    expect(Math.abs((anna.log.at(count - 1)?.due ?? 0) - Date.now())).toBeLessThan(5_000);
    await anna.publish({ film });
    await until(() => anna.log.count > count + 5);
    expect(anna.log.at(count)?.number).toBe(0);
  });
});
