/** The server's store, put together: one object per root folder. */
import { mkdir, statfs } from "node:fs/promises";
import path from "node:path";
import { type Millis, millis } from "@livekit-replay/contract";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";
import { Buffers } from "./buffers.js";
import type { ClipCharges } from "./charges.js";
import type { Finding } from "./check/finding.js";
import { Counters } from "./counters.js";
import { finishDeletion } from "./delete.js";
import { ClipFiles } from "./finalise.js";
import { makeFolder, translate } from "./files.js";
import type { Logger } from "./log.js";
import { PlayableFiles } from "./media.js";
import { bufferRoot, clipsRoot } from "./paths.js";
import { Pins } from "./pin.js";
import { Recovery, type RecoverReport } from "./recover.js";

/** What a store is made of. */
export interface StoreOptions {
  /** `FILE_UPLOAD_DEST`; created when missing. */
  readonly root: string;
  readonly catalog: Catalog;
  /** The quota's ledger. */
  readonly ledger: ClipCharges;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `BUFFER_MINUTES`. */
  readonly bufferMs: Millis;
  /** `GRACE_MINUTES`: how long a session's folder without a row is kept. */
  readonly graceMs: Millis;
  /** What a check waits before it looks again. Default 1 s. */
  readonly confirmMs?: Millis;
}

/** Made by `openStore`. */
export interface Store {
  readonly buffers: Buffers;
  readonly pins: Pins;
  readonly clips: ClipFiles;
  readonly media: PlayableFiles;
  readonly counters: Counters;
  /** Mends what a crash left. The first call belongs before any request; later ones take only what is older than an hour for dead. */
  recover(): Promise<RecoverReport>;
  /** Every broken invariant, seen twice a second apart, so that work under way is not taken for one. Changes nothing. */
  check(): Promise<Finding[]>;
  /** A clip whose row says `deleting` to its end: files, posts detached, row, quota. Idempotent. */
  finishDeletion(clip: ClipRow): Promise<void>;
  /** Bytes free for new files (`MIN_FREE_BYTES` is compared with it). */
  freeBytes(): Promise<number>;
  /** `degraded` while hard links are refused. */
  health(): { readonly status: "ok" | "degraded"; readonly detail?: string };
  /** Waits for playlists and expiry under way. Idempotent. */
  close(): Promise<void>;
}

const CONFIRM = millis(1000);

/**
 * Creates the folders and tests whether hard links work between them.
 * @throws ReplayError `disk_full`; errors of the file system.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { catalog, ledger: charges, logger } = options;
  const root = path.resolve(options.root);
  await prepare(root);
  const counters = new Counters();
  const buffers = new Buffers({ ...options, root, counters });
  const pins = new Pins(root, logger, counters);
  const clips = new ClipFiles(root, pins, counters);
  await pins.probe();
  const finish = (clip: ClipRow): Promise<void> => finishDeletion(clip, catalog, clips, charges);
  const recovery = new Recovery({ ...options, root, charges, pins, clips, counters, confirmMs: options.confirmMs ?? CONFIRM, finishDeletion: finish, removeSession: (session) => buffers.remove(session) });
  let first = true;
  return {
    buffers,
    pins,
    clips,
    media: new PlayableFiles(root),
    counters,
    recover: () => {
      const atStart = first;
      first = false;
      return recovery.recover(atStart);
    },
    check: () => recovery.check(),
    finishDeletion: finish,
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },
    health: () => pins.health(),
    close: () => buffers.close(),
  };
}

async function prepare(root: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true });
    await makeFolder(root, bufferRoot(root));
    await makeFolder(root, clipsRoot(root));
  } catch (error) {
    throw translate(error);
  }
}
