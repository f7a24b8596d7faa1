/**
 * Clips in the making when the database went away: whether their row was written is not known, and what was done cannot be taken back yet.
 * They are settled when it is there again: a clip whose row is there is a clip, of any other nothing is left.
 */
import { setTimeout as delay } from "node:timers/promises";
import { ReplayError } from "@livekit-replay/contract";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Logger } from "../store/log.js";
import type { Store } from "../store/open.js";

/** What they are settled with. */
export interface UnsettledParts {
  readonly catalog: Pick<Catalog, "clips">;
  readonly ledger: Pick<QuotaLedger, "release">;
  readonly store: Pick<Store, "pins" | "finishDeletion">;
  readonly logger: Logger;
}

/** One of them. */
export interface UnsettledClip {
  readonly userId: string;
  readonly clipId: string;
  /** Null: nothing is pinned. */
  readonly fileKey: string | null;
  /** Null: its row was certainly not written. */
  readonly row: ClipRow | null;
  /** It was born after all. */
  readonly announce: (clip: ClipRow) => void;
}

/** Pauses before the second, third, … try; the last one is repeated. */
const pausesMs = [500, 1000, 2000, 5000];
/** How often what fails for another reason than a database that is away is tried. */
const mostTries = 5;

/** Whether an error says nothing about what became of a change. */
export const isUnknown = (error: unknown): boolean => error instanceof ReplayError && error.code === "database_unavailable";

/** One for a server. Until `close` it tries again and again; what is left then is mended as after a crash. */
export class UnsettledClips {
  readonly #parts: UnsettledParts;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: UnsettledParts) {
    this.#parts = parts;
  }

  /** Settles a clip in the background. */
  add(clip: UnsettledClip): void {
    const work = this.#repeat(clip)
      .catch((error: unknown) => {
        if (this.#closing.signal.aborted) return;
        this.#parts.logger.error({ err: error, clipId: clip.clipId }, "a clip that failed could not be taken back; recovery will");
      })
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Begins nothing more and waits for what runs. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#underWay);
  }

  async #repeat(clip: UnsettledClip): Promise<void> {
    for (let n = 0; ; n += 1)
      try {
        return await this.#settle(clip);
      } catch (error) {
        if (!isUnknown(error) && n + 1 >= mostTries) throw error;
        await delay(pausesMs[Math.min(n, pausesMs.length - 1)], undefined, { signal: this.#closing.signal, ref: false });
      }
  }

  async #settle({ userId, clipId, fileKey, row, announce }: UnsettledClip): Promise<void> {
    const { catalog, ledger, store, logger } = this.#parts;
    if (row === null) {
      if (fileKey !== null) await store.pins.remove({ userId, key: fileKey });
      await ledger.release(userId, clipId);
      return;
    }
    // Whoever writes the row first decides: behind this one no insert that is still on its way can be the clip's birth.
    const dead: ClipRow = { ...row, state: "deleting", idempotencyKey: null };
    if (await catalog.clips.insert(dead)) return store.finishDeletion(dead);
    const now = await catalog.clips.find(clipId);
    if (now?.state === "deleting") return store.finishDeletion(now);
    if (now?.state !== "pinned") return;
    logger.info({ clipId }, "a clip was born although the database went away before it said so");
    announce(now);
  }
}
