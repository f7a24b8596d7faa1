/** Sessions for tests of conversions: barcoded films as recorded segments, in a real store, captured by the real code. Nothing is sent over a network. */
import { type Micros, micros, wallMs, type WallMs } from "@livekit-replay/contract";
import { type AudioFormat, muxInit, muxSegment, type RunReason, type Sample, type VideoFormat } from "@livekit-replay/media";
import type { Film, FilmOptions, FilmPacket } from "@livekit-replay/peers";
import type { ClipRow, SessionRow } from "../src/catalog/port.js";
import { ClipCapture } from "../src/clips/capture.js";
import { AacFiles } from "../src/clips/convert/aac-files.js";
import { Conversions } from "../src/clips/convert/progress.js";
import { ClipFinaliser } from "../src/clips/finalise.js";
import { type DomainEvent, EventBus } from "../src/events/bus.js";
import { systemClock } from "../src/platform/clock.js";
import type { DatabaseConfig } from "../src/config/read.js";
import { Ffmpeg } from "../src/platform/ffmpeg.js";
import type { RecorderPort } from "../src/recorders/port.js";
import { openWriter, SESSION } from "./store-material.js";
import { openWorld, theSession, type World } from "./store-world.js";

/** A small film with long groups of pictures, so that a clip begins inside of one. */
export const LONG_GOPS: FilmOptions = {
  width: 320,
  height: 180,
  frameRate: 30,
  bitrate: 300_000,
  keyframeSeconds: 2,
  seconds: 20,
  sound: true,
};

/** How H.264 of a film is named in a run. */
export const pictureOf = ({ width, height, frames }: Film): RunPicture => ({
  format: { kind: "h264", codec: "avc1.42c01e", width, height },
  frames,
});

/** A world and the clips' services over it, as the server puts them together. */
export interface ConvertWorld extends World {
  readonly finaliser: ClipFinaliser;
  readonly aac: AacFiles;
  readonly conversions: Conversions;
  readonly ffmpeg: Ffmpeg;
  readonly events: DomainEvent[];
  readonly bus: EventBus;
  /** Captures the last seconds of the test's session as bob. */
  capture(seconds: number): Promise<ClipRow>;
}

/** Opens a root. `program`: another one in FFmpeg's place; null: FFmpeg is not installed. `tail`: the session still runs, and its recorder answers so. */
export async function openConvertWorld(
  root: string,
  program: string | null = "ffmpeg",
  { database, tail }: { readonly database?: DatabaseConfig; readonly tail?: RecorderPort["tail"] } = {},
): Promise<ConvertWorld> {
  const world = await openWorld(root, undefined, database);
  const errors: unknown[] = [];
  const bus = new EventBus((error) => errors.push(error));
  const events: DomainEvent[] = [];
  bus.subscribe((event) => events.push(event));
  const ffmpeg = new Ffmpeg({ program: program ?? "ffmpeg" });
  const conversions = new Conversions(bus);
  const shared = { ...world, bus, clock: systemClock, ffmpeg: program === null ? null : ffmpeg, conversions };
  const finaliser = new ClipFinaliser({ ...shared, pausesMs: [100] });
  const aac = new AacFiles(shared);
  const capture = new ClipCapture({
    ...shared,
    recorder: { tail: tail ?? (() => Promise.resolve(null)) },
    captureMaxMs: 600_000,
    finalise: (clip, cover) => finaliser.enqueue(clip, cover),
  });
  const session: SessionRow = tail ? theSession : { ...theSession, state: "ended", endedAtMs: Date.now(), endedBy: "share" };
  const caller = { userId: "bob", name: "Bob", admin: false, tokenExpiresAtMs: Infinity };
  return {
    ...world,
    finaliser,
    aac,
    conversions,
    ffmpeg,
    events,
    bus,
    capture: (durationSeconds) =>
      capture.capture({
        caller,
        session,
        sharerName: "Alice",
        body: { sessionId: session.id, durationSeconds, shareOption: "library" },
        arrivedAtMs: Date.now(),
        idempotencyKey: undefined,
      }),
    close: async () => {
      await aac.close();
      await finaliser.close();
      await ffmpeg.close();
      await world.close();
    },
  };
}

/** The row of a clip once its MP4 is there. @throws when it is not there in time. */
export async function ready({ finaliser, logger }: ConvertWorld, clip: ClipRow, limitMs = 30_000): Promise<ClipRow> {
  const row = await finaliser.waitReady(clip.id, limitMs);
  if (row?.state !== "ready") throw new Error(`the clip is ${row?.state ?? "gone"}: ${logger.lines.join("; ")}`);
  return row;
}

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
