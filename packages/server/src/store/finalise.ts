/** The finished files of a clip: its MP4, written from a plan, and its poster. */
import type { FlatPlan, ReadAt } from "@livekit-replay/media";
import type { PinAddress } from "./pin.js";

export interface Mp4Options {
  readonly clip: PinAddress;
  /** `ref` is a file's name among the clip's pins. */
  readonly plan: Pick<FlatPlan<string>, "head" | "parts" | "sizeBytes">;
  /** Reads the written file back before it gets its name; throws when it is not the one that was planned. */
  readonly verify: (read: ReadAt, sizeBytes: number) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface WrittenMp4 {
  readonly sizeBytes: number;
  /** Copying and syncing. */
  readonly writeMs: number;
  readonly verifyMs: number;
}

export abstract class ClipFiles {
  /**
   * Writes `{timestamp}.mp4`: copy, fsync, verify, rename, fsync of the folder. Replaces one that is there. Uses two buffers of 2 MiB whatever the length.
   * Nothing is left behind when it throws: ReplayError `disk_full`, `clip_not_found` when pins are gone; the signal's reason; what `verify` throws.
   */
  abstract writeMp4(options: Mp4Options): Promise<WrittenMp4>;
  /** Writes `{timestamp}.jpg`. Throws ReplayError `disk_full`. */
  abstract writePoster(clip: PinAddress, bytes: Uint8Array): Promise<void>;
  /** Removes everything of a clip and syncs the folder. Idempotent. Throws the first error after having tried all files. */
  abstract remove(clip: PinAddress): Promise<void>;
  /** Bytes on disk; null for what is not there. */
  abstract sizes(clip: PinAddress): Promise<{ readonly mp4: number | null; readonly poster: number | null; readonly pins: number | null }>;
}
