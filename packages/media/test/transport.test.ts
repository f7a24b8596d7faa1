/** Segments of LiveKit egress: read, refused where they are not whole, and joined to an MP4 that FFmpeg reads back frame by frame. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fc, test } from "@fast-check/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeTransport, MediaFormatError, planJoined, type RemuxedStretch, verifyJoined } from "../src/index.js";
import { complaints, decodeFrames, findClicks } from "./judge.js";
import { join, makeTransportFilm, readerOf, remux, type TransportFilm } from "./transport-film.js";

const second = 1_000_000;
let film: TransportFilm;
let first: Uint8Array;

beforeAll(async () => {
  film = await makeTransportFilm({ segments: 5, seconds: 2 });
  first = await readFile(film.files[0] ?? "");
});
afterAll(() => film.remove());

const codeOf = (read: () => unknown): string => {
  try {
    read();
    return "whole";
  } catch (error) {
    return error instanceof MediaFormatError ? error.code : String(error);
  }
};

describe("a transport segment", () => {
  it("says its times, frames, keyframes and formats; the next goes on where it ends", async () => {
    const described = await Promise.all(film.files.map(async (file) => describeTransport(await readFile(file))));
    for (const [i, segment] of described.entries()) {
      expect(segment).toMatchObject({ sizeBytes: (await readFile(film.files[i] ?? "")).length, keyPts: [segment.startPts] });
      expect(segment.pts).toHaveLength(60);
      expect(segment.endPts - segment.startPts).toBe(2 * second);
      expect(segment.endPts).toBe(described[i + 1]?.startPts ?? segment.endPts);
      expect(segment.format).toMatchObject({
        video: { width: 320, height: 180 },
        audio: { codec: "mp4a.40.2", sampleRate: 44_100, channels: 2 },
      });
      expect(segment.format.video.codec).toMatch(/^avc1\.4d/u);
      const times = [...segment.pts];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    const sound = described.flatMap(({ audio }) => audio ?? []);
    expect(sound).toHaveLength(5);
    for (const [i, { startPts }] of sound.entries()) if (i > 0) expect(Math.abs(startPts - (sound[i - 1]?.endPts ?? 0))).toBeLessThan(20);
    expect(described[0]?.startPts).toBeGreaterThanOrEqual(3600 * second);
  });

  it("of a real egress, whose sound comes before its tables, is read whole", async () => {
    const bytes = await readFile(path.join(import.meta.dirname, "fixtures", "egress-sound-before-tables.ts.bin"));
    const { format, startPts, pts, audio, keyPts } = describeTransport(bytes);
    expect({ format, startPts, frames: pts.length, keyPts, audio }).toEqual({
      format: {
        video: { codec: "avc1.4d401e", width: 768, height: 432 },
        audio: { codec: "mp4a.40.2", sampleRate: 44_100, channels: 2 },
      },
      startPts: 3_600_005_667,
      frames: 15,
      keyPts: [3_600_005_667],
      audio: { startPts: 3_600_000_000, endPts: expect.any(Number) as number, frames: 19 },
    });
  });

  it("whose time begins anew in the middle goes on beyond", async () => {
    const wrapping = await makeTransportFilm({ segments: 2, seconds: 2, from: 2 ** 33 / 90_000 - 1.5 - 1.4 });
    const segments = await Promise.all(wrapping.files.map(async (file) => describeTransport(await readFile(file))));
    await wrapping.remove();
    expect(segments.map(({ startPts, endPts }) => endPts - startPts)).toEqual([2 * second, 2 * second]);
    expect(Math.max(...segments.map(({ endPts }) => endPts))).toBeGreaterThan((2 ** 33 / 90_000) * second);
  });

  it("that is empty, cut, foreign or holed is refused", () => {
    expect(codeOf(() => describeTransport(new Uint8Array(0)))).toBe("truncated");
    expect(codeOf(() => describeTransport(first.subarray(0, 1000)))).toBe("truncated");
    expect(codeOf(() => describeTransport(new TextEncoder().encode("<html>not found</html>")))).toBe("foreign");
    expect(codeOf(() => describeTransport(Buffer.concat([first.subarray(0, 188 * 20), first.subarray(188 * 21)])))).toBe("malformed");
    expect(codeOf(() => describeTransport(new Uint8Array(188 * 4).fill(0x47)))).not.toBe("whole");
  });

  test.prop([fc.nat(100), fc.uint8Array({ minLength: 1, maxLength: 8 })])(
    "with other bytes anywhere is read or refused, and nothing else",
    (place, bytes) => {
      const damaged = Uint8Array.from(first.subarray(0, 188 * 60));
      damaged.set(bytes, Math.floor((place * (damaged.length - 8)) / 100));
      expect(["whole", "truncated", "foreign", "malformed", "limit"]).toContain(codeOf(() => describeTransport(damaged)));
    },
  );
});

const file = (name: string): string => path.join(film.folder, name);

/** @param mute stretch in seconds without sound: its flashes have no click. */
async function judge(bytes: Uint8Array, numbers: readonly number[], mute: readonly [number, number] = [0, 0]): Promise<void> {
  const target = file("joined.mp4");
  await writeFile(target, bytes);
  expect(await complaints(target)).toBe("");
  const frames = await decodeFrames(target);
  expect(frames.map(({ number }) => number)).toEqual(numbers);
  expect(frames[0]?.time).toBe(0);
  // Each flash of the picture has its click in the sound, and always as far behind it as the encoder delays sound.
  const flashes = frames.flatMap(({ flash, time }, i) => (flash && frames[i - 1]?.flash === false ? [time] : []));
  const clicks = await findClicks(target);
  const heard = flashes.filter((time) => time < mute[0] || time >= mute[1]);
  const apart = heard.map((flash) => Math.min(...clicks.map((click) => Math.abs(click - flash))));
  expect(heard.length).toBeGreaterThan(1);
  expect(Math.max(...apart)).toBeLessThan(0.04);
  expect(Math.max(...apart) - Math.min(...apart)).toBeLessThan(0.025);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const startOf = ({ segments }: RemuxedStretch<unknown>, frame: number): number => segments[0]?.pts[frame] ?? 0;

describe("an MP4 of transport segments", () => {
  it("has each frame once, from the first to the last", async () => {
    const whole = await remux(film.files, file("part.mp4"));
    const { bytes, exact } = await join([whole], startOf(whole, 0));
    expect(exact).toBe(true);
    await judge(bytes, range(0, 300));
  });

  it.each([1, 17, 59])("begins exactly at frame %i of its first segment", async (frame) => {
    const whole = await remux(film.files, file("part.mp4"));
    await judge((await join([whole], startOf(whole, frame))).bytes, range(frame, 300));
  });

  it("leaves a missing segment out and stays in step behind it, also behind three joints", async () => {
    const [a, b, c] = [
      await remux(film.files.slice(0, 2), file("a.mp4")),
      await remux(film.files.slice(3, 4), file("b.mp4")),
      await remux(film.files.slice(4), file("c.mp4")),
    ];
    await judge((await join([a, b, c], startOf(a, 30))).bytes, [...range(30, 120), ...range(180, 300)]);
  });

  it("goes on without sound where a run has none", async () => {
    const mute = await makeTransportFilm({ segments: 1, seconds: 2, sound: false });
    const [a, b, c] = [
      await remux(film.files.slice(0, 1), file("a.mp4")),
      await remux(mute.files, file("b.mp4")),
      await remux(film.files.slice(1, 2), file("c.mp4")),
    ];
    await mute.remove();
    await judge((await join([a, b, c], startOf(a, 0))).bytes, [...range(0, 60), ...range(0, 60), ...range(60, 120)], [2, 4]);
  });

  it("begins at its first segment where FFmpeg's times are not those of the segments", async () => {
    const whole = await remux(film.files.slice(0, 2), file("part.mp4"));
    const moved = { ...whole.movie.video, composition: whole.movie.video.composition.map((time, i) => (i === 40 ? time + 500 : time)) };
    const { exact, expected } = planJoined(
      [{ ...whole, movie: { ...whole.movie, video: moved } }],
      whole.segments[0]?.startPts ?? whole.hold,
    );
    expect({ exact, hidden: expected.shown.filter((time) => time < 0).length }).toEqual({ exact: false, hidden: 0 });
  });

  it("is not made when FFmpeg lost a frame, and not taken for the planned one when a byte of its tables differs", async () => {
    const whole = await remux(film.files.slice(0, 2), file("part.mp4"));
    const short = { ...whole, segments: whole.segments.slice(0, 1) };
    expect(codeOf(() => planJoined([short], whole.segments[0]?.startPts ?? whole.hold))).toBe("mismatch");
    const plan = planJoined([whole], whole.segments[0]?.startPts ?? whole.hold);
    const { bytes } = await join([whole], startOf(whole, 0));
    const spoiled = Uint8Array.from(bytes);
    const at = Buffer.from(spoiled.buffer).indexOf("ctts") + 15;
    spoiled[at] = (spoiled[at] ?? 0) + 3;
    await expect(verifyJoined(readerOf(spoiled), spoiled.length, plan.expected)).rejects.toThrow(MediaFormatError);
  });
});
