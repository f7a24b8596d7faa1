/** The offset to the server's clock from samples and events. */
import { describe, expect, test } from "vitest";
import { ServerClock } from "./clock.js";

/** A server whose clock is ahead by `offsetMs`, asked over a way of `upMs` and `downMs`. */
const ask = (clock: ServerClock, at: number, upMs: number, downMs: number, offsetMs: number): void =>
  clock.sample({ sentAtMs: at, receivedAtMs: at + upMs + downMs, serverTimeMs: at + upMs + offsetMs });

describe("the server's time", () => {
  test("is the local time before the first answer", () => {
    const clock = new ServerClock(() => 1000);
    expect(clock.now()).toBe(1000);
    expect(clock.errorMs).toBe(Infinity);
  });

  test("follows the sample with the shortest way, whatever comes after it", () => {
    const clock = new ServerClock(() => 10_000);
    ask(clock, 1000, 5, 5, 3_600_000);
    ask(clock, 2000, 400, 10, 3_600_000);
    expect(clock.offsetMs).toBe(3_600_000);
    expect(clock.errorMs).toBeLessThan(6);
  });

  test("is never further off than the error says, on ways that are not symmetric", () => {
    const clock = new ServerClock(() => 2000);
    ask(clock, 1000, 90, 10, -500);
    expect(Math.abs(clock.offsetMs - -500)).toBeLessThanOrEqual(50);
    expect(clock.errorMs).toBeGreaterThanOrEqual(50);
  });

  test("takes a worse sample once the good one is so old that clocks may have parted", () => {
    const clock = new ServerClock();
    ask(clock, 0, 1, 1, 0);
    ask(clock, 20_000, 5, 5, 3);
    expect(clock.offsetMs).toBe(0);
    ask(clock, 3_600_000, 5, 5, 300);
    expect(clock.offsetMs).toBe(300);
  });

  test("learns from an event that the server is ahead, after this machine slept", () => {
    const clock = new ServerClock();
    ask(clock, 0, 1, 1, 0);
    clock.hear(50_000, 1000);
    expect(clock.offsetMs).toBe(49_000);
  });

  test("does not believe an event that was long under way", () => {
    const clock = new ServerClock();
    ask(clock, 0, 1, 1, 0);
    clock.hear(500, 1000);
    expect(clock.offsetMs).toBe(0);
  });

  test("ignores a sample that came before it was asked for", () => {
    const clock = new ServerClock();
    clock.sample({ sentAtMs: 10, receivedAtMs: 5, serverTimeMs: 1_000_000 });
    expect(clock.offsetMs).toBe(0);
  });
});
