/** The whole receive path in simulated time: what a share sends comes out as GOPs, each frame once. */
import { millis, rtpTicks, wallMs } from "@livekit-replay/contract";
import { describe, expect, it } from "vitest";
import { nalUnits } from "../codec/annex-b.js";
import {
  gopFaults,
  H264Packetizer,
  pictureIndex,
  pictureParameterSet,
  sampleWall,
  sequenceParameterSet,
  ShareScene,
  soundIndex,
  soundOffsets,
  syntheticPicture,
  videoPayloadType,
} from "../testing/index.js";

const soundsOf = (scene: ShareScene): number[] => scene.gops.flatMap((gop) => gop.audio.flatMap((sample) => soundIndex(sample.data) ?? []));
const keyframesAsked = (scene: ShareScene): number[] => scene.sent.filter(({ packet }) => packet[1] === 206).map(({ at }) => at);

describe("a clean share", () => {
  it("keeps every frame once, in GOPs of about two seconds that continue each other", () => {
    const scene = new ShareScene().start().run(20_000).end();
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
    expect(scene.gops.length).toBeGreaterThanOrEqual(9);
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.runs.map((run) => [run.run, run.reason])).toEqual([[0, "start"]]);
    for (const gop of scene.gops.slice(0, -1)) expect(gop.endPts - gop.startPts).toBeLessThan(2_300_000);
    expect(scene.gops[0]?.format).toEqual({
      video: { kind: "h264", codec: "avc1.42e01f", width: 1280, height: 720 },
      audio: { kind: "opus", channels: 2, sampleRate: 48_000 },
    });
  });

  it("keeps every sound once, within 20 ms of its picture", () => {
    const scene = new ShareScene().start().run(12_000).end();
    const sounds = soundsOf(scene);
    expect(sounds[0]).toBeLessThan(3);
    expect(sounds).toEqual(Array.from(sounds, (_, i) => (sounds[0] ?? 0) + i));
    for (const offset of soundOffsets(scene.gops, scene.source)) expect(Math.abs(offset)).toBeLessThan(20);
    expect(scene.receiver.stats()).toMatchObject({ aligned: true, audioDropped: 0 });
  });

  it("dates frames by arrival", () => {
    const scene = new ShareScene().start().run(10_000).end();
    for (const gop of scene.gops) {
      const frame = scene.source.frames[pictureIndex(gop.video[0]?.data ?? new Uint8Array()) ?? -1];
      expect(Math.abs(sampleWall(gop, gop.startPts) - ((frame?.capturedAt ?? 0) + 35))).toBeLessThan(1);
    }
  });

  it("numbers runs from the one it is given, with the reason it is given", () => {
    const scene = new ShareScene({ receiver: { firstRun: 7, firstRunReason: "restart" } }).start().run(5000).end();
    expect(scene.gops[0]).toMatchObject({ run: 7, number: 0, runReason: "restart" });
    expect(scene.gaps).toEqual([]);
  });

  it("makes GOPs without sound for a share without sound", () => {
    const scene = new ShareScene({ source: { sound: false } }).start().run(6000);
    expect(scene.gops.length).toBe(2);
    scene.end();
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.gops[0]?.format.audio).toBeNull();
  });

  it("refuses codecs that cannot be kept", () => {
    const receiver = { video: { codecs: new Map([[96, "H265"]]) } };
    expect(() => new ShareScene({ receiver })).toThrow(TypeError);
  });
});

describe("a bad network", () => {
  it("keeps at least 99.5 % of the frames at 3 % loss and 20 ms round trip, none twice", () => {
    const link = { loss: 0.03, delayMs: millis(10), jitterMs: millis(4), reorder: 0.01, duplicate: 0.01, seed: 5 };
    const scene = new ShareScene({ source: { fps: 60, frameBytes: 12_000, keyBytes: 60_000 }, link }).start().run(60_000).end();
    const { frames } = scene;
    expect(new Set(frames).size).toBe(frames.length);
    expect(frames).toEqual([...frames].sort((a, b) => a - b));
    expect(frames.length / scene.source.frames.length).toBeGreaterThan(0.995);
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.receiver.stats().video.recovered).toBeGreaterThan(500);
    const asked = keyframesAsked(scene);
    asked.slice(1).forEach((at, i) => expect(at - (asked[i] ?? 0)).toBeGreaterThanOrEqual(1000));
  });

  it("says where frames are missing when packets are gone for good, and goes on at the next keyframe", () => {
    const scene = new ShareScene({ source: { answersNack: false, frameBytes: 500 } }).start().run(9200);
    scene.uplink.setLoss(1);
    scene.run(100).uplink.setLoss(0);
    scene.run(6000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.runs.length).toBe(1);
    expect(scene.gaps).toHaveLength(1);
    const [gap] = scene.gaps;
    expect(gap).toMatchObject({ reason: "loss" });
    expect((gap?.toMs ?? 0) - (gap?.fromMs ?? 0)).toBeLessThan(1000);
    expect(scene.gops.flatMap((gop) => gop.gaps)).toEqual(scene.gaps);
    const shown = new Set(scene.frames);
    const missing = scene.source.frames.filter((frame) => !shown.has(frame.index)).map((frame) => frame.capturedAt + 35);
    expect(Math.min(...missing)).toBeGreaterThan((gap?.fromMs ?? 0) - 40);
    expect(Math.max(...missing)).toBeLessThan((gap?.toMs ?? 0) + 1);
  });

  it("gets everything again that was lost in a short outage", () => {
    const scene = new ShareScene().start().run(9000);
    scene.uplink.setLoss(1);
    scene.run(1500).uplink.setLoss(0);
    scene.run(6000).end();
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
    expect(scene.gaps).toEqual([]);
    expect(scene.runs).toHaveLength(1);
  });

  it("starts a new run after a longer outage, and leaves the gap between the two", () => {
    const scene = new ShareScene({ source: { frameBytes: 6000 } }).start().run(9000);
    scene.uplink.setLoss(1);
    scene.run(5000).uplink.setLoss(0);
    scene.run(6000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.runs.map((run) => run.reason)).toEqual(["start", "silence"]);
    const last = scene.gops.filter((gop) => gop.run === 0).at(-1);
    const next = scene.gops.find((gop) => gop.run === 1);
    expect(scene.gaps).toHaveLength(1);
    expect(scene.gaps[0]?.fromMs).toBeCloseTo(last ? sampleWall(last, last.endPts) : 0, 0);
    expect(scene.gaps[0]?.toMs).toBeCloseTo(next?.startWall ?? 0, 0);
    expect((scene.gaps[0]?.toMs ?? 0) - (scene.gaps[0]?.fromMs ?? 0)).toBeGreaterThan(4900);
    for (const offset of soundOffsets(scene.gops, scene.source)) expect(Math.abs(offset)).toBeLessThan(25);
  });

  it("survives any bytes", () => {
    const scene = new ShareScene().start().run(3000);
    for (let i = 0; i < 2000; i += 1) {
      const bytes = Uint8Array.from({ length: (i * 7) % 90 }, (_, j) => (i * 31 + j * 17 + (i >> 3)) & 0xff);
      scene.receiver.video(bytes, scene.now);
      scene.receiver.audio(bytes, scene.now);
      scene.receiver.rtcp("video", bytes, scene.now);
    }
    scene.run(3000).end();
    expect(scene.receiver.stats().video.rejected).toBeGreaterThan(1900);
    expect(gopFaults(scene.gops)).toEqual([]);
  });
});

describe("keyframes", () => {
  it("are asked for when the GOP is two seconds old, at most once a second", () => {
    const scene = new ShareScene({ link: { loss: 0.2, delayMs: millis(60) } }).start().run(30_000);
    const pli = keyframesAsked(scene);
    expect(pli.length).toBeGreaterThan(10);
    pli.slice(1).forEach((at, i) => expect(at - (pli[i] ?? 0)).toBeGreaterThanOrEqual(1000));
  });

  it("that are never sent on request make longer GOPs", () => {
    const scene = new ShareScene({ source: { answersPli: false, keyEveryMs: millis(10_000) } }).start().run(45_000).end();
    expect(scene.gops.slice(0, -1).map((gop) => Math.round(gop.endPts / 1e6) % 10)).toEqual([0, 0, 0, 0]);
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
    expect(scene.source.keyframeRequests).toBeLessThan(25);
  });

  it("of another size do not end the run", () => {
    const scene = new ShareScene().start().run(5000);
    scene.source.resize(640, 360);
    scene.run(5000).end();
    expect(scene.runs).toHaveLength(1);
    expect(scene.receiver.stats()).toMatchObject({ width: 640, height: 360 });
    expect(scene.gops[0]?.format.video).toMatchObject({ width: 1280, height: 720 });
  });

  it("of another profile start a run that follows without a hole", () => {
    const scene = new ShareScene().start().run(9000);
    scene.source.resize(1280, 720, 100);
    scene.run(5000).end();
    expect(scene.runs.map((run) => [run.reason, run.format.video.codec])).toEqual([
      ["start", "avc1.42e01f"],
      ["format", "avc1.64001f"],
    ]);
    const last = scene.gops.filter((gop) => gop.run === 0).at(-1);
    expect(last && sampleWall(last, last.endPts)).toBeCloseTo(scene.runs[1]?.startWall ?? 0, 3);
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
    expect(scene.gaps).toEqual([]);
    expect(gopFaults(scene.gops)).toEqual([]);
  });

  it("of a GOP that grows too large come next: it is dropped and counted", () => {
    const source = { answersPli: false, keyEveryMs: millis(60_000), frameBytes: 60_000, sound: false };
    const scene = new ShareScene({ source }).start().run(3000);
    scene.source.wantKey();
    scene.run(40_000);
    const { gopsDropped, heldBytes } = scene.receiver.stats();
    expect(gopsDropped).toBe(1);
    expect(heldBytes).toBe(0);
    scene.source.wantKey();
    scene.run(5000).end();
    expect(scene.gaps).toMatchObject([{ reason: "loss" }]);
    expect(scene.runs.map((run) => run.run)).toEqual([0, 1]);
    expect(gopFaults(scene.gops)).toEqual([]);
  });

  it("of the first GOP that grows too large leave nothing behind", () => {
    const source = { answersPli: false, keyEveryMs: millis(20_000), frameBytes: 90_000, sound: false };
    const scene = new ShareScene({ source }).start().run(15_000);
    expect(scene.receiver.stats()).toMatchObject({ gopsDropped: 1, heldBytes: 0, gops: 0 });
    scene.source.setStill(true);
    scene.run(5200).end();
    expect(scene.runs).toMatchObject([{ run: 0, reason: "start" }]);
    expect(scene.frames).toHaveLength(1);
    expect(gopFaults(scene.gops)).toEqual([]);
  });
});

describe("a frame", () => {
  it("whose slices come each with a marker is one sample", () => {
    const scene = new ShareScene({ source: { sound: false } });
    const packetizer = new H264Packetizer({ ssrc: 5, payloadType: videoPayloadType });
    const sets = [sequenceParameterSet({ width: 640, height: 360 }), pictureParameterSet()];
    for (let i = 0; i < 10; i += 1) {
      for (const index of [2 * i, 2 * i + 1]) {
        const picture = syntheticPicture({ index, key: i === 0, sets: index === 0 ? sets : [] });
        packetizer.packetize(picture, rtpTicks(i * 3000)).forEach((packet) => scene.receiver.video(packet, wallMs(scene.now + i * 33)));
      }
      scene.receiver.tick(wallMs(scene.now + i * 33));
    }
    scene.receiver.close(wallMs(scene.now + 400));
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.gops.flatMap((gop) => gop.video.map((sample) => nalUnits(sample.data).map((unit) => (unit[0] ?? 0) & 31)))).toEqual([
      [7, 8, 5, 7, 8, 5],
      ...Array.from({ length: 9 }, () => [1, 1]),
    ]);
  });
});

describe("a picture that stands still", () => {
  it("is held, and sound goes on", () => {
    const scene = new ShareScene({ source: { answersPli: false } }).start().run(8000);
    scene.source.setStill(true);
    scene.run(12_000).source.setStill(false);
    scene.run(200).source.wantKey();
    scene.run(3000).end();
    expect(scene.runs).toHaveLength(1);
    expect(scene.gaps).toEqual([]);
    expect(gopFaults(scene.gops)).toEqual([]);
    const longest = Math.max(...scene.gops.flatMap((gop) => gop.video.map((sample) => sample.duration)));
    expect(longest).toBeGreaterThan(11_900_000);
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
  });

  it("lasts to the end of the share", () => {
    const scene = new ShareScene({ source: { answersPli: false } }).start().run(8000);
    scene.source.setStill(true);
    scene.run(5000).end();
    const last = scene.gops.at(-1);
    expect(last && sampleWall(last, last.endPts)).toBeGreaterThan(scene.clock.now - 800);
  });

  it("lasts to the end that close is given", () => {
    const scene = new ShareScene().start().run(8000);
    const end = wallMs(scene.clock.now + 123);
    scene.receiver.close(scene.now, end);
    scene.receiver.close(scene.now);
    scene.receiver.video(new Uint8Array(3), scene.now);
    const last = scene.gops.at(-1);
    expect(last && sampleWall(last, last.endPts)).toBeCloseTo(end, 2);
    expect(scene.receiver.tail(scene.now)).toBeNull();
    expect(gopFaults(scene.gops)).toEqual([]);
  });
});
