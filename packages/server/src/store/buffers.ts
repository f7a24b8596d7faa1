/** All buffers that this server has in memory, by session. */
import type { Millis } from "@livekit-replay/contract";
import type { SessionBuffer } from "./buffer.js";
import type { Clock } from "../platform/clock.js";
import type { Counters } from "./counters.js";
import type { Logger } from "./log.js";
import type { SessionFolder } from "./paths.js";

export interface BuffersOptions {
  readonly root: string;
  /** `BUFFER_MINUTES`. */
  readonly bufferMs: Millis;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
}

/** What a removal did. */
export interface RemovedFiles {
  readonly files: number;
  readonly bytes: number;
  /** Files that could not be removed (logged). */
  readonly failed: number;
}

export class Buffers {
  constructor(_options: BuffersOptions) {
    throw new Error("being built");
  }

  /** The buffer of a session: from memory, or read from its folder (an empty one when there is no folder yet). */
  async open(_session: SessionFolder): Promise<SessionBuffer> {
    throw new Error("being built");
  }

  /** Only when it is in memory. */
  get(_sessionId: string): SessionBuffer | null {
    throw new Error("being built");
  }

  /** The cron job's net: every buffer in memory is compared with its folder; leftovers go: segments before the window, init files without segments, tails older than a minute, `.tmp` older than an hour. */
  async sweep(): Promise<RemovedFiles> {
    throw new Error("being built");
  }

  /** Deletes everything of a session from an instant on (null: all of it); playlists follow. For "forget". The session goes on. */
  async forget(_session: SessionFolder, _fromMs: number | null): Promise<RemovedFiles> {
    throw new Error("being built");
  }

  /** Deletes a session's whole folder, and parents that are empty then: its grace is over. Folders inside it are none of ours and stay (counted as failed). */
  async remove(_session: SessionFolder): Promise<RemovedFiles> {
    throw new Error("being built");
  }

  /** Waits for what is under way. Idempotent. */
  async close(): Promise<void> {
    throw new Error("being built");
  }
}
