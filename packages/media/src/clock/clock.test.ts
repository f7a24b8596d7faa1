/** Clocks one by one: the smallest arrival offset, timestamps that wrap and jump, reports, and a server's clock that is set. */
import { type Micros, micros, millis, rtpTicks, wallMs } from "@livekit-replay/contract";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { parseRtcp, type SenderReport } from "../rtp/rtcp.js";
import { seededRandom, senderReport } from "../testing/index.js";
import { Alignment } from "./alignment.js";
import { ArrivalOffset } from "./arrival.js";
import { ShareClock } from "./share.js";
import { SteadyTime } from "./steady.js";
import { TrackClock } from "./track.js";

const start = 1_795_000_000_000;

describe("the arrival offset", () => {
  test.prop([fc.integer({ min: -100, max: 100 }), fc.integer(), fc.constantFrom(60, 30, 5)], { numRuns: 20 })(
    "is the smallest, and follows drift within 5 ms",
    (ppm, seed, fps) => {
      const random = seededRandom(seed);
      const offset = new ArrivalOffset();
      // Of delays up to 25 ms one in five is below 5 ms: of 25 samples (5 s at 5 fps) none is in one of 265 runs, of 100 in one of 5e9.
      const enough = Math.max(5 * fps, 100);
      for (let i = 0; i < 600 * fps; i += 1) {
        const sent = (i * 1000) / fps;
        offset.observe(sent * (1 + ppm / 1e6), wallMs(start + sent + random() * 25));
        if (i > enough) expect(Math.abs((offset.value ?? 0) - (start - (sent * ppm) / 1e6))).toBeLessThan(5);
      }
    },
  );

  it("does not call a burst after a pause late, but does call late what stays late", () => {
    const offset = new ArrivalOffset();
    for (let i = 0; i < 300; i += 1) offset.observe(i * 20, wallMs(start + i * 20));
    for (let i = 300; i < 500; i += 1) offset.observe(i * 20, wallMs(start + 10_000));
    expect(offset.lateness(1500, 20)).toBe(0);
    for (let i = 500; i < 800; i += 1) offset.observe(i * 20, wallMs(start + i * 20 + 700));
    expect(offset.lateness(1500, 20)).toBe(700);
  });
});

describe("a track's clock", () => {
  test.prop([fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(90_000, 48_000)])(
    "counts on across the wrap, exact to the µs",
    (first, rate) => {
      const clock = new TrackClock(rate);
      const base = clock.next(first, wallMs(start)).time;
      for (let i = 1; i < 200; i += 1) {
        const ticks = i * 7 * 0x40_0000;
        const { time, jumped } = clock.next((first + ticks) % 2 ** 32, wallMs(start + (ticks / rate) * 1000));
        expect(jumped).toBe(false);
        expect(Math.abs(time - base - (ticks * 1e6) / rate)).toBeLessThanOrEqual(1);
      }
    },
  );

  it("goes on by arrival where timestamps jump or begin anew, and never goes back", () => {
    const clock = new TrackClock(90_000);
    let last = -Infinity;
    const feed = (timestamp: number, ms: number): boolean => {
      const { time, jumped } = clock.next(timestamp, wallMs(start + ms));
      expect(time).toBeGreaterThan(last);
      last = time;
      return jumped;
    };
    for (let i = 0; i < 100; i += 1) expect(feed(i * 3000, i * 33.3)).toBe(false);
    expect(feed(1_000_000, 3400)).toBe(true);
    expect(feed(1_003_000, 3433)).toBe(false);
    expect(feed(4000, 3466)).toBe(true);
    clock.restart();
    expect(feed(3_999_999_999, 3500)).toBe(true);
    expect(last).toBeCloseTo(3_500_000, -5);
  });
});

const report = (clock: number, timestamp: number): SenderReport => {
  const [parsed] = parseRtcp(
    senderReport({ ssrc: 1, clock: wallMs(clock), timestamp: rtpTicks(timestamp), packetCount: 0, octetCount: 0 }),
  );
  if (parsed?.type !== "sender-report") throw new Error("there must be a report");
  return parsed;
};

describe("alignment", () => {
  const at = (ms: number): Micros => micros(ms * 1000);

  it("uses only the difference of the reports", () => {
    for (const error of [0, 3_600_000, -3_600_000]) {
      const alignment = new Alignment();
      expect(alignment.report("video", start + error, at(1000), null)).toBe(false);
      expect(alignment.isSettled).toBe(false);
      alignment.report("audio", start + error + 500, at(7300), null);
      expect(alignment.isSettled).toBe(true);
      expect(alignment.shift).toBe(at(-5800));
    }
  });

  it("waits for both tracks when one was set anew, and says when that moved the sound", () => {
    const alignment = new Alignment();
    alignment.report("video", 0, at(0), null);
    alignment.report("audio", 0, at(0), null);
    alignment.report("video", 3000, at(1000), null);
    expect(alignment.report("video", 4000, at(2000), null)).toBe(false);
    expect(alignment.isSettled).toBe(false);
    expect(alignment.shift).toBe(0);
    expect(alignment.report("audio", 4100, at(2100), null)).toBe(false);
    expect(alignment.isSettled).toBe(true);
    expect(alignment.shift).toBe(0);
    alignment.report("audio", 5100, at(3600), null);
    alignment.report("audio", 6100, at(4600), null);
    expect(alignment.report("video", 6200, at(4200), null)).toBe(true);
    expect(alignment.shift).toBe(at(-500));
  });

  it("does not believe one report that disagrees with those before and after it, however much", () => {
    for (const wrong of [150, -150, 5000]) {
      const alignment = new Alignment();
      for (let second = 0; second < 20; second += 1) {
        expect(alignment.report("video", second * 1000, at(second * 1000), null)).toBe(false);
        const error = second % 6 === 4 ? wrong : 0;
        expect(alignment.report("audio", second * 1000 + error, at(second * 1000), null)).toBe(false);
        expect(alignment.shift).toBe(0);
      }
    }
  });

  it("does not believe reports that no delay could explain", () => {
    const alignment = new Alignment();
    alignment.report("video", 0, at(0), at(0));
    alignment.report("audio", 90_000, at(0), at(0));
    expect(alignment.isSettled).toBe(false);
  });
});

describe("a share's clock", () => {
  it("is aligned by reports of both tracks, once they have packets", () => {
    const clock = new ShareClock();
    clock.next("video", 0, wallMs(start), true);
    expect(clock.report("video", report(start, 0))).toBe(true);
    expect(clock.report("audio", report(start, 0))).toBe(false);
    clock.next("audio", 480, wallMs(start + 60), true);
    expect(clock.isAligned).toBe(false);
    expect(clock.report("audio", report(start, 0))).toBe(true);
    expect(clock.isAligned).toBe(true);
    expect(clock.shift).toBe(0);
    expect(clock.isSettled(wallMs(start + 60))).toBe(true);
  });

  it("is settled six seconds after both tracks began, without reports", () => {
    const clock = new ShareClock();
    clock.next("video", 0, wallMs(start), true);
    expect(clock.isSettled(wallMs(start + 60_000))).toBe(false);
    clock.next("audio", 0, wallMs(start + 1000), true);
    expect(clock.isSettled(wallMs(start + 6999))).toBe(false);
    expect(clock.isSettled(wallMs(start + 7000))).toBe(true);
  });

  it("takes pictures that stay late for later ones, also without reports", () => {
    const clock = new ShareClock();
    for (let i = 0; i < 300; i += 1) clock.next("video", i * 3000, wallMs(start + i * 33.333), true);
    expect(clock.takeJump()).toBe(false);
    let jumps = 0;
    for (let i = 300; i < 600; i += 1) {
      clock.next("video", i * 3000, wallMs(start + i * 33.333 + 900), true);
      if (clock.takeJump()) jumps += 1;
    }
    expect(jumps).toBe(1);
    expect(clock.wallOf(clock.pictureTime(600 * 3000) ?? 0)).toBeCloseTo(start + 600 * 33.333 + 900, -1);
  });

  it("turns wall time into media time and back", () => {
    const clock = new ShareClock();
    const time = clock.next("video", 900_000, wallMs(start), true);
    expect(clock.wallOf(time)).toBe(start);
    expect(clock.timeOf(wallMs(start + 5))).toBe(time + 5000);
    expect(clock.pictureTime(909_000)).toBe(time + 100_000);
  });
});

describe("steady time", () => {
  it("waits out small steps back, and takes larger ones out", () => {
    const steady = new SteadyTime();
    expect(steady.at(wallMs(start))).toBe(start);
    expect(steady.stepAt(wallMs(start - 100))).toBe(0);
    expect(steady.at(wallMs(start - 100))).toBe(start);
    expect(steady.at(wallMs(start + 50))).toBe(start + 50);
    expect(steady.stepAt(wallMs(start + 60))).toBe(0);
    expect(steady.stepAt(wallMs(start - 5000))).toBe(-5050);
    steady.move(millis(-5050));
    expect(steady.at(wallMs(start - 5000))).toBe(start + 50);
    expect(steady.wall(wallMs(start + 51))).toBe(start - 4999);
    expect(steady.steady(wallMs(start - 4999))).toBe(start + 51);
    expect(steady.stepAt(wallMs(start + 3_600_000))).toBeGreaterThan(3_600_000);
  });
});
