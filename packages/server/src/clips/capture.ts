/**
 * From a press to a clip: the tail, the plan, the charge, the pins, the row, the answer, in the order of birth that the storage design names.
 * The MP4 comes later (`finalise.ts`). Whatever fails takes back what was done before it.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type CaptureRequest, millis, ReplayError, type TailEntry, type WallMs, wallMs } from "@livekit-replay/contract";
import { planClip, upperBoundBytes } from "@livekit-replay/media";
import { folderOf } from "../catalog/places.js";
import type { Catalog, ClipRow, SessionRow } from "../catalog/port.js";
import type { Caller } from "../directory/port.js";
import type { EventBus } from "../events/bus.js";
import type { Clock } from "../platform/clock.js";
import { newId } from "../platform/ids.js";
import type { Stopwatch } from "../platform/stopwatch.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { RecorderPort } from "../recorders/port.js";
import type { BufferedSegment, SessionBuffer } from "../store/buffer.js";
import type { Store } from "../store/open.js";
import type { Logger } from "../store/log.js";
import { ClipBirth, type OwnFields } from "./birth.js";
import { conversionBoundBytes, type ConversionNeed, conversionNeed } from "./convert/need.js";
import { lateBytes, untilListed } from "./late.js";
import { type Material, pinPlan } from "./pin.js";
import { type AskedRange, askedRange, inFlightMs } from "./range.js";
import type { UnsettledClips } from "./unsettled.js";
import { planWhole } from "./whole.js";

/** A press that was let through: the caller may capture this session (rights were asked before). */
export interface Press {
  readonly caller: Caller;
  readonly session: SessionRow;
  /** Name of the session's owner at this moment, kept with the clip. */
  readonly sharerName: string;
  readonly body: CaptureRequest;
  /** When the request arrived, wall time. */
  readonly arrivedAtMs: number;
  /** The `Idempotency-Key` header: the same key of the same caller gives the same clip. */
  readonly idempotencyKey: string | undefined;
  /** Asked just before the charge, which may come much later than the press: throws when the caller has lost the right meanwhile. Default: they have not. */
  readonly stillMay?: () => Promise<void>;
  /** Measures the steps, for the answer's `Server-Timing`. */
  readonly watch?: Stopwatch;
}

/** What a tail stood for when it was written: the segments that replace it in the MP4 once they are closed. */
export interface TailCover {
  readonly run: number;
  readonly fromNumber: number;
  readonly toNumber: number;
}

/** What a `ClipCapture` works with. */
export interface ClipCaptureOptions {
  readonly catalog: Catalog;
  readonly ledger: QuotaLedger;
  readonly store: Store;
  readonly recorder: Pick<RecorderPort, "tail" | "drains">;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly unsettled: Pick<UnsettledClips, "add">;
  /** `CAPTURE_MAX_MINUTES`. */
  readonly captureMaxMs: number;
  /** Makes the picture and the MP4; `cover` is null when the clip has no tail. Must not throw. */
  readonly finalise: (clip: ClipRow, cover: TailCover | null) => void;
}

/** How long the segments that reach the press are waited for. */
const newestLimitMs = 30_000;
const drainLookMs = 100;

/** Makes clips of presses. Holds nothing but the presses under way. */
export class ClipCapture {
  readonly #options: ClipCaptureOptions;
  readonly #birth: ClipBirth;

  constructor(options: ClipCaptureOptions) {
    this.#options = options;
    this.#birth = new ClipBirth(options);
  }

  /**
   * Keeps the range as a clip of the caller, in state `pinned`: playable at once.
   * @throws ReplayError `no_segments`, `quota_exceeded`, `disk_full`, `invalid_request`; nothing is left behind then.
   */
  capture(press: Press): Promise<ClipRow> {
    const key = press.idempotencyKey === undefined ? null : `${press.caller.userId}:${press.idempotencyKey}`;
    return this.#birth.once(key, () => this.#make(press, key));
  }

  async #make(press: Press, key: string | null): Promise<ClipRow> {
    const { session, body, arrivedAtMs } = press;
    const asked = askedRange(body, arrivedAtMs, this.#options.captureMaxMs);
    const buffer = await this.#options.store.buffers.open(folderOf(session));
    const clipId = newId();
    if (session.recorder === "egress" && body.waitForNewest === true) await this.#newest(session, buffer, asked.endMs);
    try {
      const entry = await this.#tail(session, buffer, asked, clipId);
      await buffer.upToDate();
      press.watch?.lap("tail");
      const { clip, cover } = await buffer.exclusive(async () => {
        const material =
          session.recorder === "egress" ? await this.#whole(session, buffer, asked) : await this.#plan(buffer, asked, clipId, entry);
        await press.stillMay?.();
        press.watch?.lap("plan");
        const row = await this.#keep(press, asked, buffer, clipId, key, material);
        return { clip: row, cover: material.usesTail ? coverOf(entry) : null };
      });
      // Somebody else won the race for the same key: theirs is the clip, and it is announced already.
      if (clip.id === clipId) this.#announce(clip, cover);
      return clip;
    } finally {
      void buffer.removeTail(clipId);
    }
  }

  /** The open GOP as a file, when the range reaches into it. A recorder that does not answer costs the tail, not the clip. */
  async #tail(session: SessionRow, buffer: SessionBuffer, asked: AskedRange, clipId: string): Promise<TailEntry | null> {
    if (session.state !== "active") return null;
    const newest = buffer.segments.at(-1)?.endWall ?? 0;
    const cutAtMs = asked.press ? asked.endMs + inFlightMs : this.#options.clock.now();
    if (!asked.press && newest > asked.endMs) return null;
    try {
      return await this.#options.recorder.tail(session.id, clipId, cutAtMs);
    } catch (error) {
      if (!(error instanceof ReplayError) || error.code !== "recorder_unavailable") throw error;
      this.#options.logger.warn({ err: error, sessionId: session.id }, "captured without the open GOP: the recorder did not answer");
      return null;
    }
  }

  /** The tail that the recorder says it has written. One that cannot be read costs the tail, not the clip. */
  async #read(buffer: SessionBuffer, clipId: string): Promise<BufferedSegment | null> {
    try {
      return await buffer.tail(clipId);
    } catch (error) {
      this.#options.logger.error({ err: error, clipId }, "captured without the open GOP: what the recorder wrote of it cannot be read");
      return null;
    }
  }

  /** Waits for the segments that reach an instant: egress writes them 10 to 20 s after their last picture. */
  async #newest(session: SessionRow, buffer: SessionBuffer, endMs: number): Promise<void> {
    const until = performance.now() + newestLimitMs;
    const isThere = (): boolean => (buffer.segments.at(-1)?.endWall ?? 0) >= endMs;
    if (session.state === "active") await untilListed(this.#options.bus, isThere, session.id, newestLimitMs);
    // The last ones come after the end of the session.
    while (!isThere() && this.#drains(session) && performance.now() < until) await delay(drainLookMs);
  }

  #drains({ id }: SessionRow): boolean {
    return this.#options.recorder.drains?.(id) ?? false;
  }

  async #whole(session: SessionRow, buffer: SessionBuffer, asked: AskedRange): Promise<Material> {
    const now = await this.#options.catalog.sessions.find(session.id);
    const { plan, notYet } = await planWhole({
      segments: buffer.segments,
      asked,
      recording: now?.state === "active",
      drainsUntilMs: now && this.#drains(now) ? (now.endedAtMs ?? asked.endMs) : null,
      describe: (segment) => buffer.describe(segment),
    });
    return { plan, usesTail: false, notYet };
  }

  async #plan(buffer: SessionBuffer, asked: AskedRange, clipId: string, entry: TailEntry | null): Promise<Material> {
    const tail = entry && (await this.#read(buffer, clipId));
    const closed = buffer.segments.filter((segment) => !entry || !tail || isBefore(segment, entry));
    const segments = tail === null ? closed : [...closed, tail];
    const newest = segments.at(-1);
    if (!newest) throw new ReplayError("no_segments");
    const end = tail === null ? Math.min(asked.endMs, newest.endWall) : asked.endMs;
    const fromMs = wallMs(asked.fromMs ?? end - asked.lengthMs);
    const toMs = endOfRange(asked, tail === null ? newest.endWall : null);
    const plan = await planClip(segments, { fromMs, toMs: toMs === null ? null : wallMs(Math.max(toMs, fromMs + 1)) }, (segment) =>
      buffer.describe(segment),
    );
    if (plan.kind === "empty") throw new ReplayError("no_segments");
    const last = plan.stretches.at(-1)?.segments.at(-1);
    return { plan, usesTail: tail !== null && last === tail, notYet: millis(0) };
  }

  /** Charge, pins, row: each is taken back when a later one fails. */
  async #keep(
    press: Press,
    asked: AskedRange,
    buffer: SessionBuffer,
    clipId: string,
    key: string | null,
    material: Material,
  ): Promise<ClipRow> {
    const userId = press.caller.userId;
    const tailBytes = material.usesTail ? (material.plan.stretches.at(-1)?.segments.at(-1)?.sizeBytes ?? 0) : 0;
    const late = material.usesTail ? lateBytes + tailBytes : 0;
    const need = await this.#need(buffer, material);
    const reserved = upperBoundBytes(material.plan) + late + (need === null ? 0 : conversionBoundBytes(material.plan, need, late));
    return this.#birth.bear({
      userId,
      clipId,
      key,
      reserved,
      pin: (atMs) => pinPlan(this.#options.store.pins, buffer, material, { userId, atMs }),
      row: async (own) => this.#row(press, asked, material, { ...own, ...(await encodingOf(buffer, material, need)) }),
      announce: (clip) => this.#announce(clip, null),
      watch: press.watch,
    });
  }

  /** What must be made of the clip beyond copying. Null for segments of egress: those are copied. */
  async #need(buffer: SessionBuffer, { plan }: Material): Promise<ConversionNeed | null> {
    const segments = plan.stretches.flatMap((stretch) => stretch.segments);
    if (segments.some(({ transport }) => transport !== undefined)) return null;
    const runs = [...new Set(segments.map(({ run }) => run))];
    return conversionNeed(new Map(await Promise.all(runs.map(async (run) => [run, await buffer.initBytes(run)] as const))));
  }

  #row(
    press: Press,
    asked: AskedRange,
    { plan, notYet }: Material,
    own: OwnFields & Pick<ClipRow, "container" | "video" | "audio">,
  ): ClipRow {
    const { caller, session, sharerName, body } = press;
    return {
      ...own,
      ownerName: caller.name,
      sessionId: session.id,
      roomName: session.roomName,
      communityId: session.communityId,
      sharerId: session.userId,
      sharerName,
      state: "pinned",
      title: body.title ?? `${sharerName} in ${session.roomName}`,
      requestedMs: asked.lengthMs,
      durationMs: plan.durationMs,
      startsAtMs: plan.startsAtMs,
      endsAtMs: plan.endsAtMs,
      gaps: plan.gaps,
      notYetMs: notYet,
      readyAtMs: null,
      pinsGone: false,
    };
  }

  #announce(clip: ClipRow, cover: TailCover | null): void {
    const { bus, finalise } = this.#options;
    finalise(clip, cover);
    bus.publish({ type: "captured", clip });
    bus.publish({ type: "clip", clip });
    bus.publish({ type: "quota", userId: clip.userId });
  }
}

/** How picture and sound are encoded: the picture as its first run, with the other codecs where one file cannot hold all; the sound as the first run that has any. */
async function encodingOf(
  buffer: SessionBuffer,
  { plan }: Material,
  need: ConversionNeed | null,
): Promise<Pick<ClipRow, "container" | "video" | "audio">> {
  const [first, ...others] = plan.stretches.flatMap(({ segments }) => segments[0] ?? []);
  if (!first) throw new TypeError("plan.stretches must hold a segment");
  const { video, audio } = await buffer.encoding(first);
  let sound = audio;
  for (const segment of others) sound ??= (await buffer.encoding(segment)).audio;
  return {
    container: first.transport === undefined ? "cmaf" : "ts",
    video: need === null ? video : { ...video, codec: need.codec },
    audio: sound && { codec: sound.codec },
  };
}

const coverOf = (entry: TailEntry | null): TailCover | null =>
  entry === null ? null : { run: entry.run, fromNumber: entry.coversFrom, toNumber: entry.coversTo };

/** A segment that the tail does not stand for. */
const isBefore = (segment: BufferedSegment, tail: TailEntry): boolean =>
  segment.run < tail.run || (segment.run === tail.run && segment.number < tail.coversFrom);

/** Where the plan must end; null: with the newest segment (or the tail, when `newestEnd` is null), whole. */
function endOfRange(asked: AskedRange, newestEnd: WallMs | null): number | null {
  if (!asked.press) return asked.endMs;
  const end = asked.endMs + inFlightMs;
  return newestEnd !== null && newestEnd > end ? end : null;
}
