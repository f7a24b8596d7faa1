/** The stand-in for egress, asked by LiveKit's own client through a real livekit-server and a real Redis: it looks like egress 1.14.1. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { EgressStatus, EncodingOptions } from "livekit-server-sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type FilmFiles, makeFilmFiles } from "../src/film/files.js";
import { SMALL_FILM } from "../src/film/make.js";
import { checkSequence, checkSync } from "../src/judge/compare.js";
import { type ClipReading, readClip } from "../src/judge/read.js";
import { run, runForText } from "../src/process/run.js";
import { EgressRoom, entries, formOf, type Hook, segmentsOf } from "./egress-room.js";

const PERFECT = { unreadable: 0, repeated: 0, outOfOrder: 0, missing: 0, jumps: [] };
const LIVE_HEAD = "#EXTM3U\n#EXT-X-VERSION:4\n";
const EVENT_HEAD = `${LIVE_HEAD}#EXT-X-PLAYLIST-TYPE:EVENT\n`;
const rest = (seconds: number, first: number): string =>
  `#EXT-X-ALLOW-CACHE:NO\n#EXT-X-TARGETDURATION:${seconds}\n#EXT-X-MEDIA-SEQUENCE:${first}\n`;

/** The fields that the webhooks of egress 1.14.1 have. STARTING is the zero of its enum, which protobuf's JSON leaves out. */
const STARTED = ["egressId", "roomId", "roomName", "segmentResults", "segments", "sourceType", "startedAt", "trackComposite", "updatedAt"];
const ACTIVE = [...STARTED, "status"];
const ENDING = [...ACTIVE, "details"];
const COMPLETE = [...ENDING, "endedAt", "manifestLocation"];
const NAMES = ["livePlaylistName", "playlistName"];
const WRITTEN = [...NAMES, "startedAt", "livePlaylistLocation", "playlistLocation", "segmentCount", "size"];

let film: FilmFiles;
let room: EgressRoom;

beforeAll(async () => {
  film = await makeFilmFiles(SMALL_FILM);
  room = await EgressRoom.open();
});
afterAll(async () => room.close());
afterEach(async () => room.tidy());

const results = ({ egressInfo }: Hook): Record<string, unknown> =>
  (egressInfo?.["segmentResults"] as Record<string, unknown>[] | undefined)?.[0] ?? {};

async function joined(folder: string): Promise<ClipReading> {
  const file = join(folder, "all.mp4");
  const parts = (await segmentsOf(folder)).map((name) => join(folder, name));
  const args = ["-v", "error", "-i", `concat:${parts.join("|")}`, "-c", "copy", "-bsf:a", "aac_adtstoasc", file];
  expect(await run({ command: "ffmpeg", args })).toEqual({ exitCode: 0, stderrTail: [] });
  return await readClip(file);
}

describe("a recording from start to stop", { timeout: 60_000 }, () => {
  it("is told in egress's order and with egress's fields", async () => {
    const worker = await room.worker();
    const share = await room.share(film);
    const folder = await room.folder();
    const { egressId, status } = await room.request(share, folder);
    expect(status).toBe(EgressStatus.EGRESS_STARTING);
    await worker.segment(egressId, 1, 30_000);
    expect((await room.listed(egressId)).status).toBe(EgressStatus.EGRESS_ACTIVE);
    expect((await room.client.stopEgress(egressId)).status).toBe(EgressStatus.EGRESS_ENDING);
    await worker.status(egressId, "EGRESS_COMPLETE", 10_000);
    const heard = (): unknown[] => room.told(egressId).map(({ event, egressInfo }) => [event, egressInfo?.["status"]]);
    await expect.poll(heard, { timeout: 10_000, interval: 50 }).toEqual([
      ["egress_started", undefined],
      ["participant_joined", undefined],
      ["egress_updated", "EGRESS_ACTIVE"],
      ["egress_updated", "EGRESS_ENDING"],
      ["participant_left", undefined],
      ["egress_ended", "EGRESS_COMPLETE"],
    ]);
    const told = room.told(egressId);
    const ofEgress = told.filter(({ egressInfo }) => egressInfo);
    expect(ofEgress.map(({ egressInfo }) => Object.keys(egressInfo ?? {}).toSorted())).toEqual(
      [STARTED, ACTIVE, ENDING, COMPLETE].map((names) => names.toSorted()),
    );
    expect(ofEgress.map((hook) => Object.keys(results(hook)).toSorted())).toEqual(
      [NAMES, [...NAMES, "startedAt"], WRITTEN, [...WRITTEN, "duration", "endedAt"]].map((names) => names.toSorted()),
    );
    for (const hook of ofEgress) expect(hook.egressInfo?.["segments"]).toEqual(results(hook));
    expect(told[1]?.participant).toMatchObject({ kind: "EGRESS", permission: { canSubscribe: true, hidden: true, recorder: true } });
    expect(told[4]?.participant).toMatchObject({ disconnectReason: "CLIENT_INITIATED" });
    const count = (await segmentsOf(folder)).length;
    expect(told[5]?.egressInfo).toMatchObject({ details: "End reason: StopEgress API", manifestLocation: `${folder}/${egressId}.json` });
    expect(results(told[5] ?? { event: "" })).toMatchObject({ segmentCount: String(count), playlistLocation: `${folder}/full.m3u8` });
    await expect(room.client.stopEgress(egressId)).rejects.toThrow(/cannot be stopped/);
  });

  it("writes egress's playlists and manifest, and is seen by nobody but for the indicator", async () => {
    const worker = await room.worker();
    const share = await room.share(film);
    const folder = await room.folder();
    const { egressId } = await room.request(share, folder);
    await worker.segment(egressId, 5, 30_000);
    expect(share.publisher.recording).toBe(true);
    expect(share.publisher.seen).toEqual(new Set());
    const so = (await formOf(folder, "full.m3u8")).split("segment_").length - 2;
    expect(await formOf(folder, "full.m3u8")).toBe(`${EVENT_HEAD}${rest(1, 0)}${entries(0, so)}`);
    await room.client.stopEgress(egressId);
    await worker.status(egressId, "EGRESS_COMPLETE", 10_000);

    const names = await segmentsOf(folder);
    const last = names.length - 1;
    expect(names.at(-1)).toBe(`segment_${String(last).padStart(5, "0")}.ts`);
    expect(await formOf(folder, "full.m3u8")).toBe(`${EVENT_HEAD}${rest(1, 0)}${entries(0, last)}#EXT-X-ENDLIST\n`);
    expect(await formOf(folder, "live.m3u8")).toBe(`${LIVE_HEAD}${rest(1, last - 4)}${entries(last - 4, last)}#EXT-X-ENDLIST\n`);
    const manifest: unknown = JSON.parse(await readFile(join(folder, `${egressId}.json`), "utf8"));
    const fileNames = names.map((name) => ({ filename: `${folder}/${name}`, location: `${folder}/${name}` }));
    expect(manifest).toEqual({
      egress_id: egressId,
      room_id: expect.stringMatching(/^RM_/),
      room_name: share.room,
      started_at: expect.any(Number),
      ended_at: expect.any(Number),
      audio_track_id: share.tracks.audioSid,
      video_track_id: share.tracks.videoSid,
      playlists: [{ location: `${folder}/full.m3u8`, segments: fileNames }],
    });
  });

  it.each(["copy", "encode"] as const)("holds every frame once, with its sound at its place (%s)", async (video) => {
    const worker = await room.worker({ video });
    const folder = await room.folder();
    const { width, height, frameRate: framerate } = SMALL_FILM;
    const encodingOptions = new EncodingOptions({ width, height, framerate, videoBitrate: 500 });
    const { egressId } = await room.request(await room.share(film), folder, 2, { encodingOptions });
    const second = await worker.segment(egressId, 1, 30_000);
    await room.client.stopEgress(egressId);
    await worker.status(egressId, "EGRESS_COMPLETE", 10_000);
    const clip = await joined(folder);
    expect(clip.complaints).toEqual([]);
    expect(checkSequence(clip.frames, film.frames)).toEqual(PERFECT);
    expect(clip.frames.length).toBeGreaterThan(120);
    const sync = checkSync(clip);
    expect(sync.alone).toBe(0);
    expect(sync.points.length).toBeGreaterThan(2);
    expect(sync.worstUs).toBeLessThan(40_000);
    expect(second.durationMs).toBe(2_000);

    const shown = "stream=codec_name,profile,has_b_frames,sample_rate,channels:format=start_time";
    const file = join(folder, "segment_00000.ts");
    const facts = await runForText("ffprobe", ["-v", "error", "-show_entries", shown, "-of", "default=nw=1", file]);
    expect(facts).toMatch(/codec_name=h264/);
    expect(facts).toMatch(video === "copy" ? /has_b_frames=0/ : /profile=Main\nhas_b_frames=2/);
    expect(facts).toMatch(/codec_name=aac\nprofile=LC\nsample_rate=44100\nchannels=2/);
    expect(facts).toMatch(/start_time=3600\.0/);
    expect((await stat(file)).size % 188).toBe(0);
  });

  it("shows a segment as late as egress does when it is not hurried", async () => {
    const worker = await room.worker({ speed: 1 });
    const { egressId } = await room.request(await room.share(film), await room.folder(), 4);
    const first = await worker.segment(egressId, 0, 30_000);
    const active = await worker.status(egressId, "EGRESS_ACTIVE", 1_000);
    // The clock of PROGRAM-DATE-TIME is late by 578 ms; egress is ACTIVE from then.
    expect(Math.abs(active.atMs - first.startMs)).toBeLessThan(150);
    const lag = first.atMs - (first.startMs - 578) - first.durationMs;
    expect(lag).toBeGreaterThan(3_800);
    expect(lag).toBeLessThan(5_500);
  });

  it("goes on in black while the picture is muted, and with the picture afterwards", async () => {
    const worker = await room.worker();
    const share = await room.share(film);
    const folder = await room.folder();
    const { egressId } = await room.request(share, folder);
    await worker.segment(egressId, 1, 30_000);
    await share.publisher.setMuted("video", true);
    const count = (): number => worker.events.filter(({ event }) => event === "segment").length;
    await worker.segment(egressId, count() + 4, 30_000);
    await share.publisher.setMuted("video", false);
    await worker.segment(egressId, count() + 2, 30_000);
    await room.client.stopEgress(egressId);
    await worker.status(egressId, "EGRESS_COMPLETE", 10_000);
    const { frames, complaints } = await joined(folder);
    expect(complaints).toEqual([]);
    const readable = frames.map(({ number: shown }) => shown !== null);
    expect(readable[0]).toBe(true);
    expect(readable.at(-1)).toBe(true);
    expect(readable.filter((is) => !is).length).toBeGreaterThan(60);
    const lengths = worker.events.flatMap((event) => (event.event === "segment" ? [event.durationMs] : []));
    expect(Math.max(...lengths)).toBeLessThan(2_000);
  });
});
