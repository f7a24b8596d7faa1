/** Every way in which egress fails, as its stand-in shows it: what LiveKit answers and lists, and what is left on the disk. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { EgressStatus } from "livekit-server-sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EgressFaults } from "../src/egress/wire.js";
import { type FilmFiles, makeFilmFiles } from "../src/film/files.js";
import { SMALL_FILM } from "../src/film/make.js";
import { EgressRoom, formOf, segmentsOf, until } from "./egress-room.js";

let film: FilmFiles;
let room: EgressRoom;

beforeAll(async () => {
  film = await makeFilmFiles(SMALL_FILM);
  room = await EgressRoom.open();
});
afterAll(async () => room.close());
afterEach(async () => room.tidy());

describe("a request that comes to nothing", { timeout: 90_000 }, () => {
  it("is claimed by nobody, or refused by a worker without CPU to spare", async () => {
    // livekit-server tries again and again before it gives up: at two places at once that is half the time.
    const elsewhere = await EgressRoom.open();
    const refused = async (where: EgressRoom, faults: EgressFaults, why: RegExp): Promise<void> => {
      const share = await where.share(film);
      const folder = await where.folder();
      await where.worker({ faults });
      await expect(where.request(share, folder)).rejects.toThrow(why);
      expect(await where.client.listEgress({ roomName: share.room })).toEqual([]);
      expect(await readdir(folder)).toEqual([]);
    };
    try {
      await Promise.all([
        refused(room, { noResponse: true }, /no response from servers/),
        refused(elsewhere, { busy: true }, /not enough CPU/),
      ]);
    } finally {
      await elsewhere.close();
    }
  });

  it("fails before it records: by itself, for want of the track, or because the folder cannot be written", async () => {
    const share = await room.share(film);
    const worker = await room.worker({ faults: { failAtStart: "no encoder" } });
    const broken = await room.request(share, await room.folder());
    await worker.status(broken.egressId, "EGRESS_FAILED", 10_000);
    expect(await room.listed(broken.egressId)).toMatchObject({ error: "no encoder", errorCode: 500, details: "End reason: Failure" });

    await worker.setFaults({});
    const lost = await room.request({ room: share.room, tracks: { videoSid: "TR_gone" } }, await room.folder());
    await worker.status(lost.egressId, "EGRESS_FAILED", 10_000);
    expect(await room.listed(lost.egressId)).toMatchObject({ error: "track TR_gone not found", errorCode: 404 });

    await worker.setFaults({ unwritable: true });
    const folder = await room.folder();
    const closed = await room.request(share, folder);
    await worker.status(closed.egressId, "EGRESS_ACTIVE", 10_000);
    await worker.status(closed.egressId, "EGRESS_FAILED", 10_000);
    const error = `Local upload failed: open ${folder}/segment_00000.ts: permission denied`;
    expect(await room.listed(closed.egressId)).toMatchObject({ error, errorCode: 400 });
    expect(await readdir(folder)).toEqual([]);
  });

  it("stays STARTING as long as the worker needs, and is aborted when the worker is told to go", async () => {
    const worker = await room.worker({ faults: { slowStartMs: 60_000 } });
    const { egressId } = await room.request(await room.share(film), await room.folder());
    expect((await room.listed(egressId)).status).toBe(EgressStatus.EGRESS_STARTING);
    await worker.close();
    expect(await room.listed(egressId)).toMatchObject({
      status: EgressStatus.EGRESS_ABORTED,
      error: "Stop called before pipeline could start",
      errorCode: 412,
    });
  });
});

describe("a recording that ends otherwise", { timeout: 90_000 }, () => {
  it("fails, is aborted, reaches its limit or takes too much CPU, each with egress's state and words", async () => {
    const worker = await room.worker();
    const share = await room.share(film);
    const start = async (): Promise<{ id: string; folder: string }> => {
      const folder = await room.folder();
      return { id: (await room.request(share, folder)).egressId, folder };
    };
    const [failed, aborted, limited, exhausted, killed] = await Promise.all([start(), start(), start(), start(), start()]);
    for (const { id } of [failed, aborted, limited, exhausted, killed]) await worker.segment(id, 1, 30_000);
    await worker.fail("pipeline frozen", failed.id);
    await worker.abort(aborted.id);
    await worker.reachLimit(limited.id);
    await worker.exhaustCpu({ egressId: exhausted.id });
    await worker.exhaustCpu({ killed: true, egressId: killed.id });
    for (const [{ id }, status] of [
      [failed, "EGRESS_FAILED"],
      [aborted, "EGRESS_ABORTED"],
      [limited, "EGRESS_LIMIT_REACHED"],
      [exhausted, "EGRESS_COMPLETE"],
      [killed, "EGRESS_FAILED"],
    ] as const)
      await worker.status(id, status, 10_000);
    expect(await room.listed(failed.id)).toMatchObject({ error: "pipeline frozen", errorCode: 500, details: "End reason: Failure" });
    expect(await room.listed(aborted.id)).toMatchObject({ errorCode: 412 });
    expect(await room.listed(limited.id)).toMatchObject({ errorCode: 413, details: "End reason: Session limit reached" });
    expect(await room.listed(exhausted.id)).toMatchObject({ error: "", details: "End reason: CPU exhausted" });
    expect(await room.listed(killed.id)).toMatchObject({
      error: "CPU exhausted: 1.98 cores used",
      errorCode: 403,
      details: "End reason: Process killed",
    });
    const ends = [failed, aborted, limited, exhausted, killed].map(async ({ folder }) =>
      (await formOf(folder, "full.m3u8")).endsWith("#EXT-X-ENDLIST\n"),
    );
    expect(await Promise.all(ends)).toEqual([false, false, true, true, false]);
  });

  it("completes by itself when the share is gone", async () => {
    const worker = await room.worker();
    const share = await room.share(film);
    const folder = await room.folder();
    const { egressId } = await room.request(share, folder);
    await worker.segment(egressId, 0, 30_000);
    await share.publisher.unpublish();
    await worker.status(egressId, "EGRESS_COMPLETE", 20_000);
    expect((await room.listed(egressId)).details).toBe("End reason: Source closed");
    expect(await formOf(folder, "full.m3u8")).toMatch(/#EXT-X-ENDLIST\n$/);
  });

  it("leaves a ghost when its process or its worker dies without a word; the next worker goes on", async () => {
    const worker = await room.worker();
    const share = await room.share(film);
    const [first, second] = await Promise.all([room.request(share, await room.folder()), room.request(share, await room.folder())]);
    for (const { egressId } of [first, second]) await worker.segment(egressId, 0, 30_000);
    await worker.vanish(first.egressId);
    await worker.next((event) => event.event === "gone" && event.egressId === first.egressId, 10_000);
    await worker.kill();
    for (const { egressId } of [first, second]) {
      expect((await room.listed(egressId)).status).toBe(EgressStatus.EGRESS_ACTIVE);
      await expect(room.client.stopEgress(egressId)).rejects.toThrow(/timed out|no response/);
    }
    const heir = await room.worker();
    const third = await room.request(share, await room.folder());
    await heir.segment(third.egressId, 0, 30_000);
    await heir.close();
    expect(await room.listed(third.egressId)).toMatchObject({
      status: EgressStatus.EGRESS_COMPLETE,
      details: "End reason: Process killed",
    });
  });
});

describe("files", { timeout: 60_000 }, () => {
  it("are cut, empty or missing as asked, and a playlist can be seen half written", async () => {
    const worker = await room.worker({ faults: { segments: { 0: "truncated", 1: "empty", 2: "missing" } } });
    const folder = await room.folder();
    const { egressId } = await room.request(await room.share(film), folder);
    const whole = await worker.segment(egressId, 0, 30_000);
    await worker.segment(egressId, 2, 30_000);
    const names = ["segment_00000.ts", "segment_00001.ts", "segment_00003.ts"];
    await worker.setFaults({ halfPlaylistMs: 300 });
    const playlist = join(folder, "full.m3u8");
    await until(async () => !(await readFile(playlist, "utf8")).endsWith(".ts\n"));
    await worker.setFaults({});
    await worker.segment(egressId, 3, 30_000);
    expect((await segmentsOf(folder)).slice(0, 3)).toEqual(names);
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
    expect(sizes[0]).toBeGreaterThan(whole.bytes / 2);
    expect(sizes[0]).toBeLessThan(whole.bytes);
    expect(sizes[1]).toBe(0);
    expect(sizes[2]).toBeGreaterThan(10_000);
    expect(await formOf(folder, "full.m3u8")).toMatch(/segment_00002\.ts/);
  });
});
