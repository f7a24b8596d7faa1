/** Conversions over HTTP: who gets which links, who may set one off, who hears of it, and that a file being made is waited for. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { clipSchema, meSchema, postPageSchema, wallMs } from "@livekit-replay/contract";
import { type Film, loadFilm, probeClip, readClip } from "@livekit-replay/peers";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type ConvertWorld, LONG_GOPS, openConvertWorld, pictureOf, ready, type RunPicture, writeSession } from "./convert-material.js";
import { testDatabase } from "./databases.js";
import { encodeFilm } from "./convert-vp8.js";
import { type Harness, request, startHarness } from "./harness.js";
import { START, tempRoot } from "./store-material.js";

const options = { ...LONG_GOPS, seconds: 6 };
let root: string;
let remove: () => Promise<void>;
let harness: Harness | null = null;
let film: Film;

/** Makes clips below a root as a server did that was stopped since, then starts one over it. */
async function after<T>(picture: RunPicture, program: string | null, work: (world: ConvertWorld) => Promise<T>): Promise<[Harness, T]> {
  const data = path.join(root, "data");
  await writeSession(data, [{ picture, packets: film.packets, startWall: wallMs(START) }]);
  const world = await openConvertWorld(data, program, { database: testDatabase(root).config });
  try {
    const result = await work(world);
    await world.close();
    harness = await startHarness({ root });
    return [harness, result];
  } finally {
    await world.close();
  }
}

/** Saves what a link leads to, as a player or browser without a token of its own gets it. */
async function save(link: string): Promise<{ file: string; type: string | null }> {
  const answer = await fetch(link, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  const file = path.join(root, "saved");
  await writeFile(file, Buffer.from(await answer.arrayBuffer()));
  return { file, type: answer.headers.get("content-type") };
}

beforeAll(async () => {
  film = await loadFilm(options);
});
beforeEach(async () => {
  ({ root, remove } = await tempRoot());
});
afterEach(async () => {
  await harness?.close();
  harness = null;
  await remove();
});

test("who reads a clip in a channel may have it with AAC sound, and hears how far it is; its owner pays", { timeout: 60_000 }, async () => {
  const [server, { id }] = await after(pictureOf(film), "ffmpeg", async (world) => ready(world, await world.capture(3)));
  expect((await server.ask("carol", "GET", `/clips/${id}/download?audio=aac`)).status).toBe(404);
  expect((await server.ask("bob", "GET", `/clips/${id}/download?audio=mp3`)).problem().code).toBe("invalid_request");
  expect((await server.ask("bob", "POST", `/clips/${id}/share`, { body: { channelId: "clips" } })).status).toBe(201);
  const [hers, his] = [await server.listen("carol", "/me/events"), await server.listen("bob", "/me/events")];
  const used = async (): Promise<number> => meSchema.parse((await server.ask("bob", "GET", "/me")).json()).quota.usedBytes;
  const before = await used();
  const [post] = postPageSchema.parse((await server.ask("carol", "GET", "/channels/clips/posts")).json()).items;
  const { file, type } = await save(post?.clip?.links.downloadAac ?? "");
  expect(type).toBe("video/mp4");
  const made = await readClip(file);
  expect(made).toMatchObject({ audioCodec: "aac", complaints: [] });
  for (const reader of [hers, his]) {
    const { clipId } = await reader.next("conversion", ({ conversion }) => conversion.what === "aac" && conversion.done === 1);
    expect(clipId).toBe(id);
  }
  expect(await used()).toBe(before + made.sizeBytes);
  expect((await server.ask("bob", "DELETE", `/clips/${id}`)).status).toBe(204);
  expect(await used()).toBe(0);
});

test("a clip of VP8 plays by its WebM, with ranges, while its MP4 is made", { timeout: 60_000 }, async () => {
  const vp8 = await encodeFilm(film, options, "vp8");
  const [server, { id }] = await after(vp8, null, (world) => world.capture(3));
  const view = async (): Promise<ReturnType<typeof clipSchema.parse>> =>
    clipSchema.parse((await server.ask("bob", "GET", `/clips/${id}`)).json());
  const clip = await view();
  expect(clip.links).toMatchObject({ playlist: null, webm: expect.stringMatching(/clip\.webm\?token=[^#]+#t=\d/) as string });
  const { file, type } = await save(clip.links.webm ?? "");
  expect([type, (await probeClip(file)).videoCodec]).toEqual(["video/webm", "vp8"]);
  const part = await request(clip.links.webm ?? "", "GET", { headers: { range: "bytes=0-99" } });
  expect([part.status, part.headers.get("content-range")?.startsWith("bytes 0-99/")]).toEqual([206, true]);
  expect((await server.ask("carol", "GET", `/clips/${id}/clip.webm`)).status).toBe(404);
  expect((await readClip((await save(clip.links.download)).file)).videoCodec).toBe("h264");
  const finished = await view();
  expect(finished).toMatchObject({ state: "ready", video: { codec: expect.stringMatching(/^avc1/) as string }, conversions: [] });
  expect(finished.links).toMatchObject({ playlist: null, webm: expect.any(String) as string });
  await vi.waitFor(async () => expect((await request(finished.links.poster, "GET")).status).toBe(200));
});
