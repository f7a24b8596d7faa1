/** Sessions for tests of conversions: barcoded films as recorded segments, in a real store, captured by the real code. Nothing is sent over a network. */
import { type Micros, micros, wallMs, type WallMs } from "@livekit-replay/contract";
import { type AudioFormat, muxInit, muxSegment, type RunReason, type Sample, type VideoFormat } from "@livekit-replay/media";
import type { FilmPacket } from "@livekit-replay/peers";
import { openWriter, SESSION } from "./store-material.js";

/** The picture of a run: frames in coded form, from the run's start. */
export interface RunPicture {
  readonly format: VideoFormat;
  readonly frames: readonly { readonly pts: Micros; readonly key: boolean; readonly data: Uint8Array }[];
}

/** One run: a picture, sound or none, when it began, and how it came about. */
export interface RecordedRun {
  readonly picture: RunPicture;
  readonly packets: readonly FilmPacket[] | null;
  readonly startWall: WallMs;
  readonly reason?: RunReason;
}

const sound: AudioFormat = { kind: "opus", channels: 2, sampleRate: 48_000 };

/** Where media time begins in a run: not at 0, as in life. */
const origin = 1_000_000;

interface Stretch {
  readonly startPts: Micros;
  readonly endPts: Micros;
  readonly video: readonly Sample[];
}

/** Frames from keyframe to keyframe. */
function stretches({ frames }: RunPicture, endPts: Micros): Stretch[] {
  const video = frames.map(({ pts, key, data }, i) => {
    const end = frames[i + 1]?.pts ?? micros(endPts - origin);
    return { pts: micros(pts + origin), duration: micros(end - pts), key, data };
  });
  const starts = video.flatMap(({ key }, i) => (key ? [i] : []));
  return starts.map((start, i) => {
    const own = video.slice(start, starts[i + 1]);
    const next = video[starts[i + 1] ?? video.length];
    return { video: own, startPts: own[0]?.pts ?? micros(0), endPts: next?.pts ?? endPts };
  });
}

const packetsIn = (packets: readonly FilmPacket[] | null, { startPts, endPts }: Stretch): Sample[] =>
  (packets ?? [])
    .map(({ pts, data }) => ({ pts: micros(pts + origin), duration: micros(20_000), key: true, data }))
    .filter(({ pts }) => pts >= startPts && pts < endPts);

/** Writes the runs of the test's session as a recorder does: one segment for each group of pictures. */
export async function writeSession(root: string, runs: readonly RecordedRun[]): Promise<void> {
  const { writer, close } = await openWriter(root, SESSION);
  for (const [run, { picture, packets, startWall, reason = "start" }] of runs.entries()) {
    const last = picture.frames.at(-1);
    const step = (last?.pts ?? 0) / Math.max(1, picture.frames.length - 1);
    const format = { video: picture.format, audio: packets === null ? null : sound };
    const own = stretches(picture, micros(Math.round((last?.pts ?? 0) + step + origin)));
    await writer.writeInit(run, await muxInit(format, own[0]?.video[0]?.data ?? new Uint8Array()));
    for (const [number, stretch] of own.entries()) {
      const startsAt = wallMs(startWall + (stretch.startPts - origin) / 1000);
      const audio = packetsIn(packets, stretch);
      const gop = { run, number, runReason: reason, format, ...stretch, startWall: startsAt, audio, gaps: [] };
      await writer.writeSegment(run, number, muxSegment(gop));
    }
  }
  await close();
}
