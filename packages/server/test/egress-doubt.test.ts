/** The recorder by egress where two egresses could meet in one folder, or one could record for nobody: against a LiveKit in memory. Files are real. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { millis, ReplayError } from "@livekit-replay/contract";
import { EgressInfo, EgressStatus, ParticipantInfo, TrackInfo, TrackSource, TrackType } from "@livekit/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../src/platform/clock.js";
import type { EgressApi, EgressRequest } from "../src/recorders/egress/api.js";
import { EgressRecorder } from "../src/recorders/egress/recorder.js";
import type { RecordOptions } from "../src/recorders/port.js";
import { sessionPath } from "../src/store/paths.js";
import { LogLines, SESSION, tempRoot } from "./store-material.js";

const unavailable = (): ReplayError => new ReplayError("recorder_unavailable");

/** LiveKit's egress service in memory: a stopped egress goes on ending until it is let go. */
class SlowLivekit implements EgressApi {
  readonly running = new Map<string, EgressInfo>();
  readonly prefixes: string[] = [];
  readonly stopped: string[] = [];
  /** How often it was asked what runs. */
  questions = 0;
  /** What is not answered, though starts happen all the same. */
  silent = new Set<"start" | "stop" | "active">();

  start({ output }: EgressRequest): Promise<EgressInfo> {
    const egressId = `EG_${this.prefixes.push(output.filenamePrefix)}`;
    const info = new EgressInfo({
      egressId,
      status: EgressStatus.EGRESS_ACTIVE,
      request: { case: "trackComposite", value: { segmentOutputs: [{ filenamePrefix: output.filenamePrefix }] } },
    });
    this.running.set(egressId, info);
    return this.silent.has("start") ? Promise.reject(unavailable()) : Promise.resolve(info);
  }

  active(): Promise<readonly EgressInfo[]> {
    this.questions += 1;
    return this.silent.has("active") ? Promise.reject(unavailable()) : Promise.resolve([...this.running.values()]);
  }

  find(egressId: string): Promise<EgressInfo | null> {
    return Promise.resolve(this.running.get(egressId) ?? null);
  }

  stop(egressId: string): Promise<void> {
    if (this.silent.has("stop")) return Promise.reject(unavailable());
    this.stopped.push(egressId);
    return Promise.resolve();
  }
}

const screen = { source: TrackSource.SCREEN_SHARE, type: TrackType.VIDEO, mimeType: "video/H264", width: 1280, height: 720 };
const alice = new ParticipantInfo({ identity: "alice", tracks: [new TrackInfo({ sid: "TR_1", ...screen })] });
const options: RecordOptions = {
  ...SESSION,
  identity: "alice",
  videoTrackId: "TR_1",
  audioTrackId: null,
  firstRun: 0,
  firstRunReason: "start",
};

let root: string;
let remove: () => Promise<void>;
let livekit: SlowLivekit;
let recorder: EgressRecorder;
let isWanted: boolean;
let said: string[];

beforeEach(async () => {
  ({ root, remove } = await tempRoot());
  livekit = new SlowLivekit();
  isWanted = true;
  recorder = new EgressRecorder({
    api: livekit,
    rooms: { participants: () => Promise.resolve([alice]), participant: () => Promise.resolve(alice) },
    storageRoot: root,
    outputDir: "/out",
    segment: millis(50),
    isWanted: () => Promise.resolve(isWanted),
    clock: systemClock,
    logger: new LogLines(),
    timings: { look: millis(10), ask: millis(20), drain: millis(100), doubt: millis(2000), firstSegment: millis(200) },
  });
  said = [];
  recorder.on((event) => event.type === "share" && said.push(`${event.state} ${event.reason ?? ""}`));
});
afterEach(async () => {
  livekit.silent.clear();
  await recorder.close();
  await remove();
});

const runs = (): string[] => livekit.prefixes.map((prefix) => path.basename(prefix));

test("an egress that was stopped before its first file came keeps its names: the next one gets others", async () => {
  await recorder.record(options);
  await recorder.stop(SESSION.sessionId);
  // Nothing is in the folder yet, so that the same run is asked for; egress still brings its segment.
  await recorder.record(options);
  expect(runs()).toEqual(["segment", "segment-1"]);
});

test("files that came after the run was chosen are never written again", async () => {
  const folder = sessionPath(root, SESSION);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "segment-2_00000.ts"), "");
  await recorder.record({ ...options, firstRun: 1 });
  expect(runs()).toEqual(["segment-3"]);
});

test("what egress writes and we cannot read is as good as nothing: that is said, and tried again", async () => {
  await recorder.record(options);
  const folder = sessionPath(root, SESSION);
  await symlink(path.join(folder, "elsewhere"), path.join(folder, "egress-full.m3u8"));
  await writeFile(path.join(folder, "elsewhere"), "#EXTM3U");
  await vi.waitUntil(() => runs().length > 1, { timeout: 3000, interval: 5 });
  expect(said[0]).toMatch(/^lost LiveKit egress records, but no segment arrives in the storage folder/);
});

test("an egress that begins after its start was given up is ended soon, not within the hour", async () => {
  livekit.silent.add("start");
  await expect(recorder.record(options)).rejects.toMatchObject({ code: "recorder_unavailable" });
  isWanted = false;
  await vi.waitUntil(() => livekit.stopped.includes("EG_1"), { timeout: 3000, interval: 5 });
});

test("an egress whose stop LiveKit did not answer is ended as soon as it can be asked again, however late", async () => {
  await recorder.record(options);
  livekit.silent = new Set(["stop", "active"]);
  await recorder.stop(SESSION.sessionId);
  isWanted = false;
  // It is asked for longer than a start could take.
  const asked = livekit.questions;
  await vi.waitUntil(() => livekit.questions > asked + 30, { timeout: 5000, interval: 5 });
  expect(livekit.stopped).toEqual([]);
  livekit.silent.clear();
  await vi.waitUntil(() => livekit.stopped.includes("EG_1"), { timeout: 3000, interval: 5 });
});

test("an egress that may go on after its stop is waited for and ended, though its session goes on without it", async () => {
  await recorder.record(options);
  livekit.silent = new Set(["stop", "active"]);
  await recorder.stop(SESSION.sessionId);
  expect(recorder.drains(SESSION.sessionId)).toBe(true);
  livekit.silent.clear();
  await vi.waitUntil(() => livekit.stopped.includes("EG_1"), { timeout: 3000, interval: 5 });
  // It brings its last segment still: what is deleted of the session now would come back.
  expect(recorder.drains(SESSION.sessionId)).toBe(true);
  livekit.running.delete("EG_1");
  await vi.waitUntil(() => !recorder.drains(SESSION.sessionId), { timeout: 3000, interval: 5 });
});
