/** Pins become one MP4, in the background: one at a time, tried again when it fails, taken up again after a restart. */
import { ReplayError } from "@livekit-replay/contract";
import { verifyFlat } from "@livekit-replay/media";
import { addressOf } from "../catalog/places.js";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { EventBus } from "../events/bus.js";
import type { Clock } from "../platform/clock.js";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Logger } from "../store/log.js";
import type { Store } from "../store/open.js";
import type { TailCover } from "./capture.js";
import { type Concatenated, writeConcat } from "./concat.js";
import { pinLate } from "./late.js";
import { planMp4 } from "./mp4.js";
import { posterOf } from "./poster.js";

/** What a `ClipFinaliser` works with. */
export interface ClipFinaliserOptions {
  readonly catalog: Catalog;
  readonly ledger: QuotaLedger;
  readonly store: Store;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Null where FFmpeg is not installed: clips have no picture then. */
  readonly ffmpeg: Ffmpeg | null;
  /** Pauses before the second, third, … try; the last one is repeated. */
  readonly pausesMs?: readonly number[];
}

const defaultPausesMs = [1000, 5000, 30_000, 300_000];

/** One for a server. Lives until `close`. */
export class ClipFinaliser {
  readonly #options: ClipFinaliserOptions;
  readonly #jobs = new Map<string, AbortController>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #background = new Set<Promise<void>>();
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: ClipFinaliserOptions) {
    this.#options = options;
  }

  /** Queues a clip; with `cover`, once the segments behind its tail are pinned. Idempotent while it is queued. */
  enqueue(clip: ClipRow, cover: TailCover | null = null): void {
    if (this.#closed || this.#jobs.has(clip.id)) return;
    const job = new AbortController();
    this.#jobs.set(clip.id, job);
    this.#run(() => this.#poster(clip));
    this.#run(async () => {
      if (cover !== null) await pinLate(this.#options, clip, cover);
      this.#queue(clip, job, 0);
    });
  }

  /** Answers the row as soon as the clip is not `pinned` any more, or as it is after `limitMs`. Null when it is gone. */
  async waitReady(clipId: string, limitMs: number): Promise<ClipRow | null> {
    const { bus, catalog } = this.#options;
    let wake: () => void = () => undefined;
    const changed = new Promise<void>((resolve) => (wake = resolve));
    const unsubscribe = bus.subscribe((event) => {
      if ((event.type === "clip" || event.type === "clip_gone") && event.clip.id === clipId && event.clip.state !== "pinned") wake();
    });
    const timer = setTimeout(wake, limitMs);
    try {
      const row = await catalog.clips.find(clipId);
      if (row?.state !== "pinned") return row;
      await changed;
      return await catalog.clips.find(clipId);
    } finally {
      clearTimeout(timer);
      unsubscribe();
    }
  }

  /** Takes a clip out of the queue and stops work on it (it is being deleted). */
  cancel(clipId: string): void {
    this.#jobs.get(clipId)?.abort(new ReplayError("clip_not_found"));
    this.#jobs.delete(clipId);
    clearTimeout(this.#timers.get(clipId));
    this.#timers.delete(clipId);
  }

  /** Stops; what is queued goes on after the next start. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const clipId of this.#jobs.keys()) this.cancel(clipId);
    await this.#last;
    await Promise.allSettled(this.#background);
  }

  #run(work: () => Promise<void>): void {
    const running = work().finally(() => this.#background.delete(running));
    this.#background.add(running);
  }

  #queue(clip: ClipRow, job: AbortController, failures: number): void {
    if (job.signal.aborted || this.#closed) return;
    this.#last = this.#last.then(() => this.#try(clip, job, failures));
  }

  async #try(clip: ClipRow, job: AbortController, failures: number): Promise<void> {
    const { bus, logger, pausesMs = defaultPausesMs } = this.#options;
    if (job.signal.aborted) return;
    try {
      await this.#finalise(clip.id, job.signal);
      this.#jobs.delete(clip.id);
    } catch (error) {
      if (job.signal.aborted) return;
      logger.error({ err: error, clipId: clip.id, failures: failures + 1 }, "making the MP4 failed; it is tried again");
      if (failures === 0)
        bus.publish({ type: "clip_failed", clip, reason: error instanceof ReplayError ? error.message : "The MP4 could not be made yet" });
      const pause = pausesMs[Math.min(failures, pausesMs.length - 1)] ?? 0;
      const timer = setTimeout(() => {
        this.#timers.delete(clip.id);
        this.#queue(clip, job, failures + 1);
      }, pause);
      timer.unref();
      this.#timers.set(clip.id, timer);
    }
  }

  async #finalise(clipId: string, signal: AbortSignal): Promise<void> {
    const { catalog, ledger, bus, clock, logger } = this.#options;
    const clip = await catalog.clips.find(clipId);
    if (clip?.state !== "pinned") return;
    const { written, duration, startsAt } = await this.#write(clip, signal);
    await ledger.commit(clip.userId, clip.id, written.sizeBytes);
    const ready = {
      state: "ready",
      sizeBytes: written.sizeBytes,
      durationMs: duration / 1000,
      startsAtMs: startsAt ?? clip.startsAtMs,
      readyAtMs: clock.now(),
    } as const;
    if (!(await catalog.clips.update(clip.id, ["pinned"], ready))) return;
    logger.info({ clipId, ...written }, "clip finalised");
    bus.publish({ type: "clip", clip: { ...clip, ...ready } });
    bus.publish({ type: "quota", userId: clip.userId });
  }

  async #write(clip: ClipRow, signal: AbortSignal): Promise<Concatenated> {
    const { store, ffmpeg } = this.#options;
    const address = addressOf(clip);
    if (clip.container === "ts") return writeConcat({ ffmpeg, store, clip: address, signal });
    const plan = await planMp4(store.pins, address);
    const written = await store.clips.writeMp4({
      clip: address,
      plan,
      signal,
      verify: (read, sizeBytes) => verifyFlat(read, sizeBytes, plan.expected),
    });
    return { written, duration: plan.expected.duration, startsAt: null };
  }

  /** A clip without a picture is whole: failures are logged and no more. */
  async #poster(clip: ClipRow): Promise<void> {
    const { ffmpeg, store, bus, logger } = this.#options;
    if (ffmpeg === null) return;
    const address = addressOf(clip);
    try {
      await store.clips.writePoster(address, await posterOf(ffmpeg, store.pins, address));
      bus.publish({ type: "clip", clip: (await this.#options.catalog.clips.find(clip.id)) ?? clip });
    } catch (error) {
      logger.warn({ err: error, clipId: clip.id }, "no picture could be made of a clip");
    }
  }
}
