/** What an editor of clips asks for: when each frame is shown, and pictures of the clip; of pins, of MP4s, of other codecs. Judged by decoding. */
import path from "node:path";
import { wallMs, type StripQuery } from "@livekit-replay/contract";
import { BARCODE_BLOCKS, type ClipReading, type Film, loadFilm, readBarcode, readClip, run } from "@livekit-replay/peers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ClipRow } from "../src/catalog/port.js";
import { ClipFrames } from "../src/clips/frames.js";
import { ClipTrim } from "../src/clips/trim.js";
import { ClipStrips } from "../src/playback/clip-strip.js";
import { systemClock } from "../src/platform/clock.js";
import { userPath } from "../src/store/paths.js";
import { type ConvertWorld, LONG_GOPS, openConvertWorld, pictureOf, ready, type RunPicture, writeSession } from "./convert-material.js";
import { encodeFilm } from "./convert-vp8.js";
import { START, tempRoot } from "./store-material.js";

const options = { ...LONG_GOPS, seconds: 6 };
const tile = { width: 160, height: 90 };
let root: string;
let remove: () => Promise<void>;
let world: ConvertWorld;
let film: Film;

beforeAll(async () => {
  film = await loadFilm(options);
});
beforeEach(async () => {
  ({ root, remove } = await tempRoot());
});
afterEach(async () => {
  await world.close();
  await remove();
});

/** Two runs with half a second between them: the last picture before it is held, so that playing time and segments' times differ behind it. */
const open = async (picture: RunPicture, program: string | null = "ffmpeg"): Promise<void> => {
  await writeSession(root, [
    { picture, packets: film.packets, startWall: wallMs(START) },
    { picture, packets: film.packets, startWall: wallMs(START + 6500), reason: "reconnect" },
  ]);
  world = await openConvertWorld(root, program);
};
const readingOf = ({ userId, fileKey }: ClipRow): Promise<ClipReading> => readClip(path.join(userPath(root, userId), `${fileKey}.mp4`));
const withoutPins = async (clip: ClipRow): Promise<ClipRow> => {
  await world.store.pins.remove({ userId: clip.userId, key: clip.fileKey });
  await world.catalog.clips.update(clip.id, ["ready"], { pinsGone: true });
  return { ...clip, pinsGone: true };
};

/** All frames, asked for in windows. */
async function allFrames(clip: ClipRow): Promise<{ readonly at: number[]; readonly untilMs: number }> {
  const frames = new ClipFrames(world);
  const at: number[] = [];
  for (let fromMs = 0, end = 0; ; fromMs += 1000) {
    const { atMs, untilMs } = await frames.of(clip, { fromMs, lengthMs: 1000 });
    if (atMs.length === 0) return { at, untilMs: end };
    at.push(...atMs.filter((one) => one > (at.at(-1) ?? -1)));
    end = untilMs;
  }
}

const strip = async (
  clip: ClipRow,
  query: Partial<StripQuery> = {},
): Promise<{ atMs: readonly number[]; numbers: (number | undefined)[] }> => {
  const made = await new ClipStrips(world).of(clip, { count: 60, ...query });
  const gray: Buffer[] = [];
  const args = ["-v", "error", "-f", "image2pipe", "-i", "-", "-f", "rawvideo", "-pix_fmt", "gray", "-"];
  await run({ command: "ffmpeg", args, stdin: [made.jpeg], onStdout: (chunk) => gray.push(chunk) });
  const { atMs } = made.strip;
  const width = atMs.length * tile.width;
  const pixels = Buffer.concat(gray);
  expect(pixels.length).toBe(width * tile.height);
  const level = (at: number): number => pixels[3 * width + at] ?? 0;
  const numbers = atMs.map((_, i) => {
    const levels = Array.from({ length: BARCODE_BLOCKS }, (_block, block) =>
      level(i * tile.width + Math.floor(((block + 0.5) * tile.width) / BARCODE_BLOCKS)),
    );
    return readBarcode(levels)?.number;
  });
  return { atMs, numbers };
};

/** The number that is on the screen at a playing time. */
const shownAt = (whole: ClipReading, atMs: number): number | null | undefined =>
  whole.frames.findLast(({ pts }) => pts <= atMs * 1000 + 1000)?.number;

describe("frames", () => {
  test("are those of the MP4, before it is there and from it, over a joint; trimming goes by them", async () => {
    await open(pictureOf(film));
    const clip = await world.capture(11);
    const before = await allFrames(clip);
    const made = await ready(world, clip);
    const whole = await readingOf(made);
    const times = whole.frames.map(({ pts }) => pts / 1000);
    expect(before.at).toHaveLength(times.length);
    for (const [i, at] of before.at.entries()) expect(Math.abs(at - (times[i] ?? 0))).toBeLessThan(0.1);
    const after = await allFrames(await withoutPins(made));
    expect(after.at).toEqual(before.at);
    expect(Math.abs(after.untilMs - made.durationMs)).toBeLessThan(50);
    // Behind the joint: the picture that is held over it, and the ones around it.
    const joint = before.at.findIndex((at, i) => at - (before.at[i - 1] ?? at) > 400);
    for (const first of [joint - 1, joint]) {
      const body = { startMs: before.at[first] ?? 0, endMs: before.at[first + 3] ?? 0 };
      const part = await new ClipTrim({ ...world, clock: systemClock }).trim({
        clip: made,
        body,
        idempotencyKey: undefined,
        waitSeconds: null,
      });
      const numbers = (await readingOf(await ready(world, part))).frames.map(({ number }) => number);
      expect(numbers).toEqual(whole.frames.slice(first, first + 3).map(({ number }) => number));
    }
  });

  test("of a window: from the one on the screen when it begins; nothing behind the end", async () => {
    await open(pictureOf(film));
    const clip = await world.capture(4);
    const { at } = await allFrames(clip);
    const frames = new ClipFrames(world);
    const middle = ((at[20] ?? 0) + (at[21] ?? 0)) / 2;
    expect(await frames.of(clip, { fromMs: middle, lengthMs: 100 })).toEqual({ atMs: at.slice(20, 24), untilMs: at[24] });
    const { untilMs } = await frames.of(clip, { fromMs: 0, lengthMs: 60_000 });
    expect(await frames.of(clip, { fromMs: 60_000, lengthMs: 1000 })).toEqual({ atMs: [], untilMs });
  });
});

describe("pictures", () => {
  test.each(["h264", "vp8", "vp9"] as const)(
    "of %s, from pins and from the MP4: the exact first frame, then keyframes, each at its time",
    async (kind) => {
      await open(kind === "h264" ? pictureOf(film) : await encodeFilm(film, options, kind));
      const clip = await world.capture(5);
      const pinned = await strip(clip);
      const made = await ready(world, clip);
      const whole = await readingOf(made);
      const finished = await withoutPins(made);
      for (const { atMs, numbers } of [pinned, await strip(finished)]) {
        expect(atMs[0]).toBe(0);
        expect(atMs.length).toBeGreaterThanOrEqual(3);
        expect(atMs).toEqual(atMs.toSorted((one, other) => one - other));
        expect(numbers).toEqual(atMs.map((at) => shownAt(whole, at)));
      }
      const few = await strip(finished, { count: 2, fromMs: 1500 });
      expect(few.numbers).toEqual(few.atMs.map((at) => shownAt(whole, at)));
      expect(few.atMs).toHaveLength(2);
      expect(few.atMs[0]).toBeGreaterThan(0);
    },
    60_000,
  );

  test("need FFmpeg, and a part that is within the clip", async () => {
    await open(pictureOf(film), null);
    const clip = await world.capture(4);
    const without = new ClipStrips({ ...world, ffmpeg: null });
    await expect(without.of(clip, { count: 5 })).rejects.toMatchObject({ code: "not_ready" });
    const query = { count: 5, fromMs: 9000, toMs: 9500 };
    await expect(new ClipStrips(world).of(clip, query)).rejects.toMatchObject({ code: "invalid_request" });
  });
});
