/** The server's store, put together: one object per root folder. */
import type { Millis } from "@livekit-replay/contract";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Buffers } from "./buffers.js";
import type { Finding } from "./check.js";
import type { Counters } from "./counters.js";
import type { ClipFiles } from "./finalise.js";
import type { Logger } from "./log.js";
import type { PlayableFiles } from "./media.js";
import type { Pins } from "./pin.js";
import type { RecoverReport } from "./recover.js";

export interface StoreOptions {
  /** `FILE_UPLOAD_DEST`; created when missing. */
  readonly root: string;
  readonly catalog: Catalog;
  readonly ledger: QuotaLedger;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `BUFFER_MINUTES`. */
  readonly bufferMs: Millis;
  /** `GRACE_MINUTES`: how long a session's folder without a row is kept. */
  readonly graceMs: Millis;
}

/** Made by `openStore`. */
export interface Store {
  readonly buffers: Buffers;
  readonly pins: Pins;
  readonly clips: ClipFiles;
  readonly media: PlayableFiles;
  readonly counters: Counters;
  /** Mends what a crash left. Once at start, before requests; and from time to time (then only what is older than an hour is taken for dead). */
  recover(): Promise<RecoverReport>;
  /** Every broken invariant, seen twice a second apart, so that work under way is not taken for one. Changes nothing. */
  check(): Promise<Finding[]>;
  /** A `deleting` clip to its end: files, posts detached, row, quota. Idempotent. */
  finishDeletion(clip: ClipRow): Promise<void>;
  /** Bytes free for new files (`MIN_FREE_BYTES` is compared with it). */
  freeBytes(): Promise<number>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Creates the folders, tests whether hard links work between them. */
export async function openStore(_options: StoreOptions): Promise<Store> {
  throw new Error("being built");
}
