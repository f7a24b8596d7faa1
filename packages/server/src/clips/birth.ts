/** The birth of a clip: charge, pins, row, in the order that the storage design names. Each is taken back when a later one fails. */
import { ReplayError, type WallMs } from "@livekit-replay/contract";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";
import type { Stopwatch } from "../platform/stopwatch.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Logger } from "../store/log.js";
import type { Store } from "../store/open.js";
import { isUnknown, type UnsettledClips } from "./unsettled.js";

/** What births need. `unsettled` takes what a database that went away leaves open. */
export interface ClipBirthParts {
  readonly catalog: Pick<Catalog, "clips">;
  readonly ledger: Pick<QuotaLedger, "reserve" | "release">;
  readonly store: Pick<Store, "pins">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly unsettled: Pick<UnsettledClips, "add">;
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
  /** Only called when it turns out later that a clip whose birth failed was born: nobody else tells of it. */
  readonly announce: (clip: ClipRow) => void;
  /** Measures the steps, for whoever asked. */
  readonly watch?: Stopwatch | undefined;
}

/** What was done of a birth. */
interface Done {
  readonly unborn: Unborn;
  charged: boolean;
  fileKey: string | null;
  row: ClipRow | null;
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
   * @throws ReplayError `quota_exceeded`; what `pin` and `row` throw. Nothing is left behind then; after `database_unavailable` as soon as the database is back.
   */
  async bear(unborn: Unborn): Promise<ClipRow> {
    const done: Done = { unborn, charged: false, fileKey: null, row: null };
    try {
      const born = await this.#bear(done);
      if (born !== null) return born;
    } catch (error) {
      // A charge that was refused needs no taking back; one that nobody answered for may be there.
      if (done.charged || isUnknown(error)) await this.#takeBack(done, leavesOpen(done, error));
      throw error;
    }
    const { key } = unborn;
    await this.#takeBack({ ...done, row: null }, false);
    const winner = key === null ? null : await this.#parts.catalog.clips.byIdempotencyKey(key);
    if (winner === null) throw new Error("a new clip's id or file key was taken");
    return winner;
  }

  /** Null when the row is refused. */
  async #bear(done: Done): Promise<ClipRow | null> {
    const { catalog, ledger, clock } = this.#parts;
    const { userId, clipId, key, reserved, pin, row, watch } = done.unborn;
    await ledger.reserve(userId, clipId, reserved);
    watch?.lap("charge");
    done.charged = true;
    const createdAtMs = clock.now();
    const { key: fileKey } = await pin(createdAtMs);
    watch?.lap("pins");
    done.fileKey = fileKey;
    const unwritten = await row({ id: clipId, userId, fileKey, createdAtMs, sizeBytes: reserved, idempotencyKey: key });
    done.row = unwritten;
    const isNew = await catalog.clips.insert(unwritten);
    watch?.lap("row");
    if (isNew) return unwritten;
    // A database driver that heard no answer sends it again, and is told that it is there: then it is there.
    const present = await catalog.clips.find(clipId);
    return present?.fileKey === fileKey ? present : null;
  }

  /** Pins first, charge last: bytes on disk are never uncounted. What fails here is mended by the next recovery. */
  async #takeBack({ unborn: { userId, clipId, announce }, fileKey, row }: Done, isOpen: boolean): Promise<void> {
    const { ledger, store, logger, unsettled } = this.#parts;
    // The row may be there: without its pins it would be a clip that is lost.
    if (isOpen) return unsettled.add({ userId, clipId, fileKey, row, announce });
    try {
      if (fileKey !== null) await store.pins.remove({ userId, key: fileKey });
      await ledger.release(userId, clipId);
    } catch (error) {
      if (isUnknown(error)) return unsettled.add({ userId, clipId, fileKey, row: null, announce });
      logger.error({ err: error, clipId }, "a clip that failed could not be taken back; recovery will");
    }
  }
}

/** Whether an error says nothing of what was done last. On the way of a row only an error of our own does: whatever else went wrong, the row may be there. */
const leavesOpen = ({ row }: Done, error: unknown): boolean => isUnknown(error) || (row !== null && !(error instanceof ReplayError));
