/** The birth of a clip: charge, pins, row, in the order that the storage design names. Each is taken back when a later one fails. */
import type { WallMs } from "@livekit-replay/contract";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Logger } from "../store/log.js";
import type { Store } from "../store/open.js";

/** What births need. */
export interface ClipBirthParts {
  readonly catalog: Pick<Catalog, "clips">;
  readonly ledger: Pick<QuotaLedger, "reserve" | "release">;
  readonly store: Pick<Store, "pins">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the birth itself knows of a row. */
export type OwnFields = Pick<ClipRow, "id" | "userId" | "fileKey" | "createdAtMs" | "sizeBytes" | "idempotencyKey">;

/** A clip that is to be. */
export interface Unborn {
  readonly userId: string;
  readonly clipId: string;
  /** See `ClipRow.idempotencyKey`. */
  readonly key: string | null;
  /** At most so many bytes will it have. */
  readonly reserved: number;
  /** Pins it; answers the key of its files. */
  readonly pin: (atMs: WallMs) => Promise<{ readonly key: string }>;
  readonly row: (own: OwnFields) => Promise<ClipRow> | ClipRow;
}

/** Holds nothing but the births under way. */
export class ClipBirth {
  readonly #parts: ClipBirthParts;
  readonly #running = new Map<string, Promise<ClipRow>>();

  constructor(parts: ClipBirthParts) {
    this.#parts = parts;
  }

  /** The clip of an idempotency key: the one that has it, the one that is being made, or the one that `make` makes. Null: no key was given. */
  async once(key: string | null, make: () => Promise<ClipRow>): Promise<ClipRow> {
    if (key === null) return make();
    const running = this.#running.get(key);
    if (running) return running;
    const find = async (): Promise<ClipRow> => (await this.#parts.catalog.clips.byIdempotencyKey(key)) ?? make();
    const made = find().finally(() => this.#running.delete(key));
    this.#running.set(key, made);
    return made;
  }

  /**
   * Brings it into being. Where another server won the race for the same idempotency key, theirs is answered, and nothing is left of this one.
   * @throws ReplayError `quota_exceeded`; what `pin` and `row` throw. Nothing is left behind then.
   */
  async bear({ userId, clipId, key, reserved, pin, row }: Unborn): Promise<ClipRow> {
    const { catalog, ledger, clock } = this.#parts;
    await ledger.reserve(userId, clipId, reserved);
    let fileKey: string | null = null;
    try {
      const createdAtMs = clock.now();
      fileKey = (await pin(createdAtMs)).key;
      const born = await row({ id: clipId, userId, fileKey, createdAtMs, sizeBytes: reserved, idempotencyKey: key });
      if (await catalog.clips.insert(born)) return born;
      const winner = key === null ? null : await catalog.clips.byIdempotencyKey(key);
      if (winner === null) throw new Error("a new clip's id or file key was taken");
      await this.#takeBack(userId, clipId, fileKey);
      return winner;
    } catch (error) {
      await this.#takeBack(userId, clipId, fileKey);
      throw error;
    }
  }

  /** Pins first, charge last: bytes on disk are never uncounted. What fails here is mended by the next recovery. */
  async #takeBack(userId: string, clipId: string, fileKey: string | null): Promise<void> {
    const { ledger, store, logger } = this.#parts;
    try {
      if (fileKey !== null) await store.pins.remove({ userId, key: fileKey });
      await ledger.release(userId, clipId);
    } catch (error) {
      logger.error({ err: error, clipId }, "a clip that failed could not be taken back; recovery will");
    }
  }
}
