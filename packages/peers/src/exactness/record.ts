/** Records for the judge: publishes a film, captures while it runs, and keeps what was asked for and what was sent. */
import { setTimeout as delay } from "node:timers/promises";
import { type CaptureInput, type Clip, type Millis, wallMs } from "@livekit-replay/contract";
import type { FrameLog } from "../publish/frame-log.js";
import { preciseNow } from "../publish/time.js";
import { between, type Random } from "../random/seeded.js";
import type { Api } from "../server/api.js";
import type { PlannedCapture } from "./plan.js";
import type { Publish, Publishing } from "./publish.js";
import type { Asked } from "./verdict.js";

/** Who publishes what, where. */
export interface RecordOptions {
  readonly api: Api;
  readonly userId: string;
  readonly roomName: string;
  readonly publish: Publish;
}

/** A capture that was made, or refused. */
export interface Captured {
  /** For the table. */
  readonly what: string;
  readonly asked: Asked;
  /** The clip as answered, or why there is none. */
  readonly answer: Clip | Error;
}

/** One recording with its captures. */
export interface Recording {
  readonly log: FrameLog;
  readonly captured: readonly Captured[];
}

const WAIT_SECONDS = 30;

const startPublishing = ({ api, userId, roomName, publish }: RecordOptions): Promise<Publishing> => publish(api, userId, roomName);

async function sessionOf({ api, userId, roomName }: RecordOptions): Promise<string> {
  const { sessions } = await api.status(roomName);
  const session = sessions.find((one) => one.owner.userId === userId && one.state === "active");
  if (!session) throw new Error(`${userId} has no active session in ${roomName}`);
  return session.id;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

async function capture(api: Api, what: string, asked: Asked, body: CaptureInput, wait: boolean): Promise<Captured> {
  const answer = await api.capture(body, wait ? WAIT_SECONDS : undefined).catch(asError);
  return { what, asked, answer };
}

function capturePlanned(api: Api, sessionId: string, planned: PlannedCapture): Promise<Captured> {
  const what = `${planned.kind} ${(planned.length / 1000).toFixed(1)} s, ${(planned.back / 1000).toFixed(1)} s back`;
  const end = preciseNow() - planned.back;
  if (planned.kind === "range") {
    const [fromMs, toMs] = [Math.floor(end - planned.length), Math.floor(end)];
    return capture(api, what, { from: wallMs(fromMs), to: wallMs(toMs), press: false }, { sessionId, fromMs, toMs }, planned.wait);
  }
  const length =
    planned.kind === "minutes"
      ? { durationMinutes: (planned.length / 60_000) as 1 | 2 | 5 | 10 }
      : { durationSeconds: planned.length / 1000 };
  const asked = { from: wallMs(end - planned.length), to: wallMs(end), press: true };
  return capture(api, what, asked, { sessionId, endAtMs: end, ...length }, planned.wait);
}

/** Publishes for as long as the plan needs and captures at its instants. */
export async function recordPlan(options: RecordOptions, plan: readonly PlannedCapture[], recordingMs: Millis): Promise<Recording> {
  const publisher = await startPublishing(options);
  try {
    const begin = performance.now();
    const sessionId = await sessionOf(options);
    const pending: Promise<Captured>[] = [];
    for (const planned of plan) {
      await delay(Math.max(0, begin + planned.at - performance.now()));
      pending.push(capturePlanned(options.api, sessionId, planned));
    }
    const captured = await Promise.all(pending);
    await delay(Math.max(0, begin + recordingMs - performance.now()));
    return { log: publisher.log, captured };
  } finally {
    await publisher.close();
  }
}

/** A recording of many runs, and one capture over all of them. */
export interface RunsRecording {
  readonly logs: readonly FrameLog[];
  readonly captured: Captured;
}

/** Where the clip of many runs begins: so far into the first one. */
const INTO_FIRST_MS = 1308;
const RUN_MS = { from: 2500, to: 4500 };

/** Publishes again and again as the same person, and captures from inside the first run to the end of the last. */
export async function recordRuns(options: RecordOptions, runs: number, random: Random): Promise<RunsRecording> {
  const logs: FrameLog[] = [];
  for (let run = 0; ; run += 1) {
    const publisher = await startPublishing(options);
    try {
      logs.push(publisher.log);
      await delay(between(random, RUN_MS.from, RUN_MS.to));
      if (run < runs - 1) continue;
      const end = preciseNow();
      const from = wallMs((logs[0]?.at(0)?.due ?? end) + INTO_FIRST_MS);
      const body = { sessionId: await sessionOf(options), endAtMs: end, durationSeconds: (end - from) / 1000 };
      const captured = await capture(options.api, `${runs} runs`, { from, to: end, press: true }, body, false);
      return { logs, captured };
    } finally {
      await publisher.close();
    }
  }
}
