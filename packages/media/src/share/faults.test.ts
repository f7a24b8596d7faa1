/** Any faults in any order: GOPs keep their promises, no frame comes twice, tails are part of what follows, and memory stays bounded. */
import { millis } from "@livekit-replay/contract";
import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { gopFaults, pictureIndex, sampleWall, ShareScene, soundOffsets } from "../testing/index.js";

const span = fc.integer({ min: -100_000, max: 100_000 });
/** The server's clock. Steps that look like a delay of the network are followed slowly. */
const step = fc.oneof(fc.integer({ min: -100_000, max: -300 }), fc.integer({ min: 300, max: 100_000 }));

/** One fault, and how long to wait after it. */
const fault = fc.record({
  wait: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 6000 })),
  make: fc.oneof(
    fc.constantFrom(0, 0, 0.03, 0.3, 1).map((loss) => ({ name: `loss ${loss}`, on: (scene: ShareScene) => scene.uplink.setLoss(loss) })),
    fc.boolean().map((on) => ({ name: `mute ${on}`, on: (scene: ShareScene) => scene.source.setMuted(on) })),
    fc.boolean().map((on) => ({ name: `still ${on}`, on: (scene: ShareScene) => scene.source.setStill(on) })),
    span.map((by) => ({ name: `picture jumps ${by}`, on: (scene: ShareScene) => scene.source.jump("video", millis(by)) })),
    span.map((by) => ({ name: `sound jumps ${by}`, on: (scene: ShareScene) => scene.source.jump("audio", millis(by)) })),
    fc
      .constantFrom(66, 100)
      .map((profile) => ({ name: `profile ${profile}`, on: (scene: ShareScene) => scene.source.resize(640, 480, profile) })),
    fc.constant({ name: "new picture", on: (scene: ShareScene) => scene.source.renewVideo() }),
    fc.constant({ name: "new sound", on: (scene: ShareScene) => scene.source.renewSound() }),
    fc.constant({ name: "probe", on: (scene: ShareScene) => scene.source.probe(5) }),
    fc.constant({ name: "interrupt", on: (scene: ShareScene) => scene.receiver.interrupt("pause", scene.now) }),
    step.map((by) => ({ name: `server's clock jumps ${by}`, on: (scene: ShareScene) => void (scene.clockStep += by) })),
    fc.constant({ name: "tail", on: tailRightly }),
  ),
});

function tailRightly(scene: ShareScene): void {
  const tail = scene.receiver.tail(scene.now);
  if (tail === null) return;
  // One that is shorter than a packet may lie under the last packet of the GOP before it.
  const isShort = tail.gop.endPts - tail.gop.startPts < 25_000;
  expect(gopFaults([tail.gop]).filter((each) => !each.includes("a run begins") && !(isShort && each.includes("does not reach")))).toEqual(
    [],
  );
  expect(tail.numbers[0]).toBe(tail.gop.number);
  if (tail.lastFrameWall <= scene.now) expect(sampleWall(tail.gop, tail.gop.endPts)).toBeCloseTo(scene.now, 1);
}

const source = fc.record({
  sound: fc.boolean(),
  answersNack: fc.boolean(),
  answersPli: fc.boolean(),
  keyEveryMs: fc.constantFrom(millis(1000), millis(7000)),
  videoReportMs: fc.constantFrom(null, millis(0), millis(4000)),
  audioReportMs: fc.constantFrom(null, millis(0), millis(8000)),
  soundEncodeMs: fc.constantFrom(millis(10), millis(900), millis(4000)),
  fps: fc.constantFrom(5, 30),
  firstSequence: fc.constantFrom(0, 65_500),
  firstTimestamp: fc.constantFrom(0, 2 ** 32 - 500_000),
});

test.prop([source, fc.array(fault, { maxLength: 25 }), fc.integer()], { numRuns: 80 })("any faults", (options, faults, seed) => {
  const scene = new ShareScene({ source: options, link: { seed, jitterMs: millis(8), reorder: 0.02, duplicate: 0.02 } }).start().run(500);
  for (const { make, wait } of faults) {
    make.on(scene);
    scene.run(wait);
    const { heldBytes, video, audio } = scene.receiver.stats();
    expect(heldBytes).toBeLessThan(8e6);
    expect(video.waitingPackets + (audio?.waitingPackets ?? 0)).toBeLessThan(1000);
  }
  scene.uplink.setLoss(0);
  scene.source.setStill(false);
  scene.run(9000);
  const before = scene.gops.length;
  scene.run(9000).end();
  expect(scene.gops.length).toBeGreaterThan(before);
  expect(gopFaults(scene.gops)).toEqual([]);
  const { frames } = scene;
  expect(frames).toEqual([...new Set(frames)].sort((a, b) => a - b));
  expect(scene.runs.map((run) => run.run)).toEqual(scene.runs.map((_, i) => i));
  expect(scene.gops.map((gop) => gop.run)).toEqual([...scene.gops.map((gop) => gop.run)].sort((a, b) => a - b));
  const isReported = options.sound && options.videoReportMs !== null && options.audioReportMs !== null && options.soundEncodeMs < 2000;
  if (isReported) for (const offset of soundOffsets(scene.gops.slice(-1), scene.source)) expect(Math.abs(offset)).toBeLessThan(45);
  // A jump of less than 200 ms looks like a delay of the network and is followed slowly.
  expect(Math.abs(wallError(scene))).toBeLessThan(230);
  const { heldFrames, heldAudioPackets } = scene.receiver.stats();
  expect([heldFrames, heldAudioPackets > 1500]).toEqual([0, false]);
  for (const gap of scene.gaps) expect(gap.toMs).toBeGreaterThan(gap.fromMs);
  expect(pictureIndex(scene.gops.at(-1)?.video.at(-1)?.data ?? new Uint8Array())).toBe(scene.source.frames.at(-1)?.index);
});

/** How far the newest frame's wall time is from its capture and the smallest delay. */
function wallError(scene: ShareScene): number {
  const gop = scene.gops.at(-1);
  const last = gop?.video.at(-1);
  const frame = scene.source.frames[pictureIndex(last?.data ?? new Uint8Array()) ?? -1];
  return gop && last && frame ? sampleWall(gop, last.pts) - (frame.capturedAt + scene.clockStep + 35) : NaN;
}
