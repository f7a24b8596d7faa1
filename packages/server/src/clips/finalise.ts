/** Pins become one MP4, in the background: one at a time (and one more that is encoded), tried again when it fails, taken up again after a restart. */
import { ReplayError } from "@livekit-replay/contract";
import { addressOf } from "../catalog/places.js";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { EventBus } from "../events/bus.js";
import type { Clock } from "../platform/clock.js";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Logger } from "../store/log.js";
import { PINNED_WEBM } from "../store/names.js";
import type { Store } from "../store/open.js";
import type { TailCover } from "./capture.js";
import { writeConcat } from "./concat.js";
import { type MadeMp4, makeMp4 } from "./convert/mp4.js";
import { hasVp8, isEncoded, isVp8 } from "./convert/need.js";
import type { Conversions } from "./convert/progress.js";
import { writeClipWebm } from "./convert/webm.js";
import { pinLate } from "./late.js";
import { writeTrimmed } from "./trim-movie.js";
import { posterOf } from "./poster.js";
import { isUnknown } from "./unsettled.js";

/** What a `ClipFinaliser` works with. */
export interface ClipFinaliserOptions {
  readonly catalog: Catalog;
  readonly ledger: QuotaLedger;
  readonly store: Store;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly conversions: Conversions;
  /** Null where FFmpeg is not installed: clips have no picture then, and what must be encoded waits for it. */
  readonly ffmpeg: Ffmpeg | null;
  /** Pauses before the second, third, … try; the last one is repeated. */
  readonly pausesMs?: readonly number[];
}

/** The same while the database is away, however often. */
const awayPauseMs = 3000;
const defaultPausesMs = [1000, 5000, 30_000, 300_000];
/** How soon a clip that another server works on is looked at again. */
const otherServerMs = 5000;

/** One for a server. Lives until `close`. */
export class ClipFinaliser {
  readonly #options: ClipFinaliserOptions;
  readonly #jobs = new Map<string, AbortController>();
  /** Clips whose files this server has a claim on until their job is over. */
  readonly #held = new Map<string, ClipRow>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #background = new Set<Promise<void>>();
  /** Encoding takes minutes: what is copied has its own queue. */
  readonly #last = { copy: Promise.resolve(), encode: Promise.resolve() };
  readonly #webms = new Map<string, Promise<void>>();
  readonly #posters = new Map<string, Promise<void>>();
  /** Clips whose late segments are still waited for. */
  readonly #late = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: ClipFinaliserOptions) {
    this.#options = options;
  }

  /** Queues a clip; with `cover`, once the segments behind its tail are pinned. Idempotent while it is queued. One that another server works on is left to it. */
  enqueue(clip: ClipRow, cover: TailCover | null = null): void {
    if (this.#closed || this.#jobs.has(clip.id)) return;
    const job = new AbortController();
    this.#jobs.set(clip.id, job);
    const isOurs = this.#hold(clip);
    this.#once(this.#posters, clip.id, () => this.#beside(clip, isOurs, () => this.#poster(clip)));
    if (isVp8(clip)) this.#webm(clip, isOurs);
    this.#once(this.#late, clip.id, async () => {
      if (!(await isOurs)) return this.#leave(clip, job);
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

  /** Resolves when the segments behind a clip's tail are pinned, or will not come: from then on its pins are what its MP4 is made of. */
  async waitLate(clipId: string): Promise<void> {
    await this.#late.get(clipId);
  }

  /** Resolves when the WebM of a clip is there, will not come, or the limit is over. Never throws. */
  async waitWebm(clipId: string, limitMs: number): Promise<void> {
    const making = this.#webms.get(clipId);
    if (!making) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([making, new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)))]);
    clearTimeout(timer);
  }

  /** Takes a clip out of the queue and stops work on it (it is being deleted). */
  cancel(clipId: string): void {
    this.#jobs.get(clipId)?.abort(new ReplayError("clip_not_found"));
    this.#jobs.delete(clipId);
    const timer = this.#timers.get(clipId);
    clearTimeout(timer);
    // What runs lets go by itself, when it has ended.
    if (this.#timers.delete(clipId)) this.#letGo(clipId);
  }

  /** Stops; what is queued goes on after the next start. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const clipId of this.#jobs.keys()) this.cancel(clipId);
    await Promise.all([this.#last.copy, this.#last.encode]);
    await Promise.allSettled(this.#background);
  }

  #run(work: () => Promise<void>): void {
    const running = work().finally(() => this.#background.delete(running));
    this.#background.add(running);
  }

  /** Work for a clip that others can wait for. */
  #once(running: Map<string, Promise<void>>, clipId: string, work: () => Promise<void>): void {
    const done = work().finally(() => running.delete(clipId));
    running.set(clipId, done);
    this.#run(() => done);
  }

  /** Claims a clip's files. A catalogue that cannot be asked is asked again later. */
  async #hold(clip: ClipRow): Promise<boolean> {
    const isOurs = await this.#options.store.claims.take(addressOf(clip)).catch(() => false);
    if (isOurs) this.#held.set(clip.id, clip);
    return isOurs;
  }

  #letGo(clipId: string): void {
    const { store, logger } = this.#options;
    const clip = this.#held.get(clipId);
    if (!clip) return;
    this.#held.delete(clipId);
    this.#run(() =>
      store.claims.giveUp(addressOf(clip)).catch((error: unknown) => {
        logger.warn({ err: error, clipId }, "the claim on a clip's files could not be given up; it ends by itself");
      }),
    );
  }

  /** Work beside the job, which may take longer than it. Never throws, as the work never does. */
  async #beside(clip: ClipRow, isOurs: Promise<boolean>, work: () => Promise<void>): Promise<void> {
    try {
      if (await isOurs) await this.#options.store.claims.during(addressOf(clip), work);
    } catch (error) {
      this.#options.logger.warn({ err: error, clipId: clip.id }, "a clip's files could not be claimed or given up");
    }
  }

  /** Another server works on it, or the catalogue cannot say. */
  #leave(clip: ClipRow, job: AbortController): void {
    if (job.signal.aborted || this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(clip.id);
      this.#jobs.delete(clip.id);
      this.#run(async () => {
        const row = await this.#options.catalog.clips.find(clip.id).catch(() => clip);
        if (row?.state === "pinned") this.enqueue(row);
      });
    }, otherServerMs);
    timer.unref();
    this.#timers.set(clip.id, timer);
  }

  #queue(clip: ClipRow, job: AbortController, failures: number): void {
    if (job.signal.aborted || this.#closed) {
      this.#letGo(clip.id);
      return;
    }
    const lane = isEncoded(clip) ? "encode" : "copy";
    this.#last[lane] = this.#last[lane].then(() => this.#try(clip, job, failures));
  }

  async #try(clip: ClipRow, job: AbortController, failures: number): Promise<void> {
    const { bus, logger, pausesMs = defaultPausesMs } = this.#options;
    if (job.signal.aborted) {
      this.#letGo(clip.id);
      return;
    }
    try {
      await this.#finalise(clip.id, job.signal);
      this.#jobs.delete(clip.id);
      this.#letGo(clip.id);
    } catch (error) {
      if (job.signal.aborted) {
        this.#letGo(clip.id);
        return;
      }
      logger.error({ err: error, clipId: clip.id, failures: failures + 1 }, "making the MP4 failed; it is tried again");
      // A database that is away says nothing about the clip.
      const isAway = isUnknown(error);
      if (failures === 0 && !isAway)
        bus.publish({ type: "clip_failed", clip, reason: error instanceof ReplayError ? error.message : "The MP4 could not be made yet" });
      const pause = isAway ? awayPauseMs : (pausesMs[Math.min(failures, pausesMs.length - 1)] ?? 0);
      const timer = setTimeout(() => {
        this.#timers.delete(clip.id);
        this.#queue(clip, job, isAway ? failures : failures + 1);
      }, pause);
      timer.unref();
      this.#timers.set(clip.id, timer);
    }
  }

  async #finalise(clipId: string, signal: AbortSignal): Promise<void> {
    const { catalog, ledger, bus, clock, logger } = this.#options;
    const clip = await catalog.clips.find(clipId);
    if (clip?.state !== "pinned") return;
    const { written, duration, startsAt, video } = await this.#write(clip, signal);
    await ledger.commit(clip.userId, clip.id, written.sizeBytes);
    const ready = {
      state: "ready",
      sizeBytes: written.sizeBytes,
      durationMs: duration / 1000,
      startsAtMs: startsAt ?? clip.startsAtMs,
      video: video ?? clip.video,
      readyAtMs: clock.now(),
    } as const;
    if (!(await catalog.clips.update(clip.id, ["pinned"], ready))) return;
    logger.info({ clipId, ...written }, "clip finalised");
    const pinsGone = hasVp8(clip) && !isVp8(clip) ? await this.#dropUnplayable(clip) : clip.pinsGone;
    bus.publish({ type: "clip", clip: { ...clip, ...ready, pinsGone } });
    bus.publish({ type: "quota", userId: clip.userId });
    if (clip.container === "mp4") this.#run(() => this.#dropMovie(clip));
  }

  /** Nothing plays from the pins of a clip that has VP8 beside another codec, or that is trimmed from an MP4. Answers whether they are gone. */
  async #dropUnplayable(clip: ClipRow): Promise<boolean> {
    await this.#options.store.pins.remove(addressOf(clip));
    return this.#options.catalog.clips.update(clip.id, ["ready"], { pinsGone: true });
  }

  /** What a clip is trimmed from holds more than its owner kept of it. Its picture is made of it, too. What fails is done again with other old pins. */
  async #dropMovie(clip: ClipRow): Promise<void> {
    await this.#posters.get(clip.id);
    try {
      await this.#dropUnplayable(clip);
    } catch (error) {
      this.#options.logger.warn({ err: error, clipId: clip.id }, "the MP4 that a clip was trimmed from is still among its pins");
    }
  }

  async #write(clip: ClipRow, signal: AbortSignal): Promise<MadeMp4 & { readonly startsAt: number | null }> {
    const { store, ffmpeg, conversions } = this.#options;
    if (clip.container === "ts") return { ...(await writeConcat({ ffmpeg, store, clip: addressOf(clip), signal })), video: null };
    if (clip.container === "mp4") return { ...(await writeTrimmed({ store, clip: addressOf(clip), signal })), startsAt: null, video: null };
    return { ...(await makeMp4({ store, ffmpeg, conversions, clip, signal })), startsAt: null };
  }

  /** A clip that HLS does not play can be played all the same. When it fails, the MP4 is waited for. */
  #webm(clip: ClipRow, isOurs: Promise<boolean>): void {
    const { store, bus, catalog, logger } = this.#options;
    const make = async (): Promise<void> => {
      try {
        const present = await store.media.ofPins(addressOf(clip), PINNED_WEBM);
        if (present !== null || !(await writeClipWebm(store.pins, addressOf(clip)))) return;
        bus.publish({ type: "clip", clip: (await catalog.clips.find(clip.id)) ?? clip });
      } catch (error) {
        // Deleted meanwhile.
        if (error instanceof ReplayError && error.code === "clip_not_found") return;
        logger.warn({ err: error, clipId: clip.id }, "a clip could not be made playable at once; its MP4 will be");
      }
    };
    const making = this.#beside(clip, isOurs, make).finally(() => this.#webms.delete(clip.id));
    this.#webms.set(clip.id, making);
    this.#run(() => making);
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
