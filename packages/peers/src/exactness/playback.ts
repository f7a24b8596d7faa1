/** Judges how a clip plays in Chromium, as MP4 and in hls.js: its first picture, its last one, and three seeks. */
import { median } from "../bench/report.js";
import type { ClipReading } from "../judge/read.js";
import { type PageLike, PagePlayer, type PlaySource, type Seen } from "../judge/page.js";
import { between, type Random } from "../random/seeded.js";
import type { Criterion } from "./verdict.js";

const SEEKS = 3;

/** The frame on screen at a position, by its index in the clip. */
function frameAt(reading: ClipReading, seconds: number): number {
  const start = reading.frames[0]?.pts ?? 0;
  const index = reading.frames.findLastIndex((frame) => frame.pts - start <= seconds * 1e6 + 1);
  return Math.max(0, index);
}

/** Places in the middle of frames: at its edges a player may show either neighbour. */
function places(reading: ClipReading, random: Random): { index: number; seconds: number }[] {
  return Array.from({ length: SEEKS }, () => {
    const index = frameAt(reading, between(random, 0, reading.videoUs / 1e6 - 0.2));
    const start = reading.frames[0]?.pts ?? 0;
    const [here, after] = [reading.frames[index]?.pts ?? 0, reading.frames[index + 1]?.pts ?? 0];
    return { index, seconds: ((here + after) / 2 - start) / 1e6 };
  });
}

/** The middle of the last frame, which may be only a few ms long. */
function lastPlace({ frames, videoUs }: ClipReading): number {
  return ((frames.at(-1)?.pts ?? 0) - (frames[0]?.pts ?? 0) + videoUs) / 2e6;
}

/** How a clip is played. */
export interface PlaybackOptions {
  readonly page: PageLike;
  readonly token: string;
  readonly random: Random;
}

/** For how long the MP4 holds pictures over the holes between runs, which a playlist leaves out: positions inside may differ by so much, s. 0 where no picture stands longer than usual. */
function heldSeconds({ frames }: ClipReading): number {
  const steps = frames.slice(1).map(({ pts }, index) => pts - (frames[index]?.pts ?? pts));
  const usual = median(steps);
  return steps.filter((step) => step > 1.5 * usual).reduce((sum, step) => sum + step, 0) / 1e6;
}

/** Plays a source and compares what is painted with what FFmpeg decoded from the MP4. */
export async function judgePlayback(
  source: PlaySource,
  reading: ClipReading,
  { page, token, random }: PlaybackOptions,
): Promise<Criterion> {
  const name = source.kind === "mp4" ? "plays MP4" : "plays HLS";
  const loose = source.kind === "hls" ? heldSeconds(reading) : 0;
  const wrong: string[] = [];
  const compare = (what: string, seen: Seen, index: number, spareSeconds = 0): void => {
    const wanted = reading.frames[index];
    const near = reading.frames.filter(({ pts }) => Math.abs(pts - (wanted?.pts ?? 0)) <= spareSeconds * 1e6);
    if (seen.number === null || !near.some(({ number }) => number === seen.number))
      wrong.push(`${what}: ${seen.number} for ${wanted?.number}`);
  };
  try {
    const player = await PagePlayer.open(page, source, token);
    compare("first", player.first, 0);
    for (const { index, seconds } of places(reading, random))
      compare(`at ${seconds.toFixed(2)} s`, await player.seek(seconds), index, loose);
    const last = await player.seek(loose > 0 ? player.length : lastPlace(reading));
    // A last frame of a few ms may lie beyond what a seek can reach; it must stay when the clip has played to its end.
    compare("last", last.number === reading.frames.at(-1)?.number ? last : await player.playToEnd(), reading.frames.length - 1);
    await player.close();
  } catch (error) {
    wrong.push(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
  }
  return { name, ok: wrong.length === 0, value: wrong.length === 0 ? `first, last, ${SEEKS} seeks` : wrong.join("; ") };
}
