/** Sound that stops, starts late, comes late or drifts: each GOP leaves with sound up to its end, in step with the picture. */
import { millis } from "@livekit-replay/contract";
import { describe, expect, it } from "vitest";
import type { Gop } from "../segment/gop.js";
import { audioPayloadType, goodbye, gopFaults, ShareScene, soundIndex, soundOffsets } from "../testing/index.js";

const soundsOf = (gops: readonly Gop[]): number[] => gops.flatMap((gop) => gop.audio.flatMap((sample) => soundIndex(sample.data) ?? []));

const silenceOf = (gops: readonly Gop[]): number =>
  gops.reduce(
    (sum, gop) => sum + gop.audio.reduce((span, sample) => span + (soundIndex(sample.data) === null ? sample.duration : 0), 0),
    0,
  ) / 1000;

function expectAligned(scene: ShareScene, limit = 25, gops: readonly Gop[] = scene.gops): void {
  const offsets = soundOffsets(gops, scene.source);
  expect(offsets.length).toBeGreaterThan(0);
  for (const offset of offsets) expect(Math.abs(offset)).toBeLessThan(limit);
}

describe("a mute", () => {
  it("is filled with silence, and GOPs go on leaving", () => {
    const scene = new ShareScene().start().run(8000);
    scene.source.setMuted(true);
    scene.run(7000);
    expect(scene.gops.length).toBeGreaterThan(5);
    scene.source.setMuted(false);
    scene.run(5000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.runs).toHaveLength(1);
    expect(silenceOf(scene.gops)).toBeGreaterThan(6900);
    expect(silenceOf(scene.gops)).toBeLessThan(7200);
    expect(scene.receiver.stats().audioDropped).toBeLessThanOrEqual(1);
    expectAligned(scene);
  });

  it("of 400 ms at a time, as discontinuous transmission makes, loses no packet", () => {
    const scene = new ShareScene().start().run(8000);
    for (let i = 0; i < 10; i += 1) {
      scene.source.setMuted(true);
      scene.run(400).source.setMuted(false);
      scene.run(20);
    }
    scene.run(3000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    const sounds = soundsOf(scene.gops);
    expect(sounds).toEqual(Array.from(sounds, (_, i) => (sounds[0] ?? 0) + i));
    expect(scene.receiver.stats().audioDropped).toBe(0);
    expectAligned(scene);
  });

  it("from the start leaves a run without sound; sound that comes later starts a run that has it, without a hole", () => {
    const scene = new ShareScene();
    scene.source.setMuted(true);
    scene.start().run(9000).source.setMuted(false);
    scene.run(12_000).end();
    expect(scene.runs.map((run) => [run.reason, run.format.audio?.channels ?? null])).toEqual([
      ["start", null],
      ["format", 2],
    ]);
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
    expect(scene.gaps).toEqual([]);
    expectAligned(scene);
  });
});

it("a goodbye is noted until packets come again", () => {
  const scene = new ShareScene().start().run(3000);
  scene.source.setMuted(true);
  scene.run(100);
  scene.receiver.rtcp("video", goodbye(scene.source.ssrc("audio")), scene.now);
  expect(scene.receiver.stats().audio?.goodbyeAt).toBe(scene.now);
  expect(scene.receiver.stats().video.goodbyeAt).toBeNull();
  scene.source.setMuted(false);
  scene.run(100);
  expect(scene.receiver.stats().audio?.goodbyeAt).toBeNull();
});

describe("a sound track", () => {
  const audio = { codecs: new Map([[audioPayloadType, "opus"]]), channels: 2 as const };

  it("that is added later starts a run that has it", () => {
    const scene = new ShareScene({ receiver: { audio: null } }).start().run(5000);
    expect(scene.receiver.stats().audio).toBeNull();
    expect(scene.gops.length).toBeGreaterThan(1);
    scene.receiver.addAudio(audio);
    scene.run(15_000).end();
    expect(scene.runs.map((run) => [run.reason, run.format.audio?.channels ?? null])).toEqual([
      ["start", null],
      ["format", 2],
    ]);
    expect(gopFaults(scene.gops)).toEqual([]);
    expectAligned(scene);
  });

  it("that takes another's place starts a run with its channels", () => {
    const scene = new ShareScene().start().run(9000);
    scene.receiver.addAudio({ ...audio, channels: 1 });
    scene.run(12_000).end();
    expect(scene.runs.map((run) => [run.reason, run.format.audio?.channels ?? null])).toEqual([
      ["start", 2],
      ["format", 1],
    ]);
    expect(gopFaults(scene.gops)).toEqual([]);
    expectAligned(scene, 40);
  });

  it("must be one that can be kept", () => {
    const scene = new ShareScene();
    expect(() => scene.receiver.addAudio({ codecs: new Map([[0, "PCMU"]]), channels: 1 })).toThrow(TypeError);
    expect(() => scene.receiver.addAudio({ codecs: new Map(), channels: 1 })).toThrow(TypeError);
  });
});

describe("packets of sound", () => {
  it("that are lost for good leave silence of their length", () => {
    const scene = new ShareScene({ link: { loss: 0.05, seed: 9 }, source: { frameBytes: 300, keyBytes: 300 } }).start().run(20_000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    const count = soundsOf(scene.gops).length;
    expect(new Set(soundsOf(scene.gops)).size).toBe(count);
    expect(count).toBeGreaterThan(scene.source.sounds.length * 0.92);
    expect(scene.receiver.stats().audioDropped).toBeLessThan(3);
    expectAligned(scene);
  });

  it("that come 800 ms after the picture are kept, not replaced", () => {
    const scene = new ShareScene({ source: { soundEncodeMs: millis(830) } }).start().run(15_000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    const sounds = soundsOf(scene.gops);
    expect(sounds).toEqual(Array.from(sounds, (_, i) => (sounds[0] ?? 0) + i));
    expectAligned(scene);
  });

  it("whose clock stood still while nothing was captured go on where they belong", () => {
    const scene = new ShareScene({ source: { audioReportMs: null } }).start().run(12_000);
    const before = soundsOf(scene.gops).length;
    scene.source.setMuted(true);
    scene.run(5000).source.setMuted(false);
    scene.source.jump("audio", millis(-5000));
    scene.run(10_000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(before).toBeGreaterThan(400);
    expect(scene.runs.map((run) => run.reason)).toEqual(["start", "clock"]);
    expectAligned(
      scene,
      60,
      scene.gops.filter((gop) => gop.run === 1),
    );
  });

  it("whose timestamps jump ahead go on where they belong", () => {
    const scene = new ShareScene().start().run(12_000);
    scene.source.jump("audio", millis(40_000));
    scene.run(10_000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.runs.map((run) => run.reason)).toEqual(["start", "clock"]);
    expectAligned(scene, 40);
  });
});

describe("alignment by sender reports", () => {
  for (const hours of [-1, 1]) {
    for (const [at, held] of [
      [0, true],
      [3000, true],
      [7000, false],
    ] as const) {
      it(`comes at ${at} ms from a publisher whose clock is wrong by ${hours} h`, () => {
        const source = {
          clockErrorMs: millis(hours * 3_600_000),
          videoReportMs: millis(at),
          audioReportMs: millis(at),
          encodeMs: millis(130),
        };
        const scene = new ShareScene({ source }).start().run(5500);
        expect(scene.gops.length > 0).toBe(at < 5500);
        scene.run(14_500).end();
        expect(gopFaults(scene.gops)).toEqual([]);
        expect(scene.runs).toHaveLength(1);
        expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
        const settled = held ? scene.gops : scene.gops.filter((gop) => gop.startPts > 9_000_000);
        expectAligned(scene, 25, settled);
      });
    }
  }

  it("counts when it comes before the track's first packet", () => {
    const scene = new ShareScene({
      source: { videoReportMs: millis(0), audioReportMs: millis(0), encodeMs: millis(300), soundEncodeMs: millis(200) },
    });
    scene.start().run(4000);
    expect(scene.gops.length).toBeGreaterThan(0);
    expectAligned(scene, 20);
  });

  it("begins again when the sound goes on under another SSRC, in a new run", () => {
    const scene = new ShareScene().start().run(9000);
    scene.source.renewSound();
    scene.run(12_000).end();
    expect(scene.runs.map((run) => run.reason)).toEqual(["start", "reconnect"]);
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
    expect(gopFaults(scene.gops)).toEqual([]);
    expectAligned(scene, 40);
    expect(scene.receiver.stats().audio).toMatchObject({ ssrcChanges: 1, goodbyeAt: null });
  });

  it("never comes: sound lies by arrival after six seconds", () => {
    const scene = new ShareScene({ source: { videoReportMs: null, audioReportMs: null } }).start().run(5900);
    expect(scene.gops).toEqual([]);
    scene.run(10_000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.runs).toHaveLength(1);
    expect(scene.receiver.stats().aligned).toBe(false);
    expectAligned(scene, 40);
  });

  it("follows sound and picture that drift apart by 200 millionths, in one run", () => {
    const scene = new ShareScene({ source: { driftPpm: 100, soundDriftPpm: -100, keyBytes: 500, frameBytes: 200, fps: 10 } })
      .start()
      .run(20 * 60_000)
      .end();
    expect(scene.runs).toHaveLength(1);
    expect(gopFaults(scene.gops)).toEqual([]);
    expectAligned(scene, 32);
  });
});
