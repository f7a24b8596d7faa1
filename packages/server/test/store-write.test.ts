/** The recorder's side of the store, on a real disk. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describeSegment } from "@livekit-replay/media";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sessionPath } from "../src/store/paths.js";
import { SyncQueue } from "../src/store/sync-queue.js";
import { SessionWriter } from "../src/store/write.js";
import { initBytes, LogLines, openWriter, segmentBytes, SESSION, tempRoot, tree, writeRun } from "./store-material.js";

let root: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ root, remove } = await tempRoot());
});
afterEach(() => remove());

describe("SessionWriter", () => {
  it("writes init files, segments and tails under their names, whole, and leaves nothing unfinished", async () => {
    const { writer, close } = await openWriter(root);
    await writeRun(writer, 2, { run: 3 });
    await writer.writeTail("capture-000000000001", segmentBytes({ run: 3, number: 2 }));
    await close();
    expect(await readdir(writer.folder)).toEqual(["init-3.mp4", "segment-3-0.m4s", "segment-3-1.m4s", "tail-capture-000000000001.m4s"]);
    expect(writer.folder).toBe(sessionPath(root, SESSION));
    const bytes = await readFile(path.join(writer.folder, "segment-3-1.m4s"));
    expect(describeSegment(bytes).info).toMatchObject({ run: 3, number: 1 });
    expect(writer.counts).toEqual({ files: 4, bytes: (await initBytes()).length + 3 * bytes.length, dropped: 0 });
  });

  it("opens a folder that is there, and creates a root that is not", async () => {
    const deep = path.join(root, "not", "there", "yet");
    for (let i = 0; i < 2; i += 1) await (await openWriter(deep)).close();
    expect((await stat(sessionPath(deep, SESSION))).isDirectory()).toBe(true);
  });

  it("refuses names that cannot be kept", async () => {
    await expect(openWriter(root, { ...SESSION, roomName: "x".repeat(151) })).rejects.toMatchObject({ code: "invalid_request" });
    await expect(openWriter(root, { ...SESSION, sessionId: "../../../../etc/x" })).rejects.toThrow(TypeError);
    expect(await tree(root)).toEqual([]);
  });

  it("refuses what comes faster than the disk takes it, and takes the next one again", async () => {
    const logger = new LogLines();
    const syncs = new SyncQueue({ logger });
    const bytes = segmentBytes();
    const writer = await SessionWriter.open({ root, ...SESSION, logger, syncs, maxPendingBytes: bytes.length * 2 });
    const results = await Promise.allSettled([0, 1, 2, 3].map((number) => writer.writeSegment(0, number, bytes)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "rejected"]);
    expect(results[2]).toMatchObject({ reason: { code: "disk_full", message: "Storage does not keep up" } });
    await writer.writeSegment(0, 4, bytes);
    expect(writer.counts).toMatchObject({ files: 3, dropped: 2 });
    await writer.close();
    await syncs.close();
    expect(await readdir(writer.folder)).toEqual(["segment-0-0.m4s", "segment-0-1.m4s", "segment-0-4.m4s"]);
  });

  it("leaves nothing of a file that could not get its name, and says so", async () => {
    const { writer, logger, close } = await openWriter(root);
    await mkdir(path.join(writer.folder, "segment-0-0.m4s"));
    await expect(writer.writeSegment(0, 0, segmentBytes())).rejects.toMatchObject({ code: "EISDIR" });
    expect(await readdir(writer.folder)).toEqual(["segment-0-0.m4s"]);
    expect(logger.lines).toEqual(["warn a file of a buffer could not be written"]);
    await close();
  });

  it("does not write through a link that somebody put in its way", async () => {
    const { writer, close } = await openWriter(root);
    const victim = path.join(root, "victim");
    await writeFile(victim, "untouched");
    await symlink(victim, path.join(writer.folder, "segment-0-0.m4s.tmp"));
    await expect(writer.writeSegment(0, 0, segmentBytes())).rejects.toMatchObject({ code: "ELOOP" });
    await symlink(victim, path.join(writer.folder, "segment-0-1.m4s"));
    await writer.writeSegment(0, 1, segmentBytes({ number: 1 }));
    expect(await readFile(victim, "utf8")).toBe("untouched");
    await close();
  });

  it("finishes what is under way when it is closed, and takes nothing after", async () => {
    const { writer, close } = await openWriter(root);
    const writing = writer.writeSegment(0, 0, segmentBytes());
    await Promise.all([close(), writer.close()]);
    await writing;
    await expect(writer.writeSegment(0, 1, segmentBytes())).rejects.toThrow(TypeError);
    expect(await readdir(writer.folder)).toEqual(["segment-0-0.m4s"]);
  });

  it("survives that its folder's parents vanish while it opens", async () => {
    for (let i = 0; i < 20; i += 1) {
      const [opened] = await Promise.all([
        openWriter(root),
        rm(path.join(root, "replay-buffer"), { recursive: true, force: true }).catch(() => {}),
      ]);
      await opened.close();
      expect(opened.logger.lines).toEqual([]);
    }
  });
});

describe("SyncQueue", () => {
  it("is bounded: what does not fit is closed without a sync, and counted", async () => {
    const logger = new LogLines();
    const syncs = new SyncQueue({ logger, limit: 2 });
    const writer = await SessionWriter.open({ root, ...SESSION, logger, syncs });
    await Promise.all(Array.from({ length: 40 }, (_, number) => writer.writeSegment(0, number, segmentBytes({ number }))));
    await syncs.close();
    await syncs.close();
    expect(syncs.counts.failed).toBe(0);
    expect((await readdir(writer.folder)).length).toBe(40);
    await writer.writeSegment(0, 40, segmentBytes({ number: 40 }));
    await syncs.flush();
    expect(syncs.counts.skipped).toBeGreaterThanOrEqual(1);
  });

  it("does not mind a session that is gone", async () => {
    const { writer, logger, close } = await openWriter(root);
    await writer.writeSegment(0, 0, segmentBytes());
    await rm(path.join(root, "replay-buffer"), { recursive: true });
    await close();
    expect(logger.lines).toEqual([]);
  });
});

describe("a killed recorder", () => {
  it("leaves whole files only, and at most one unfinished", async () => {
    const driver = new URL("store-write-driver.ts", import.meta.url);
    const hooks = new URL("run-source.ts", import.meta.url);
    const child = spawn(process.execPath, ["--conditions=source", "--import", hooks.href, driver.pathname, root], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let announced = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      announced += chunk.length;
      if (announced >= 50) child.kill("SIGKILL");
    });
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGKILL");
    const folder = sessionPath(root, SESSION);
    const names = await readdir(folder);
    const segments = names.filter((name) => name.endsWith(".m4s"));
    for (const name of segments) expect(describeSegment(await readFile(path.join(folder, name))).info.frames).toBe(10);
    // Every segment that was announced (one byte each) is there.
    expect(segments.length).toBeGreaterThanOrEqual(50);
    expect(names.filter((name) => name.endsWith(".tmp")).length).toBeLessThanOrEqual(1);
  });
});
