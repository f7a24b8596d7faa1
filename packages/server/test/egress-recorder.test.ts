/** The recorder by egress against a LiveKit in memory: what it does in each state of an egress, and what it says. Files are real. */
import { millis, ReplayError } from "@livekit-replay/contract";
import { Encryption_Type, EgressInfo, EgressStatus, ParticipantInfo, TrackInfo, TrackSource, TrackType } from "@livekit/protocol";
import { WebhookEvent } from "livekit-server-sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "../src/platform/clock.js";
import type { EgressApi, EgressRequest } from "../src/recorders/egress/api.js";
import { EgressRecorder } from "../src/recorders/egress/recorder.js";
import type { RecorderEvent, RecordOptions } from "../src/recorders/port.js";
import { egressMaterial, type EgressMaterial, layOut } from "./egress-material.js";
import { LogLines, SESSION, tempRoot } from "./store-material.js";

/** LiveKit's egress service and rooms, complete in memory. */
class FakeLivekit implements EgressApi {
  readonly egresses = new Map<string, EgressInfo>();
  readonly requests: EgressRequest[] = [];
  readonly stopped: string[] = [];
  participants: ParticipantInfo[] = [];
  /** What every question fails with. */
  trouble: ReplayError | null = null;
  /** Egresses that cannot be stopped: their worker is dead. */
  readonly dead = new Set<string>();

  start(request: EgressRequest): Promise<EgressInfo> {
    return this.#answer(() => {
      this.requests.push(request);
      const egressId = `EG_${this.requests.length}`;
      return this.add(egressId, request.output.filenamePrefix);
    });
  }

  active(): Promise<readonly EgressInfo[]> {
    return this.#answer(() => [...this.egresses.values()].filter(({ status }) => status < EgressStatus.EGRESS_COMPLETE));
  }

  find(egressId: string): Promise<EgressInfo | null> {
    return this.#answer(() => this.egresses.get(egressId) ?? null);
  }

  stop(egressId: string): Promise<void> {
    return this.#answer(() => {
      if (this.dead.has(egressId)) throw new ReplayError("recorder_unavailable");
      this.stopped.push(egressId);
      this.end(egressId, EgressStatus.EGRESS_COMPLETE);
    });
  }

  add(egressId: string, filenamePrefix: string): EgressInfo {
    const info = new EgressInfo({
      egressId,
      roomName: SESSION.roomName,
      status: EgressStatus.EGRESS_ACTIVE,
      request: { case: "trackComposite", value: { segmentOutputs: [{ filenamePrefix }] } },
    });
    this.egresses.set(egressId, info);
    return info;
  }

  end(egressId: string, status: EgressStatus, error = ""): void {
    const info = this.egresses.get(egressId);
    if (info) this.egresses.set(egressId, Object.assign(info.clone(), { status, error }));
  }

  #answer<T>(answer: () => T): Promise<T> {
    return this.trouble ? Promise.reject(this.trouble) : Promise.resolve().then(answer);
  }
}

const sharing = (sid: string, more: Partial<TrackInfo> = {}, identity = "alice"): ParticipantInfo =>
  new ParticipantInfo({
    identity,
    tracks: [
      new TrackInfo({
        sid,
        type: TrackType.VIDEO,
        source: TrackSource.SCREEN_SHARE,
        mimeType: "video/H264",
        width: 1280,
        height: 720,
        ...more,
      }),
      new TrackInfo({ sid: `${sid}_sound`, type: TrackType.AUDIO, source: TrackSource.SCREEN_SHARE_AUDIO }),
    ],
  });

const options: RecordOptions = {
  ...SESSION,
  identity: "alice",
  videoTrackId: "TR_1",
  audioTrackId: "TR_1_sound",
  firstRun: 0,
  firstRunReason: "start",
};
const timings = {
  look: millis(10),
  ask: millis(30),
  firstSegment: millis(400),
  drain: millis(300),
  republish: millis(60),
  pauses: [millis(20), millis(50)],
  heartbeat: millis(20),
};

let material: EgressMaterial;
let removeMaterial: () => Promise<void>;
let root: string;
let remove: () => Promise<void>;
let livekit: FakeLivekit;
let recorder: EgressRecorder;
let events: RecorderEvent[];
let log: LogLines;
const activeElsewhere = new Set<string>();

beforeAll(async () => {
  const made = await egressMaterial(undefined);
  ({ material } = made);
  removeMaterial = () => made.remove();
});
afterAll(() => removeMaterial());
beforeEach(async () => {
  ({ root, remove } = await tempRoot());
  livekit = new FakeLivekit();
  livekit.participants = [sharing("TR_1")];
  events = [];
  log = new LogLines();
  activeElsewhere.clear();
  recorder = new EgressRecorder({
    api: livekit,
    rooms: {
      participants: () => (livekit.trouble ? Promise.reject(livekit.trouble) : Promise.resolve(livekit.participants)),
      participant: (_roomName, wanted) => Promise.resolve(livekit.participants.find(({ identity }) => identity === wanted) ?? null),
    },
    storageRoot: root,
    outputDir: "/out",
    // A ghost shows after three of them.
    segment: millis(100),
    isWanted: (id) => Promise.resolve(activeElsewhere.has(id)),
    clock: systemClock,
    logger: log,
    timings: { ...timings, ghostSegments: 8 },
  });
  recorder.on((event) => events.push(event));
});
afterEach(async () => {
  livekit.trouble = null;
  await recorder.close();
  await remove();
});

const told = (): string[] =>
  events.flatMap((event) =>
    event.type === "share"
      ? [`${event.state} ${event.reason ?? ""}`.trim()]
      : event.type === "segment"
        ? [`segment ${event.segment.run}/${event.segment.number}`]
        : [],
  );
const until = (wanted: () => boolean): Promise<void> =>
  vi.waitFor(
    () => {
      if (!wanted()) throw new Error(`not yet: ${JSON.stringify(told())}`);
    },
    { timeout: 5000, interval: 5 },
  );
/** As egress does: `count` segments of a run and their playlists. */
const write = (run: number, count: number, ended = false): Promise<unknown> => layOut(root, SESSION, material, { run, count, ended });
const segments = (): string[] => told().filter((line) => line.startsWith("segment"));

describe("a recording", () => {
  test("asks for the share's own size, segments of the right length, and names below the folder as egress sees it", async () => {
    const { recorderId } = await recorder.record(options);
    const [request] = livekit.requests;
    expect(request).toMatchObject({ roomName: SESSION.roomName, videoTrackId: "TR_1", audioTrackId: "TR_1_sound" });
    expect(request?.encoding).toMatchObject({ width: 1280, height: 720, framerate: 30 });
    expect(request?.output.filenamePrefix).toMatch(/^\/out\/replay-buffer\/~[a-z2-7]+\/~[a-z2-7]+\/session-0000000001\/segment$/);
    expect(request?.output.livePlaylistName.endsWith("/egress-live.m3u8")).toBe(true);
    await until(() => events.some((event) => event.type === "heartbeat" && event.recorderId === recorderId && event.stats.sessions === 1));
    expect(await recorder.tail()).toBeNull();
  });

  test("tells each segment once, and its last one before a stop is done", async () => {
    await recorder.record(options);
    await write(0, 2);
    await until(() => segments().length === 2);
    const stopping = Promise.all([recorder.stop(SESSION.sessionId), recorder.stop(SESSION.sessionId)]);
    await write(0, material.segments.length, true);
    await stopping;
    expect(segments()).toEqual(material.segments.map((_name, i) => `segment 0/${i}`));
    expect(livekit.stopped).toEqual(["EG_1"]);
    await recorder.stop(SESSION.sessionId);
  });

  test.each<[string, ParticipantInfo[], string]>([
    ["nobody", [], "not_sharing"],
    ["a camera", [sharing("TR_1", { source: TrackSource.CAMERA })], "not_sharing"],
    ["somebody else's track", [sharing("TR_1", {}, "mallory")], "not_sharing"],
    ["an encrypted share", [sharing("TR_1", { encryption: Encryption_Type.GCM })], "encrypted_room"],
    ["a codec that egress does not decode", [sharing("TR_1", { mimeType: "video/AV1" })], "unsupported_codec"],
  ])("of %s is refused, and no egress is left", async (_what, participants, code) => {
    livekit.participants = participants;
    await expect(recorder.record(options)).rejects.toMatchObject({ code });
    expect(livekit.egresses.size).toBe(0);
  });

  test("first ends what an earlier server left writing into the folder; what cannot be ended does not hinder", async () => {
    const prefix = `/out/replay-buffer/x/y/${SESSION.sessionId}/segment`;
    await recorder.record(options);
    const folder = livekit.requests[0]?.output.filenamePrefix ?? "";
    await recorder.stop(SESSION.sessionId);
    livekit.add("EG_left", folder);
    livekit.add("EG_ghost", `${folder}-1`);
    livekit.add("EG_other", prefix);
    livekit.dead.add("EG_ghost");
    await recorder.record({ ...options, firstRun: 2 });
    expect(livekit.stopped).toEqual(["EG_1", "EG_left"]);
  });
});

describe("what can happen to an egress", () => {
  const again = "The recording is interrupted; it is started again";

  test.each<[string, () => void, string]>([
    ["aborted", () => livekit.end("EG_1", EgressStatus.EGRESS_ABORTED, "no cpu"), "LiveKit egress was aborted before it recorded: no cpu"],
    [
      "over its limit",
      () => livekit.end("EG_1", EgressStatus.EGRESS_LIMIT_REACHED),
      "LiveKit egress reached the longest recording that it is set to",
    ],
    [
      "unable to write",
      () => livekit.end("EG_1", EgressStatus.EGRESS_FAILED, "open /out/replay-buffer/a/b: permission denied"),
      "LiveKit egress cannot write into the storage folder: open …: permission denied",
    ],
    ["unknown to LiveKit", () => livekit.egresses.delete("EG_1"), "LiveKit does not know the egress any more"],
    ["over before it wrote", () => livekit.end("EG_1", EgressStatus.EGRESS_COMPLETE), "LiveKit egress ended before it wrote a segment"],
  ])("%s: the person is told, and the next run is recorded", async (_what, happen, sentence) => {
    await recorder.record(options);
    happen();
    await until(() => livekit.requests.length === 2);
    expect(livekit.requests[1]?.output.filenamePrefix.endsWith("/segment-1")).toBe(true);
    await write(1, 1);
    await until(() => segments().length === 1);
    expect(told()).toEqual([`lost ${sentence}. ${again}`, "segment 1/0", "flowing"]);
  });

  test("no file comes: it is stopped and started anew, with growing pauses", async () => {
    await recorder.record(options);
    await until(() => livekit.requests.length === 3);
    expect(told()[0]).toMatch(/^lost LiveKit egress records, but no segment arrives in the storage folder/);
    expect(livekit.stopped.slice(0, 2)).toEqual(["EG_1", "EG_2"]);
  });

  test("a ghost that LiveKit cannot stop is left behind, and the gap is told", async () => {
    await recorder.record(options);
    await write(0, 2);
    livekit.dead.add("EG_1");
    await until(() => livekit.requests.length === 2);
    expect(told().at(-1)).toMatch(/^lost LiveKit egress has stopped writing segments/);
    await until(() => events.some((event) => event.type === "gap" && event.gap.reason === "restart"));
  });

  test("LiveKit cannot be asked: segments go on, nothing is started, and it is said when it answers again", async () => {
    await recorder.record(options);
    await write(0, 1);
    await until(() => segments().length === 1);
    livekit.trouble = new ReplayError("recorder_unavailable", { detail: "Recorder is not available: LiveKit cannot be reached" });
    await until(() => told().at(-1) === "lost Recorder is not available: LiveKit cannot be reached");
    await write(0, 2);
    await until(() => segments().length === 2);
    livekit.trouble = null;
    await until(() => told().at(-1) === "flowing");
    expect(livekit.requests).toHaveLength(1);
  });

  test("the share is gone: its session is let go; under new tracks it is the same share", async () => {
    await recorder.record(options);
    await write(0, 2, true);
    await until(() => segments().length === 2);
    livekit.participants = [sharing("TR_2")];
    livekit.end("EG_1", EgressStatus.EGRESS_COMPLETE);
    await until(() => livekit.requests.length === 2);
    expect(livekit.requests[1]).toMatchObject({ videoTrackId: "TR_2", audioTrackId: "TR_2_sound" });
    await write(1, 1, true);
    await until(() => segments().length === 3);
    livekit.participants = [];
    livekit.end("EG_2", EgressStatus.EGRESS_COMPLETE);
    await until(() => told().at(-1) === "ended The person does not share any more");
    expect(told().filter((line) => line.startsWith("lost"))).toEqual([]);
  });

  test("a webhook is a reason to ask, and nothing else", async () => {
    await recorder.record(options);
    await write(0, 1);
    await until(() => segments().length === 1);
    const info = new EgressInfo({ egressId: "EG_1", status: EgressStatus.EGRESS_FAILED, error: "a lie" });
    for (const event of ["egress_ended", "egress_ended", "egress_started"]) recorder.webhook(new WebhookEvent({ event, egressInfo: info }));
    const beats = events.length;
    await until(() => events.slice(beats).filter(({ type }) => type === "heartbeat").length > 3);
    expect(told().filter((line) => line.startsWith("lost"))).toEqual([]);
    expect(livekit.requests).toHaveLength(1);
  });
});

describe("orphans", () => {
  test("are what writes below our root for no active session, and nothing else", async () => {
    await recorder.record(options);
    activeElsewhere.add("session-0000000002");
    const below = (id: string): string => `/out/replay-buffer/lobby/alice/${id}/segment`;
    livekit.add("EG_nobody", below("session-0000000003"));
    livekit.add("EG_elsewhere", below("session-0000000002"));
    livekit.add("EG_foreign", "/recordings/meeting/segment");
    livekit.add("EG_dead", below("session-0000000004"));
    livekit.add("EG_old", `${livekit.requests[0]?.output.filenamePrefix ?? ""}-7`);
    livekit.dead.add("EG_dead");
    expect(await recorder.orphans()).toBe(2);
    expect(livekit.stopped.toSorted()).toEqual(["EG_nobody", "EG_old"]);
    livekit.trouble = new ReplayError("recorder_unavailable");
    expect(await recorder.orphans()).toBe(0);
  });
});

test("closing ends everything, once, and takes nothing more", async () => {
  await recorder.record(options);
  await Promise.all([recorder.close(), recorder.close()]);
  expect(livekit.stopped).toEqual(["EG_1"]);
  await expect(recorder.record(options)).rejects.toMatchObject({ code: "recorder_unavailable" });
  expect(log.lines.filter((line) => line.startsWith("error"))).toEqual([]);
});
