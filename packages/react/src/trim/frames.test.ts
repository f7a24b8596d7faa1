/** Frames that are asked for in windows: at, next, previous, over the windows' borders, over gaps, and of a buffer that grows. */
import type { Frames } from "@livekit-replay/contract";
import { describe, expect, test } from "vitest";
import { FrameTable, offFrom, type Bounds } from "./frames.js";

/** A server's answer: from the frame on the screen at `fromMs` to those that begin in the window. */
const answer = (times: readonly number[], endMs: number, fromMs: number, lengthMs: number): Frames => {
  const toMs = Math.min(fromMs + lengthMs, endMs);
  const first = Math.max(
    0,
    times.findLastIndex((time) => time <= fromMs),
  );
  const inside = fromMs >= endMs ? [] : times.slice(first).filter((time) => time < toMs);
  const next = times.find((time) => time > (inside.at(-1) ?? Infinity));
  return { atMs: inside, untilMs: next ?? endMs };
};

const tableOf = (times: readonly number[], bounds: Bounds): { readonly table: FrameTable; readonly asked: number[] } => {
  const asked: number[] = [];
  const ask = async (fromMs: number, lengthMs: number): Promise<Frames> => {
    asked.push(fromMs);
    return await Promise.resolve(answer(times, bounds.toMs, fromMs, lengthMs));
  };
  return { table: new FrameTable(ask, () => bounds), asked };
};

const steady = Array.from({ length: 1500 }, (_, index) => (index * 100) / 3);
const bounds = { fromMs: 0, toMs: 50_000 };

describe("frames", () => {
  test("the one on the screen; its neighbours, also in other windows; each window is asked for once", async () => {
    const { table, asked } = tableOf(steady, bounds);
    expect(table.known(20_010)).toBeUndefined();
    const frame = await table.at(20_010);
    expect(frame).toEqual({ atMs: steady[600], untilMs: steady[601] });
    expect(table.known(20_010)).toEqual(frame);
    const before = frame && (await table.previous(frame));
    expect(before).toEqual({ atMs: steady[599], untilMs: steady[600] });
    expect(before && (await table.next(before))).toEqual(frame);
    await Promise.all([table.at(21_000), table.at(39_000), table.at(1)]);
    expect(asked.toSorted((a, b) => a - b)).toEqual([0, 20_000]);
  });

  test("end with the first and the last one", async () => {
    const { table } = tableOf(steady, bounds);
    const [first, last] = [await table.at(-5), await table.at(1e9)];
    expect(first?.atMs).toBe(0);
    expect(first && (await table.previous(first))).toBeUndefined();
    expect(last).toEqual({ atMs: steady[1499], untilMs: 50_000 });
    expect(last && (await table.next(last))).toBeUndefined();
  });

  test("a picture that stands for longer than a window is one frame", async () => {
    const { table } = tableOf([0, 1000, 46_000], bounds);
    expect(await table.at(30_000)).toEqual({ atMs: 1000, untilMs: 46_000 });
    const standing = await table.at(44_000);
    expect(standing && (await table.next(standing))).toEqual({ atMs: 46_000, untilMs: 50_000 });
    expect(standing && (await table.previous(standing))).toEqual({ atMs: 0, untilMs: 1000 });
  });

  test("walking through all of them meets each once, forwards and backwards", async () => {
    const { table } = tableOf(steady, bounds);
    const met: number[] = [];
    for (let frame = await table.at(0); frame !== undefined; frame = await table.next(frame)) met.push(frame.atMs);
    expect(met).toEqual(steady);
    const back: number[] = [];
    for (let frame = await table.at(49_990); frame !== undefined; frame = await table.previous(frame)) back.push(frame.atMs);
    expect(back).toEqual(steady.toReversed());
  });

  test("of a buffer that has grown are asked for again, of one that has not are not", async () => {
    const grown = { fromMs: 0, toMs: 8000 };
    const asked: number[] = [];
    const table = new FrameTable(
      async (fromMs, lengthMs) => {
        asked.push(grown.toMs);
        return await Promise.resolve(answer(steady, grown.toMs, fromMs, lengthMs));
      },
      () => grown,
    );
    expect((await table.at(9000))?.untilMs).toBe(8000);
    await table.at(7999);
    expect(asked).toEqual([8000]);
    grown.toMs = 10_000;
    expect(await table.at(9000)).toEqual({ atMs: steady[270], untilMs: steady[271] });
    await table.at(3000);
    expect(asked).toEqual([8000, 10_000]);
  });

  test("that could not be asked for are asked for again", async () => {
    let tries = 0;
    const table = new FrameTable(
      async (fromMs, lengthMs) => {
        tries += 1;
        if (tries === 1) throw new Error("no way");
        return await Promise.resolve(answer(steady, bounds.toMs, fromMs, lengthMs));
      },
      () => bounds,
    );
    await expect(table.at(100)).rejects.toThrow("no way");
    expect((await table.at(100))?.atMs).toBe(100);
  });
});

describe("a painted picture", () => {
  const frame = { atMs: 1000, untilMs: 1033.333 };

  test("is the wanted one as far as times are rounded, and no neighbour is", () => {
    expect([999.6, 1000, 1000.4].map((paintedMs) => offFrom(frame, paintedMs))).toEqual([0, 0, 0]);
    expect(offFrom(frame, 966.667)).toBeCloseTo(33.333);
    expect(offFrom(frame, 1033.333)).toBeCloseTo(-33.333);
  });

  test("of a last frame that lasts a few µs is the wanted one, too; the one before is not", () => {
    for (const lengthMs of [0.02, 0.428, 0.775, 2.5]) {
      const last = { atMs: 60_233.333, untilMs: 60_233.333 + lengthMs };
      expect([60_233, 60_233.233, 60_233.333, 60_233.5].map((paintedMs) => offFrom(last, paintedMs))).toEqual([0, 0, 0, 0]);
      expect(offFrom(last, 60_200)).toBeCloseTo(33.333);
    }
  });
});
