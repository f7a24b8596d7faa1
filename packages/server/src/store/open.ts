/** The server's store, put together: one object per root folder. */
import { mkdir, statfs } from "node:fs/promises";
import path from "node:path";
import { type Millis, millis, ReplayError } from "@livekit-replay/contract";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";
import { Buffers, type RemovedFiles } from "./buffers.js";
import type { ClipCharges } from "./charges.js";
import type { Finding } from "./check/finding.js";
import { Counters } from "./counters.js";
import { finishDeletion } from "./delete.js";
import { ClipFiles } from "./finalise.js";
import { makeFolder, translate } from "./files.js";
import type { Logger } from "./log.js";
import { PlayableFiles } from "./media.js";
import { bufferRoot, clipsRoot, type SessionFolder } from "./paths.js";
import { Pins } from "./pin.js";
import { Recovery, type RecoverReport } from "./recover.js";
import { claimOf, type ClipClaims, clipClaims, type StoreSharing, unshared } from "./sharing.js";

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
  /** Other servers on the same folder. Default: none. */
  readonly sharing?: StoreSharing;
}

/** Made by `openStore`. */
export interface Store {
  readonly buffers: Buffers;
  readonly pins: Pins;
  readonly clips: ClipFiles;
  readonly media: PlayableFiles;
  readonly counters: Counters;
  /** Keep other servers away from a clip's files. */
  readonly claims: ClipClaims;
  /** Mends what a crash left. The first call belongs before any request; later ones, and while other servers work, take only what is older than an hour for dead. */
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

/** The parts of a store over a root; nothing is touched yet. */
function assemble(
  options: StoreOptions,
): Pick<Store, "buffers" | "pins" | "clips" | "media" | "counters" | "claims" | "finishDeletion"> & { recovery: Recovery } {
  const { catalog, ledger: charges, logger, confirmMs = CONFIRM, sharing = unshared } = options;
  const root = path.resolve(options.root);
  const counters = new Counters();
  const buffers = new Buffers({ ...options, root, counters, sharing });
  const pins = new Pins(root, logger, counters);
  const clips = new ClipFiles(root, pins, counters, (clip) => sharing.claims.assertHas(claimOf(clip)));
  const claims = clipClaims(sharing.claims);
  const finish = (clip: ClipRow): Promise<void> =>
    claims.during({ userId: clip.userId, key: clip.fileKey }, () => finishDeletion(clip, catalog, clips, charges));
  const removeSession = (session: SessionFolder): Promise<RemovedFiles> => buffers.remove(session);
  const recovery = new Recovery({ ...options, root, charges, pins, clips, counters, confirmMs, finishDeletion: finish, removeSession });
  return { buffers, pins, clips, media: new PlayableFiles(root), counters, claims, finishDeletion: finish, recovery };
}

/**
 * Creates the folders and tests whether hard links work between them.
 * @throws ReplayError `disk_full` when the folders cannot be made; errors of the file system.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const root = path.resolve(options.root);
  await prepare(root);
  const { recovery, ...parts } = assemble(options);
  await probe(parts.pins, options.logger);
  let first = true;
  return {
    ...parts,
    recover: () => {
      const atStart = first && options.sharing?.othersWork() !== true;
      first = false;
      return recovery.recover(atStart);
    },
    check: () => recovery.check(),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },
    health: () => parts.pins.health(),
    close: () => parts.buffers.close(),
  };
}

/**
 * Only the eyes and the mending hands of a store, for a command beside a server that may be running: creates nothing, tries no links,
 * and takes nothing for dead that is younger than an hour.
 */
export function inspectStore(options: StoreOptions): Pick<Store, "check" | "recover"> {
  const { recovery } = assemble(options);
  return { check: () => recovery.check(), recover: () => recovery.recover(false) };
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

/** A disk that is full keeps nobody from playing: whether links work shows at the first capture then. */
async function probe(pins: Pins, logger: Logger): Promise<void> {
  try {
    await pins.probe();
  } catch (error) {
    if (!(error instanceof ReplayError) || error.code !== "disk_full") throw error;
    logger.warn({ err: error }, "the disk is full: hard links could not be tried");
  }
}
