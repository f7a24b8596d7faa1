/** Wall time over hours, jumps of every clock, and memory that stays flat. */
import { millis } from "@livekit-replay/contract";
import { describe, expect, it } from "vitest";
import type { Gop } from "../segment/gop.js";
import { gopFaults, pictureIndex, sampleWall, ShareScene, soundOffsets } from "../testing/index.js";

/** How far each frame's wall time is from capture plus the smallest delay. */
function wallErrors(scene: ShareScene, gops: readonly Gop[], delay: number): number[] {
  return gops.flatMap((gop) =>
    gop.video.map((sample) => {
      const frame = scene.source.frames[pictureIndex(sample.data) ?? -1];
      return sampleWall(gop, sample.pts) - ((frame?.capturedAt ?? NaN) + delay);
    }),
  );
}

describe("wall time", () => {
  for (const driftPpm of [-100, 0, 100]) {
    it(`is right within 5 ms under jitter, with a publisher's clock that drifts by ${driftPpm} millionths for two hours`, () => {
      const errors: number[] = [];
      const options = {
        source: { driftPpm, fps: 5, frameBytes: 60, keyBytes: 60, sound: false },
        link: { jitterMs: millis(30), seed: 3 },
        forgetGops: true,
      };
      const scene = new ShareScene(options);
      scene.onGop = (gop) => {
        if (gop.number > 5) errors.push(Math.max(...wallErrors(scene, [gop], 35).map(Math.abs)));
      };
      scene.start().run(2 * 3_600_000);
      expect(errors.length).toBeGreaterThan(3000);
      expect(Math.max(...errors)).toBeLessThan(5);
    });
  }

  it("of a publisher whose timestamps jump goes on by arrival, in a new run, without losing a frame", () => {
    for (const jump of [-100_000, -50, 300, 500_000]) {
      const scene = new ShareScene().start().run(9000);
      scene.source.jump("video", millis(jump));
      scene.run(9000).end();
      expect(scene.runs.map((run) => run.reason)).toEqual(["start", "clock"]);
      expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
      expect(gopFaults(scene.gops)).toEqual([]);
      for (const error of wallErrors(scene, scene.gops, 35)) expect(Math.abs(error)).toBeLessThan(20);
      expect(scene.gaps).toEqual([]);
    }
  });

  it("of a publisher whose timestamps stood still is right again after some seconds, in a new run", () => {
    const scene = new ShareScene().start().run(9000);
    while (!scene.source.frames.at(-1)?.key) scene.run(10);
    scene.source.setStill(true);
    scene.run(1500);
    expect(scene.receiver.stats().frames).toBe(scene.source.frames.length);
    scene.source.setStill(false);
    scene.source.jump("video", millis(-1450));
    scene.run(14_000).end();
    expect(scene.runs.map((run) => run.reason)).toEqual(["start", "clock"]);
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
    expect(gopFaults(scene.gops)).toEqual([]);
    const second = scene.gops.filter((gop) => gop.run === 1);
    for (const error of wallErrors(scene, second, 35)) expect(Math.abs(error)).toBeLessThan(5);
    for (const offset of soundOffsets(second, scene.source).slice(50)) expect(Math.abs(offset)).toBeLessThan(40);
  });

  it("that is set on the server by an hour starts a new run that is dated by the new time", () => {
    for (const step of [3_600_000, -3_600_000, -2000]) {
      const scene = new ShareScene().start().run(9000);
      scene.clockStep = step;
      scene.run(9000).end();
      expect(scene.runs.map((run) => run.reason)).toEqual(["start", "clock"]);
      expect(gopFaults(scene.gops)).toEqual([]);
      for (const error of wallErrors(
        scene,
        scene.gops.filter((gop) => gop.run === 0),
        35,
      ))
        expect(Math.abs(error)).toBeLessThan(2);
      for (const error of wallErrors(
        scene,
        scene.gops.filter((gop) => gop.run === 1),
        35 + step,
      ))
        expect(Math.abs(error)).toBeLessThan(15);
    }
  });
});

describe("two hours", () => {
  it("with wraps of sequence numbers and timestamps inside keep every frame once, in flat memory", () => {
    const source = { fps: 12, frameBytes: 60, keyBytes: 60, firstSequence: 65_000, firstTimestamp: 2 ** 32 - 90_000 * 3600 };
    const scene = new ShareScene({ source, link: { loss: 0.01, reorder: 0.01, duplicate: 0.01, jitterMs: millis(5) }, forgetGops: true });
    let expected = 0;
    let last: Gop | null = null;
    const faults: string[] = [];
    scene.onGop = (gop) => {
      for (const sample of gop.video) {
        if (pictureIndex(sample.data) !== expected) faults.push(`frame ${expected} is ${pictureIndex(sample.data)}`);
        expected += 1;
      }
      if (last !== null) faults.push(...gopFaults([last, gop]).filter((fault) => !fault.includes("a run begins")));
      last = gop;
    };
    scene.start();
    for (let minute = 0; minute < 120; minute += 1) {
      scene.run(60_000);
      const { heldBytes, heldFrames, heldAudioPackets, video, audio } = scene.receiver.stats();
      expect(heldBytes).toBeLessThan(50_000);
      expect(heldFrames).toBeLessThan(60);
      expect(heldAudioPackets).toBeLessThan(200);
      expect(video.waitingPackets + (audio?.waitingPackets ?? 0)).toBeLessThan(40);
      expect(scene.clock.pending).toBeLessThan(100);
    }
    expect(faults).toEqual([]);
    expect(expected).toBeGreaterThan(120 * 60 * 12 - 60);
    expect(scene.runs).toHaveLength(1);
    expect(scene.gaps).toEqual([]);
  });
});
