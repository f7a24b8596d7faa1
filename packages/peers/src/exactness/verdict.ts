/** Judges one clip against what the publisher sent and what was asked for. */
import type { Clip, Micros, WallMs } from "@livekit-replay/contract";
import type { FrameReading, ClipReading } from "../judge/read.js";
import { checkSequence, checkSync, lengthSpread } from "../judge/compare.js";
import type { FrameLog, SentFrame } from "../publish/frame-log.js";

/** One thing that must hold. */
export interface Criterion {
  readonly name: string;
  readonly ok: boolean;
  /** What was measured, for the table. */
  readonly value: string;
}

/** What was asked for, in wall time. */
export interface Asked {
  readonly from: WallMs;
  readonly to: WallMs;
  /** The end was a press: the clip may take what arrives in the quarter of a second after it. */
  readonly press: boolean;
}

/** The way between publisher and server. */
export interface Way {
  /** How long packets travel at least. */
  readonly delayMs: number;
  /** Whether packets are lost on it: then frames may be missing, and the first and last ones too. */
  readonly lossy: boolean;
}

/** Where a clip must begin and end. */
export interface Expected {
  readonly asked: Asked;
  readonly way: Way;
  /** Of one frame of the film. */
  readonly frameMs: number;
}

/** What a clip of one run is judged by. */
export interface Evidence extends Expected {
  readonly reading: ClipReading;
  readonly clip: Clip;
  readonly log: FrameLog;
  readonly filmFrames: number;
}

/** The server dates frames by their fastest arrival; no measure is finer than the timers on both sides. */
const CLOCK_MS = 3;
/** The publisher's numbers repeat with each loop of the film: a frame is looked for this near. */
const LOOK_WITHIN_MS = 8000;
/** The quarter of a second in which the clip takes what was still on its way. */
const IN_FLIGHT_MS = 250;
const SYNC_LIMIT_US = 40_000;
const LENGTH_LIMIT_US = 50_000;
const KEPT_AT_LEAST = 0.995;
/** A frame that is missing at an end moves it by one; more than this is not loss. */
const LOSSY_ENDS = 8;

const ms = (value: number): string => `${value.toFixed(1)} ms`;

/** The frame that was sent near an instant and is this picture; null when there is none. */
export function findSent(log: FrameLog, frame: FrameReading | undefined, near: WallMs): SentFrame | null {
  return frame === undefined || frame.number === null ? null : log.nearest(frame.number, near, LOOK_WITHIN_MS);
}

/** The first frame is the last one at or before the instant asked for. */
export function judgeFirst({ asked, way, frameMs }: Expected, first: SentFrame | null): Criterion {
  const name = "first frame";
  if (!first) return { name, ok: false, value: "not found" };
  const early = asked.from - (first.due + way.delayMs);
  const spare = way.lossy ? frameMs * LOSSY_ENDS : 0;
  return { name, ok: early >= -CLOCK_MS - spare && early < frameMs + CLOCK_MS + spare, value: `${ms(early)} before` };
}

/** After a press: not before it, and at most 250 ms and a frame after it. A range: the first frame at or after its end. */
export function judgeLast({ asked, way, frameMs }: Expected, last: SentFrame | null): Criterion {
  const name = "last frame";
  if (!last) return { name, ok: false, value: "not found" };
  const late = last.due + way.delayMs - asked.to;
  const latest = (asked.press ? IN_FLIGHT_MS + frameMs : frameMs) + CLOCK_MS;
  const spare = way.lossy ? frameMs * LOSSY_ENDS : 0;
  return {
    name,
    ok: late >= -CLOCK_MS - (asked.press ? 0 : spare) && late <= latest + (asked.press ? 0 : spare),
    value: `${ms(late)} after`,
  };
}

/** Every frame between first and last once and in order; on a lossy way at least 99.5 % of them. */
function judgeFrames(evidence: Evidence, first: SentFrame | null, last: SentFrame | null): Criterion {
  const { reading, filmFrames, way } = evidence;
  const faults = checkSequence(reading.frames, filmFrames);
  const sent = first && last ? last.index - first.index + 1 : Number.NaN;
  const kept = reading.frames.length / sent;
  const inOrder = faults.repeated === 0 && faults.outOfOrder === 0;
  const clean = inOrder && faults.missing === 0 && faults.unreadable === 0 && reading.frames.length === sent;
  const value = `${reading.frames.length} of ${sent}${inOrder ? "" : `, ${faults.repeated} repeated, ${faults.outOfOrder} out of order`}`;
  return { name: "frames", ok: way.lossy ? inOrder && kept >= KEPT_AT_LEAST : clean, value };
}

/** Lost sound is not sent again (browsers offer no NACK for it): at 2 % loss so many clicks may be silent, each in one or two packets of 20 ms. */
const LOST_CLICKS = 0.06;

/** Flash and click at most 40 ms apart, wherever there is one. `pairs`: so many there must be. */
export function judgeSync(reading: ClipReading, pairs: number, aloneAllowed: number): Criterion {
  const sync = checkSync(reading);
  const ok = sync.points.length >= pairs && sync.alone <= aloneAllowed && (sync.worstUs ?? 0) <= SYNC_LIMIT_US;
  return {
    name: "sync",
    ok,
    value: `${sync.points.length} pairs, worst ${ms((sync.worstUs ?? 0) / 1000)}${sync.alone > 0 ? `, ${sync.alone} alone` : ""}`,
  };
}

/** What holds for every file: lengths agree, nothing to complain about, `moov` in front. */
export function judgeFile(reading: ClipReading): Criterion[] {
  const spread = lengthSpread(reading);
  return [
    { name: "lengths", ok: spread <= LENGTH_LIMIT_US, value: ms(spread / 1000) },
    { name: "decode", ok: reading.complaints.length === 0, value: reading.complaints[0] ?? "clean" },
    { name: "moov first", ok: reading.moovFirst, value: String(reading.moovFirst) },
  ];
}

/** Frames lie in the clip as far apart as their RTP timestamps. */
function judgeTimes({ reading, log, way }: Evidence, first: SentFrame | null): Criterion {
  let worst: number = Number.NaN;
  const zero = reading.frames[0]?.pts ?? 0;
  if (first && !way.lossy) {
    worst = 0;
    reading.frames.forEach(({ pts }: { pts: Micros }, index) => {
      const sent = log.at(first.index + index);
      if (sent) worst = Math.max(worst, Math.abs((pts - zero) / 1000 - ((sent.timestamp - first.timestamp) >>> 0) / 90));
    });
  }
  return { name: "times", ok: way.lossy || worst <= 2, value: way.lossy ? "-" : ms(worst) };
}

/** A clip plays until its last packet of sound ends, which may reach so far beyond the picture. */
const PACKET_MS = 20;

/** What the answer says must be what the file has: its length that of the file, its instants those of the picture, by the clock. */
function judgeAnswer({ reading, clip, asked }: Evidence): Criterion {
  const requested = Math.abs(clip.requestedMs - (asked.to - asked.from));
  const length = Math.abs(clip.durationMs - reading.videoUs / 1000);
  const span = Math.abs(clip.endsAtMs - clip.startsAtMs - reading.videoUs / 1000);
  const ok = requested <= 1 && length <= PACKET_MS && span <= CLOCK_MS && clip.startsAtMs <= asked.from + CLOCK_MS;
  const value = `asked ${(clip.requestedMs / 1000).toFixed(2)} s, got ${(clip.durationMs / 1000).toFixed(2)} s`;
  return { name: "answer", ok, value: `${value} (file ${ms(length)} off, instants ${ms(span)} off)` };
}

/** All criteria of a clip of one run. */
export function judgeClip(evidence: Evidence): Criterion[] {
  const { log, reading, asked } = evidence;
  const first = findSent(log, reading.frames[0], asked.from);
  const last = findSent(log, reading.frames.at(-1), asked.to);
  const wholeSeconds = Math.floor(reading.videoUs / 1e6);
  const lostClicks = evidence.way.lossy ? Math.ceil(wholeSeconds * LOST_CLICKS) : 0;
  return [
    judgeFrames(evidence, first, last),
    judgeFirst(evidence, first),
    judgeLast(evidence, last),
    judgeSync(reading, wholeSeconds - 2 - lostClicks, evidence.way.lossy ? 2 + lostClicks : 0),
    judgeTimes(evidence, first),
    ...judgeFile(reading),
    judgeAnswer(evidence),
  ];
}
