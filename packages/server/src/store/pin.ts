/** Pins: what a clip is before its MP4 is made. Hard links into the owner's folder, so that the buffer may go. */
import type { WallMs } from "@livekit-replay/contract";
import type { SessionFolder } from "./paths.js";

/** What to pin, and for whom. */
export interface PinOptions {
  /** The clip's owner. */
  readonly userId: string;
  /** Gives the clip's files their `{timestamp}`. */
  readonly atMs: WallMs;
  readonly session: SessionFolder;
  /** Names in the session's folder: init files and whole segments, in order. */
  readonly files: readonly string[];
  /** The last piece, `tail.m4s`: bytes that were rewritten, or the name of a tail file in the session's folder. Null: the last of `files` is whole. */
  readonly tail: { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "file"; readonly file: string } | null;
  /** Text of `clip.m3u8`. */
  readonly playlist: string;
}

export interface Pinned {
  /** `{timestamp}`, with a suffix when taken. */
  readonly key: string;
  /** Bytes of all files. */
  readonly sizeBytes: number;
  /** How many of them were written or copied, not linked. */
  readonly writtenBytes: number;
}

/** What lies among a clip's pins. */
export interface PinList {
  /** Runs whose init files are there, ascending. */
  readonly inits: readonly number[];
  /** Whole segments, by run and number. */
  readonly segments: readonly { readonly run: number; readonly number: number; readonly file: string }[];
  readonly hasTail: boolean;
  /** Text of `clip.m3u8`. */
  readonly playlist: string;
}

/** Where a file is pinned. */
export interface PinAddress {
  readonly userId: string;
  readonly key: string;
}

export abstract class Pins {
  /**
   * Pins; everything is on disk (synced) under its final name when this resolves, nothing is left behind when it throws. Call it inside `SessionBuffer.exclusive`.
   * @throws ReplayError `disk_full`; `no_segments` when a file is gone.
   */
  abstract pin(options: PinOptions): Promise<Pinned>;
  /** Adds a segment that closed after the answer. False when the pins are gone by now. Idempotent. Throws as `pin`. */
  abstract addLate(clip: PinAddress, session: SessionFolder, file: string): Promise<boolean>;
  /** Null when there are no pins. */
  abstract list(clip: PinAddress): Promise<PinList | null>;
  /** As much of the start of a pinned segment or tail as `describeSegment` needs. Throws `ReplayError("clip_not_found")` when it is gone, MediaFormatError when it is no segment. */
  abstract readHead(clip: PinAddress, file: string): Promise<{ readonly head: Uint8Array; readonly sizeBytes: number }>;
  /** A whole file (at most 64 MiB). Throws `ReplayError("clip_not_found")`. */
  abstract readFile(clip: PinAddress, file: string): Promise<Uint8Array>;
  /** Removes a clip's pins (they vanish at once, as a whole). Idempotent. */
  abstract remove(clip: PinAddress): Promise<void>;
  /** How files are pinned: by `link`, or `copy` where links are refused. */
  abstract health(): { readonly status: "ok" | "degraded"; readonly detail?: string };
}
