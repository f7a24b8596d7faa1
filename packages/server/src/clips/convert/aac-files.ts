/** MP4s with AAC sound: made when the first person asks, kept beside the MP4 until the clip goes, charged to the clip's owner whoever asks. */
import { micros, ReplayError } from "@livekit-replay/contract";
import { addressOf } from "../../catalog/places.js";
import type { Catalog, ClipRow } from "../../catalog/port.js";
import type { EventBus } from "../../events/bus.js";
import type { Ffmpeg } from "../../platform/ffmpeg.js";
import type { QuotaLedger } from "../../quotas/ledger.js";
import { aacCharge } from "../../store/charges.js";
import type { Logger } from "../../store/log.js";
import type { PlayableFile } from "../../store/media.js";
import type { Store } from "../../store/open.js";
import { aacBoundBytes, convertToAac } from "./aac.js";
import type { ConversionProgress, Conversions } from "./progress.js";

/** What `AacFiles` works with. */
export interface AacFilesOptions {
  readonly catalog: Catalog;
  readonly ledger: QuotaLedger;
  readonly store: Store;
  readonly bus: EventBus;
  readonly conversions: Conversions;
  readonly logger: Logger;
  /** Null where FFmpeg is not installed: nothing can be made then. */
  readonly ffmpeg: Ffmpeg | null;
}

/** Who asks, and how long they wait. */
export interface AacAsker {
  readonly userId: string;
  readonly waitMs: number;
}

interface Job {
  readonly stop: AbortController;
  readonly progress: ConversionProgress;
  readonly made: Promise<void>;
}

/** How long the work of another server on the same clip is waited for. */
const otherServerMs = 120_000;
/** Clips that may be in conversion or wait for it; one more is refused. */
const mostJobs = 50;

/** Whether an MP4 of a clip has AAC sound by itself, or none: then there is nothing to convert. */
export const needsAac = ({ audio }: Pick<ClipRow, "audio">): boolean => audio?.codec === "opus";

/** One for a server. Lives until `close`. */
export class AacFiles {
  readonly #options: AacFilesOptions;
  readonly #jobs = new Map<string, Job>();
  #closed = false;

  constructor(options: AacFilesOptions) {
    this.#options = options;
  }

  /** Whether AAC can be made here at all. */
  get possible(): boolean {
    return this.#options.ffmpeg !== null;
  }

  /**
   * The MP4 with AAC sound of a ready clip; the MP4 itself where there is nothing to convert. Made when it is not there: however many ask, once.
   * @throws ReplayError `not_ready` when it takes longer than the asker waits (it goes on being made), `quota_exceeded` (the owner's), `disk_full`,
   * `concatenation_failed`, `clip_not_found`; `unsupported_codec` where FFmpeg is not installed; `rate_limited`.
   */
  async file(clip: ClipRow, { userId, waitMs }: AacAsker): Promise<PlayableFile> {
    if (!needsAac(clip)) return this.#present(clip, "mp4");
    const job = this.#jobs.get(clip.id) ?? (await this.#begin(clip));
    if (job !== null) {
      job.progress.addListener(userId);
      await within(job.made, waitMs);
    }
    return this.#present(clip, "aac");
  }

  /** Stops work on a clip (it is being deleted). */
  cancel(clipId: string): void {
    this.#jobs.get(clipId)?.stop.abort(new ReplayError("clip_not_found"));
  }

  /** Stops everything; what was not there yet is made again when it is asked for. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const clipId of this.#jobs.keys()) this.cancel(clipId);
    await Promise.allSettled([...this.#jobs.values()].map(({ made }) => made));
  }

  async #present(clip: ClipRow, what: "mp4" | "aac"): Promise<PlayableFile> {
    const file = await this.#options.store.media.ofClip(addressOf(clip), what);
    if (!file) throw new ReplayError("clip_not_found");
    return file;
  }

  /** Null: it is there. */
  async #begin(clip: ClipRow): Promise<Job | null> {
    const { ffmpeg, store, conversions } = this.#options;
    if ((await store.media.ofClip(addressOf(clip), "aac")) !== null) return null;
    if (ffmpeg === null) {
      const detail = "AAC sound is made by FFmpeg, which is not installed on the server: download the MP4 as it was recorded";
      throw new ReplayError("unsupported_codec", { detail });
    }
    // Who asked at the same time may have begun while the file was looked for.
    const running = this.#jobs.get(clip.id);
    if (running) return running;
    if (this.#closed || this.#jobs.size >= mostJobs) throw new ReplayError("rate_limited", { retryAfterSeconds: 30 });
    const stop = new AbortController();
    const progress = conversions.begin(clip, "aac");
    const make = (): Promise<void> => this.#make(clip, ffmpeg, progress, stop.signal);
    const made = store.claims.during(addressOf(clip), make, otherServerMs).finally(() => {
      progress.end(false);
      this.#jobs.delete(clip.id);
    });
    // Nobody may be left to hear of a failure: it is logged where it happens.
    made.catch(() => undefined);
    const job = { stop, progress, made };
    this.#jobs.set(clip.id, job);
    return job;
  }

  /** Charge, file, exact charge: in this order, so that bytes on disk are never uncounted. */
  async #make(clip: ClipRow, ffmpeg: Ffmpeg, progress: ConversionProgress, signal: AbortSignal): Promise<void> {
    const { ledger, bus, logger, store } = this.#options;
    const charge = aacCharge(clip.id);
    // Made by another server, which had the claim until now.
    if ((await store.media.ofClip(addressOf(clip), "aac")) !== null) return;
    try {
      // What is charged without a file is left over from work that died.
      await ledger.release(clip.userId, charge);
      await ledger.reserve(clip.userId, charge, aacBoundBytes(clip.sizeBytes, micros(clip.durationMs * 1000)));
      bus.publish({ type: "quota", userId: clip.userId });
      await this.#write(clip, ffmpeg, progress, signal);
      progress.end(true);
    } catch (error) {
      progress.end(false);
      await ledger.release(clip.userId, charge);
      if (!signal.aborted) logger.warn({ err: error, clipId: clip.id }, "an MP4 with AAC sound could not be made");
      throw error;
    } finally {
      bus.publish({ type: "quota", userId: clip.userId });
    }
  }

  async #write(clip: ClipRow, ffmpeg: Ffmpeg, progress: ConversionProgress, signal: AbortSignal): Promise<void> {
    const { catalog, ledger, store, logger } = this.#options;
    const row = await catalog.clips.find(clip.id);
    if (row?.state !== "ready") throw new ReplayError("clip_not_found");
    const source = await this.#present(row, "mp4");
    const onProgress = (done: number): void => progress.report(done);
    const sizeBytes = await store.clips.writeMade({
      clip: addressOf(row),
      what: "aac",
      signal,
      make: (target) => convertToAac(ffmpeg, { source: source.path, target, duration: micros(row.durationMs * 1000), signal, onProgress }),
    });
    try {
      await ledger.commit(row.userId, aacCharge(row.id), sizeBytes);
    } catch (error) {
      // A file that is larger than what it was charged must not stay.
      await store.clips.removeAac(addressOf(row));
      throw error;
    }
    logger.info({ clipId: row.id, sizeBytes }, "an MP4 with AAC sound was made");
  }
}

/** Waits for work, but not longer than the limit. @throws ReplayError `not_ready` when the limit is over; what the work throws. */
async function within(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ReplayError("not_ready", { retryAfterSeconds: 5 })), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
