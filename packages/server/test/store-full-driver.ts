/** Everything that the store does, on a disk that is really full. Prints what came of it. */
import { closeSync, openSync, writeSync } from "node:fs";
import { readdir, readFile, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { ReplayError, wallMs } from "@livekit-replay/contract";
import { readPlaylist } from "@livekit-replay/media";
import { sessionPath } from "../src/store/paths.js";
import { openWriter, segmentBytes, SESSION, START, tree, writeRun } from "./store-material.js";
import { capture, finalise, openWorld, theSession } from "./store-world.js";

const [, , root = ""] = process.argv;
const filler = path.join(root, "filler");
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof ReplayError ? error.code : String(error)),
  );
const files = async (): Promise<string[]> => (await tree(root)).filter((name) => !/^(catalog|filler)/u.test(name));

/** Takes the last byte. */
function fill(): void {
  const fd = openSync(filler, "a");
  const block = new Uint8Array(4096);
  try {
    for (;;) writeSync(fd, block);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOSPC") throw error;
  } finally {
    closeSync(fd);
  }
}

const pinOptions = {
  userId: "carol",
  atMs: wallMs(START),
  from: SESSION,
  files: ["init-0.mp4", "segment-0-0.m4s"],
  playlist: "#EXTM3U\n",
};

/** Charges until the database has no room either; what came of it, each once. */
async function charges(): Promise<string[]> {
  const codes = new Set<string>();
  for (let i = 0; i < 2000 && !codes.has("disk_full"); i += 1) codes.add(await codeOf(ledger.reserve("carol", `clip-${i}`, 1)));
  return [...codes];
}

const { writer, close } = await openWriter(root);
await writeRun(writer, 3, { frameBytes: 10_000 });
const world = await openWorld(root);
const { store, ledger, catalog } = world;
await catalog.sessions.insert(theSession);
const clip = await capture(world, "clip-000000000000001");
const buffer = await store.buffers.open(SESSION);
await buffer.settled();
const before = await files();

fill();
const full = {
  free: (await statfs(root)).bavail,
  segment: await codeOf(writer.writeSegment(0, 3, segmentBytes({ number: 3, frameBytes: 10_000 }))),
  tail: await codeOf(writer.writeTail("capture-000000000001", segmentBytes({ frameBytes: 10_000 }))),
  finalise: await codeOf(finalise(world, clip)),
  poster: await codeOf(store.clips.writePoster({ userId: "bob", key: clip.fileKey }, segmentBytes({ frameBytes: 10_000 }))),
  charges: await charges(),
  pin: await codeOf(store.pins.pin({ ...pinOptions, tail: { kind: "bytes", bytes: segmentBytes({ frameBytes: 10_000 }) } })),
  sameFiles: JSON.stringify(await files()) === JSON.stringify(before),
};

// Room for one segment and nothing more: it is written, its playlists are not.
await rm(filler);
await writer.writeSegment(0, 3, segmentBytes({ number: 3, frameBytes: 10_000 }));
fill();
const listed = (await buffer.add({ run: 0, number: 3 })) !== null;
await buffer.settled();
const failedPlaylists = store.counters.get("playlist_write_failed");
await rm(filler);

await writer.writeSegment(0, 4, segmentBytes({ number: 4, frameBytes: 10_000 }));
await buffer.add({ run: 0, number: 4 });
await buffer.settled();
const { reservedBytes } = await ledger.quotaOf("carol");
for (let i = 0; i < reservedBytes; i += 1) await ledger.release("carol", `clip-${i}`);
await finalise(world, clip);
const second = await capture(world, "clip-000000000000003");
await finalise(world, second);
const live = readPlaylist(await readFile(path.join(sessionPath(root, SESSION), "live.m3u8"), "utf8"));
const after = {
  playlist: live.segments.length,
  states: (await catalog.clips.all()).map(({ state }) => state),
  findings: await store.check(),
  unfinished: (await tree(root)).filter((name) => name.endsWith(".tmp")),
  owners: await readdir(path.join(root, "replays")),
};
await close();
await world.close();
process.stdout.write(JSON.stringify({ full, listed, failedPlaylists, dropped: writer.counts.dropped, after }));
