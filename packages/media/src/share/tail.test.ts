/** The tail: what is not emitted yet, cut at an instant, while the recording goes on untouched. */
import { micros, millis, wallMs } from "@livekit-replay/contract";
import { describe, expect, it } from "vitest";
import { describeSegment } from "../segment/describe.js";
import type { Gop } from "../segment/gop.js";
import { muxSegment } from "../segment/mux.js";
import { gopFaults, pictureIndex, sampleWall, ShareScene, soundIndex } from "../testing/index.js";
import type { ShareTail } from "./options.js";

const indices = (gop: Gop): number[] => gop.video.map((sample) => pictureIndex(sample.data) ?? -1);

/** What both the tail and the later GOPs hold has the same times, and the tail misses nothing of before its end. */
function expectPartOf(tail: ShareTail, gops: readonly Gop[]): void {
  const covered = gops.filter((gop) => gop.run === tail.gop.run && tail.numbers.includes(gop.number));
  expect(covered.map((gop) => gop.number)).toEqual(tail.numbers);
  expect(tail.gop).toMatchObject({ number: covered[0]?.number, startPts: covered[0]?.startPts });
  const frames = covered.flatMap((gop) => gop.video).filter((sample) => sample.pts < tail.gop.endPts);
  const want = frames.map((sample) => [sample.pts, pictureIndex(sample.data)]);
  expect(tail.gop.video.map((sample) => [sample.pts, pictureIndex(sample.data)])).toEqual(want.slice(0, tail.gop.video.length));
  const later = new Map(covered.flatMap((gop) => gop.audio).map((sample) => [soundIndex(sample.data), sample.pts]));
  for (const sample of tail.gop.audio) {
    const index = soundIndex(sample.data);
    if (index !== null) expect(later.get(index)).toBe(sample.pts);
  }
}

function expectEndsAt(tail: ShareTail, until: number): void {
  expect(sampleWall(tail.gop, tail.gop.endPts)).toBeCloseTo(until, 2);
  expect(gopFaults([{ ...tail.gop, number: 0, startPts: tail.gop.startPts }]).filter((fault) => !fault.includes("a run begins"))).toEqual(
    [],
  );
  const last = tail.gop.audio.at(-1);
  if (last) expect(last.pts + last.duration).toBe(tail.gop.endPts);
}

function tailNow(scene: ShareScene, behind = 0): ShareTail {
  const tail = scene.receiver.tail(wallMs(scene.now - behind));
  if (tail === null) throw new Error("there must be a tail");
  return tail;
}

describe("a tail", () => {
  it("holds every frame that has come, extended exactly to the instant, at any instant", () => {
    const scene = new ShareScene().start().run(8000);
    const tails: ShareTail[] = [];
    for (let i = 0; i < 60; i += 1) {
      scene.run(137);
      const tail = tailNow(scene);
      expectEndsAt(tail, scene.now);
      const newest = scene.source.frames.findLast((frame) => frame.capturedAt + 35 <= scene.clock.now);
      expect(indices(tail.gop).at(-1)).toBe(newest?.index);
      expect(tail.lastFrameWall).toBeLessThanOrEqual(scene.now);
      tails.push(tail);
    }
    scene.run(3000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
    for (const tail of tails) expectPartOf(tail, scene.gops);
    expect(Math.max(...tails.map((tail) => tail.numbers.length))).toBe(1);
  });

  it("is a segment that can be read wherever it ends, also a µs behind the beginning of a frame or a packet", () => {
    const scene = new ShareScene().start().run(9500);
    const { gop } = tailNow(scene);
    const samples = [gop.video, gop.audio].map((track) => track.at(-3)?.pts ?? Number.NaN);
    for (const pts of samples) {
      for (let aside = -25; aside <= 25; aside += 1) {
        const tail = scene.receiver.tail(wallMs(sampleWall(gop, micros(pts)) + aside / 1000));
        if (tail === null) throw new Error("there must be a tail");
        const { info, video, audio } = describeSegment(muxSegment(tail.gop));
        expect(Math.abs(info.endPts - pts)).toBeLessThanOrEqual(26);
        expect((video.pts.at(-1) ?? 0) + (video.ticks.at(-1) ?? 0)).toBe(info.endPts);
        const soundEnd = (audio?.pts.at(-1) ?? 0) + ((audio?.ticks.at(-1) ?? 0) * 1000) / 48;
        expect(Math.abs(soundEnd - info.endPts)).toBeLessThan(1000 / 48);
      }
    }
  });

  it("leaves out what was captured later", () => {
    const scene = new ShareScene().start().run(9500);
    const tail = tailNow(scene, 300);
    expectEndsAt(tail, scene.now - 300);
    for (const sample of tail.gop.video) expect(sampleWall(tail.gop, sample.pts)).toBeLessThanOrEqual(scene.now - 300);
    scene.run(3000).end();
    expectPartOf(tail, scene.gops);
  });

  it("covers GOPs that wait for their sound", () => {
    const scene = new ShareScene({ source: { soundEncodeMs: millis(1500) } }).start().run(9000);
    const tails = Array.from({ length: 8 }, () => tailNow(scene.run(271)));
    expect(Math.max(...tails.map((tail) => tail.numbers.length))).toBe(2);
    scene.run(4000).end();
    for (const tail of tails) expectPartOf(tail, scene.gops);
    expect(gopFaults(scene.gops)).toEqual([]);
  });

  it("releases what is held for sender reports", () => {
    const scene = new ShareScene({ source: { videoReportMs: millis(4000), audioReportMs: millis(4000) } }).start().run(3300);
    expect(scene.gops).toEqual([]);
    const tail = tailNow(scene);
    expect(tail.gop.number).toBe(scene.gops.length);
    expect(scene.gops.flatMap(indices).concat(indices(tail.gop))).toEqual(
      scene.source.frames.filter((frame) => frame.capturedAt + 35 <= scene.clock.now).map((frame) => frame.index),
    );
    expect(tail.gop.audio.some((sample) => soundIndex(sample.data) !== null)).toBe(true);
    scene.run(5000).end();
    expectPartOf(tail, scene.gops);
    expect(gopFaults(scene.gops)).toEqual([]);
    expect(scene.runs).toHaveLength(1);
  });

  it("is what is complete while packets are missing; they come back in the recording", () => {
    const scene = new ShareScene({ link: { delayMs: millis(100) } }).start().run(8200);
    scene.uplink.setLoss(1);
    scene.run(60).uplink.setLoss(0);
    scene.run(150);
    const tail = tailNow(scene);
    expectEndsAt(tail, scene.now);
    const last = indices(tail.gop).at(-1) ?? 0;
    expect(scene.source.frames[last]?.capturedAt).toBeLessThan(scene.clock.now - 200);
    scene.run(4000).end();
    expectPartOf(tail, scene.gops);
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
  });

  it("holds a picture that stands still, with its sound", () => {
    const scene = new ShareScene({ source: { answersPli: false } }).start().run(8000);
    scene.source.setStill(true);
    scene.run(9000);
    const tail = tailNow(scene);
    expectEndsAt(tail, scene.now);
    expect(tail.gop.video.at(-1)?.duration).toBeGreaterThan(8_900_000);
    expect(tail.gop.audio.filter((sample) => soundIndex(sample.data) !== null).length).toBeGreaterThan(700);
  });

  it("is null before the first keyframe, and when all up to the instant was emitted", () => {
    const scene = new ShareScene();
    expect(scene.receiver.tail(scene.now)).toBeNull();
    scene.start().run(20);
    expect(scene.receiver.tail(scene.now)).toBeNull();
    scene.run(10_000);
    expect(scene.receiver.tail(wallMs(scene.now - 6000))).toBeNull();
  });

  it("emits an older run first", () => {
    const scene = new ShareScene({ source: { soundEncodeMs: millis(900) } }).start().run(9000);
    scene.source.resize(800, 600, 77);
    scene.run(300);
    expect(scene.gops.every((gop) => gop.run === 0)).toBe(true);
    const tail = tailNow(scene);
    expect(tail.gop.run).toBe(1);
    expect(scene.gops.flatMap(indices).concat(indices(tail.gop))).toEqual(
      scene.source.frames.filter((frame) => frame.capturedAt + 35 <= scene.clock.now).map((frame) => frame.index),
    );
    scene.run(4000).end();
    expect(gopFaults(scene.gops)).toEqual([]);
    expectPartOf(tail, scene.gops);
  });
});

describe("an interrupted run", () => {
  it("reaches up to its successor when that comes within a second", () => {
    const scene = new ShareScene().start().run(9000);
    scene.receiver.interrupt("reconnect", scene.now);
    scene.source.wantKey();
    scene.run(5000).end();
    expect(scene.runs.map((run) => run.reason)).toEqual(["start", "reconnect"]);
    const last = scene.gops.findLast((gop) => gop.run === 0);
    expect(last && sampleWall(last, last.endPts)).toBeCloseTo(scene.runs[1]?.startWall ?? 0, 3);
    expect(scene.gaps).toEqual([]);
    expect(gopFaults(scene.gops)).toEqual([]);
  });

  it("ends at the interruption when nothing comes for longer, with a gap up to what follows", () => {
    const scene = new ShareScene({ source: { answersPli: false } }).start().run(9000);
    const at = scene.now;
    scene.source.setStill(true);
    scene.receiver.interrupt("mute", at);
    scene.run(4000);
    const last = scene.gops.at(-1);
    const end = last ? sampleWall(last, last.endPts) : 0;
    expect(Math.abs(end - at)).toBeLessThan(20);
    expect(scene.receiver.tail(scene.now)).toBeNull();
    scene.source.setStill(false);
    scene.source.wantKey();
    scene.run(4000).end();
    expect(scene.gaps).toMatchObject([{ reason: "mute", toMs: scene.runs[1]?.startWall }]);
    expect(scene.gaps[0]?.fromMs).toBeCloseTo(end, 3);
    expect(gopFaults(scene.gops)).toEqual([]);
  });

  it("by another SSRC goes on in a run that joins", () => {
    const scene = new ShareScene().start().run(9000);
    scene.source.renewVideo();
    scene.run(8000).end();
    expect(scene.runs.map((run) => run.reason)).toEqual(["start", "reconnect"]);
    expect(scene.frames).toEqual(scene.source.frames.map((frame) => frame.index));
    expect(scene.gaps).toEqual([]);
    expect(scene.receiver.stats().video.ssrcChanges).toBe(1);
    expect(gopFaults(scene.gops)).toEqual([]);
  });
});
