/** From the press to the file: capture, playlist, MP4, links that die with the right, channels, deletion. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Clip, clipPageSchema, clipSchema, meSchema, postPageSchema, postSchema } from "@livekit-replay/contract";
import { readClip } from "@livekit-replay/peers";
import { readPlaylist } from "@livekit-replay/media";
import { type Answer, type Harness, rawRequest, request, startHarness, theSession } from "./harness.js";

let harness: Harness;
let sessionId: string;

beforeAll(async () => {
  harness = await startHarness();
  const events = await harness.listen("bob", "/rooms/lobby/events");
  await harness.publish("bob", "lobby");
  await events.next("window", ({ window }) => window.toMs - window.fromMs >= 3000);
  sessionId = (await theSession(harness, "bob", "lobby")).id;
});
afterAll(() => harness.close());

async function capture(person: string, body: object = {}, headers: Record<string, string> = { prefer: "wait=20" }): Promise<Clip> {
  const answer = await harness.ask(person, "POST", "/capture", { body: { sessionId, durationSeconds: 2, ...body }, headers });
  if (answer.status !== 201) throw new Error(answer.text);
  return clipSchema.parse(answer.json());
}

const codeOf = (answer: Answer): string => answer.problem().code;

describe("a capture", () => {
  test("plays at once, before its MP4 is there", async () => {
    const clip = await capture("bob", {}, {});
    expect(clip).toMatchObject({
      sessionId,
      roomName: "lobby",
      title: "Bob in lobby",
      owner: { userId: "bob", name: "Bob" },
      sharer: { userId: "bob" },
      requestedMs: 2000,
      shares: [],
    });
    expect(clip.can).toEqual({ play: true, edit: true, delete: true });
    expect(clip.quota?.usedBytes ?? 0).toBeLessThanOrEqual(5e9);
    const playlist = await request(clip.links.playlist ?? "", "GET");
    expect(playlist.status).toBe(200);
    expect(playlist.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
    const { segments, ended } = readPlaylist(playlist.text.replaceAll(/\?token=[^"\n]+/g, ""));
    expect(ended).toBe(true);
    const base = new URL(clip.links.playlist ?? "");
    const addresses = new Set(
      playlist.text.split("\n").flatMap((line) => (line.startsWith("#") ? (/URI="([^"]+)"/.exec(line)?.[1] ?? []) : line)),
    );
    addresses.delete("");
    expect(addresses.size).toBeGreaterThanOrEqual(segments.length);
    for (const address of addresses) {
      const media = await request(new URL(address, base).href, "GET");
      expect([address, media.status, media.headers.get("content-type")]).toEqual([address, 200, "video/mp4"]);
      expect(media.headers.get("cache-control")).toMatch(/^private/);
    }
  });

  test("is a whole MP4 under a readable name", async () => {
    const clip = await capture("bob", { title: 'Tor! "2:1" 🎉' });
    expect(clip.state).toBe("ready");
    const file = await fetch(clip.links.download);
    expect(file.headers.get("content-type")).toBe("video/mp4");
    expect(file.headers.get("content-disposition")).toBe(
      `attachment; filename="Tor! -2-1- __.mp4"; filename*=UTF-8''Tor%21%20-2-1-%20%F0%9F%8E%89.mp4`.replace("Tor%21", "Tor!"),
    );
    const path = join(harness.root, "clip.mp4");
    await writeFile(path, Buffer.from(await file.arrayBuffer()));
    const reading = await readClip(path);
    expect(reading.complaints).toEqual([]);
    expect(reading.frames.length).toBeGreaterThan(50);
  });

  test("the same key gives the same clip, and one post", async () => {
    const headers = { "idempotency-key": "press-1" };
    const body = { shareOption: "channel", targetChannelId: "clips", text: "look" };
    const [first, second] = await Promise.all([capture("bob", body, headers), capture("bob", body, headers)]);
    const third = await capture("bob", body, headers);
    expect(new Set([first.id, second.id, third.id]).size).toBe(1);
    const posts = postPageSchema.parse((await harness.ask("carol", "GET", "/channels/clips/posts")).json());
    expect(posts.items.filter((post) => post.clip?.id === first.id)).toHaveLength(1);
  });

  test("into a channel that is not there, or not one's own to post to, makes no clip", async () => {
    const before = clipPageSchema.parse((await harness.ask("bob", "GET", "/my-clips")).json()).total;
    const answer = await harness.ask("bob", "POST", "/capture", {
      body: { sessionId, durationSeconds: 2, shareOption: "channel", targetChannelId: "nowhere" },
    });
    expect(codeOf(answer)).toBe("channel_not_found");
    expect(clipPageSchema.parse((await harness.ask("bob", "GET", "/my-clips")).json()).total).toBe(before);
  });

  test("is for the owner, and for who is in the room and has the permission", async () => {
    expect(codeOf(await harness.ask("carol", "POST", "/capture", { body: { sessionId, durationSeconds: 1 } }))).toBe("permission_denied");
    const alice = await capture("alice");
    expect(alice).toMatchObject({ owner: { userId: "alice" }, sharer: { userId: "bob" } });
    const ofMe = clipPageSchema.parse((await harness.ask("bob", "GET", "/clips-of-me")).json());
    expect(ofMe.items.find((item) => item.id === alice.id)).toMatchObject({ can: { play: false, edit: false, delete: true }, quota: null });
    expect((await harness.ask("bob", "GET", `/clips/${alice.id}`)).status).toBe(404);
    expect((await harness.ask("bob", "DELETE", `/clips/${alice.id}`)).status).toBe(204);
    expect((await harness.ask("alice", "GET", `/clips/${alice.id}`)).status).toBe(404);
  });
});

describe("playing a session", () => {
  test("live, by link and by token; not for who may not see its past", async () => {
    const { links } = await theSession(harness, "bob", "lobby");
    const byLink = await request(links.live ?? "", "GET");
    expect(byLink.status).toBe(200);
    expect(byLink.text).not.toContain("#EXT-X-ENDLIST");
    const address = byLink.text.split("\n").find((line) => line.startsWith("media/segment")) ?? "";
    expect((await request(new URL(address, links.live ?? "").href, "GET")).status).toBe(200);
    const byToken = await harness.ask("bob", "GET", `/sessions/${sessionId}/live.m3u8`);
    expect(byToken.text).not.toContain("token=");
    expect((await harness.ask("bob", "GET", `/sessions/${sessionId}/${address.split("?")[0]}`)).status).toBe(200);
    expect((await theSession(harness, "carol", "lobby")).links.live).toBeNull();
    expect((await harness.ask("carol", "GET", `/sessions/${sessionId}/live.m3u8`)).status).toBe(403);
  });

  test("its beginning from an instant is how the clip of that range begins: the same first frame, the same files under the same numbers, and nothing that the clip cuts", async () => {
    const { window } = await theSession(harness, "bob", "lobby");
    const toMs = window?.toMs ?? 0;
    for (const fromMs of [toMs - 2500, toMs - 60_000]) {
      const beginning = await harness.ask("bob", "GET", `/sessions/${sessionId}/live.m3u8?fromMs=${fromMs}&toMs=${toMs}`);
      const early = readPlaylist(beginning.text);
      const answer = await harness.ask("bob", "POST", "/capture", { body: { sessionId, fromMs, toMs } });
      const { id } = clipSchema.parse(answer.json());
      expect(answer.headers.get("server-timing")).toMatch(/^rights;dur=[\d.]+, tail;dur=[\d.]+, plan;.* charge;.* pins;.* row;.* view;/);
      const whole = readPlaylist((await harness.ask("bob", "GET", `/clips/${id}/playlist.m3u8`)).text);
      expect(early).toMatchObject({ kind: "event", ended: false, start: whole.start, mediaSequence: whole.mediaSequence });
      expect(early.segments.length).toBeGreaterThan(0);
      expect(early.segments.length).toBeLessThanOrEqual(3);
      expect(whole.segments.slice(0, early.segments.length)).toEqual(early.segments);
    }
    expect(codeOf(await harness.ask("bob", "GET", `/sessions/${sessionId}/live.m3u8?fromMs=${toMs + 60_000}`))).toBe("no_segments");
    expect(codeOf(await harness.ask("bob", "GET", `/sessions/${sessionId}/live.m3u8?fromMs=-1`))).toBe("invalid_request");
    expect((await harness.ask("carol", "GET", `/sessions/${sessionId}/live.m3u8?fromMs=${toMs - 2500}`)).status).toBe(403);
  });

  test.each(["..%2F..%2Fcatalog.db", "live.m3u8", "init-0.mp4.tmp", "segment-0-99999.m4s", "secret.key", "segment-0-0.m4s%00"])(
    "%s is none of its files",
    async (name) => {
      const answer = await harness.ask("bob", "GET", `/sessions/${sessionId}/media/${name}`);
      expect(answer.status).toBe(404);
    },
  );
});

describe("ranges", () => {
  test.each<[string, number, string | null, number]>([
    ["bytes=0-99", 206, "bytes 0-99/", 100],
    ["bytes=-10", 206, "bytes ", 10],
    ["bytes=999999999-", 416, "bytes */", -1],
    ["bytes=-0", 416, "bytes */", -1],
    ["lines=1-2", 200, null, -1],
  ])("%s: %i", async (range, status, contentRange, length) => {
    const { links } = await readyClip();
    const answer = await fetch(links.download, { headers: { range } });
    expect(answer.status).toBe(status);
    if (contentRange === null) expect(answer.headers.get("content-range")).toBeNull();
    else expect(answer.headers.get("content-range")).toMatch(new RegExp(`^${contentRange.replace("*", "\\*")}`));
    const bytes = (await answer.arrayBuffer()).byteLength;
    if (length >= 0) expect(bytes).toBe(length);
  });

  test("what has not changed is not sent again", async () => {
    const { links } = await readyClip();
    const first = await fetch(links.download, { method: "HEAD" });
    const etag = first.headers.get("etag") ?? "";
    expect((await rawRequest(links.download, { "if-none-match": etag })).status).toBe(304);
    expect((await rawRequest(links.download, { range: "bytes=0-9", "if-range": etag })).status).toBe(206);
    expect((await rawRequest(links.download, { range: "bytes=0-9", "if-range": '"other"' })).status).toBe(200);
  });

  test("sound is as it was recorded or AAC, and asking for another says so", async () => {
    const { id } = await readyClip();
    const answer = await harness.ask("bob", "GET", `/clips/${id}/download?audio=mp3`);
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 400, code: "invalid_request" });
  });

  let made: Clip | null = null;
  const readyClip = async (): Promise<Clip> => (made ??= await capture("bob"));
});

describe("a link", () => {
  test("is good for its clip and nothing else", async () => {
    const one = await capture("bob");
    const other = await capture("bob");
    const token = new URL(one.links.download).searchParams.get("token") ?? "";
    expect((await request(one.links.download, "GET")).status).toBe(200);
    expect((await request(`${harness.api}/clips/${other.id}/download?token=${token}`, "GET")).status).toBe(401);
    expect((await request(`${harness.api}/sessions/${sessionId}/live.m3u8?token=${token}`, "GET")).status).toBe(401);
    expect((await request(`${harness.api}/clips/${one.id}?token=${token}`, "GET")).status).toBe(401);
    expect((await request(`${harness.api}/clips/${one.id}/download?token=${token}x`, "GET")).status).toBe(401);
    expect((await request(`${harness.api}/clips/${one.id}/download`, "GET")).status).toBe(401);
  });

  test("dies with the share that it came from, and with the clip", async () => {
    const clip = await capture("bob");
    const post = postSchema.parse((await harness.ask("bob", "POST", `/clips/${clip.id}/share`, { body: { channelId: "clips" } })).json());
    const carols = clipSchema.parse((await harness.ask("carol", "GET", `/clips/${clip.id}`)).json());
    expect(carols).toMatchObject({
      can: { play: true, edit: false, delete: false },
      quota: null,
      shares: [{ channelId: "clips", channelName: "clips" }],
    });
    expect((await request(carols.links.download, "GET")).status).toBe(200);
    expect((await harness.ask("bob", "DELETE", `/channels/clips/posts/${post.id}`)).status).toBe(204);
    expect((await request(carols.links.download, "GET")).status).toBe(404);
    expect((await request(clip.links.download, "GET")).status).toBe(200);
    expect((await harness.ask("bob", "DELETE", `/clips/${clip.id}`)).status).toBe(204);
    expect((await request(clip.links.download, "GET")).status).toBe(404);
    expect((await harness.ask("bob", "DELETE", `/clips/${clip.id}`)).status).toBe(404);
  });

  test("dies with the role", async () => {
    const clip = await capture("bob", { shareOption: "channel", targetChannelId: "clips" });
    const carols = clipSchema.parse((await harness.ask("carol", "GET", `/clips/${clip.id}`)).json());
    const { directory } = harness.server.core.catalog;
    await directory.putMember({ communityId: "demo", userId: "carol", roles: [] });
    expect((await request(carols.links.download, "GET")).status).toBe(404);
    await directory.putMember({ communityId: "demo", userId: "carol", roles: ["guest"] });
    expect((await request(carols.links.download, "GET")).status).toBe(200);
  });
});

describe("the library", () => {
  test("has pages, an order, a search, titles, and gives the quota back", async () => {
    const clip = await capture("bob", { title: "The needle" });
    const found = clipPageSchema.parse((await harness.ask("bob", "GET", "/my-clips?q=needle")).json());
    expect(found.items.map((item) => item.id)).toEqual([clip.id]);
    const page = clipPageSchema.parse((await harness.ask("bob", "GET", "/my-clips?pageSize=1&page=2&sort=oldest")).json());
    expect(page).toMatchObject({ page: 2, pageSize: 1 });
    expect(page.items).toHaveLength(1);
    const until = (path: string) => harness.ask("bob", "GET", `/my-clips?untilMs=${path}`);
    expect((await until(String(clip.createdAtMs - 1))).json()).toMatchObject({ total: page.total - 1 });
    expect((await until(String(page.serverTimeMs))).json()).toMatchObject({ total: page.total });
    const edited = clipSchema.parse((await harness.ask("bob", "PATCH", `/clips/${clip.id}`, { body: { title: "The thread" } })).json());
    expect(edited.title).toBe("The thread");
    expect(codeOf(await harness.ask("bob", "PATCH", `/clips/${clip.id}`, { body: { title: " " } }))).toBe("invalid_request");
    const used = async (): Promise<number> => meSchema.parse((await harness.ask("bob", "GET", "/me")).json()).quota.usedBytes;
    const before = await used();
    await harness.ask("bob", "DELETE", `/clips/${clip.id}`);
    expect(before - (await used())).toBe(clip.sizeBytes);
  });

  test("has pictures", async () => {
    const clip = await capture("bob");
    await vi.waitUntil(async () => (await request(clip.links.poster, "GET")).status === 200, { timeout: 10_000, interval: 100 });
    const poster = await fetch(clip.links.poster);
    expect(poster.headers.get("content-type")).toBe("image/jpeg");
    expect(new Uint8Array(await poster.arrayBuffer()).slice(0, 2)).toEqual(new Uint8Array([0xff, 0xd8]));
  });

  test("a channel says that a clip is gone", async () => {
    const clip = await capture("bob", { shareOption: "channel", targetChannelId: "general", text: "soon gone" });
    await harness.ask("bob", "DELETE", `/clips/${clip.id}`);
    const { items } = postPageSchema.parse((await harness.ask("carol", "GET", "/channels/general/posts")).json());
    expect(items[0]).toMatchObject({ text: "soon gone", clip: null, author: { userId: "bob" }, can: { unshare: false } });
  });
});

test("no link is in the log", () => {
  const log = harness.log.join("\n");
  expect(log).toContain("token=[removed]");
  expect(log).not.toMatch(/token=[^[]/);
});
