/** Pins become one MP4, in the background: one queue, one at a time, tried again when it fails, taken up again after a restart. */
import type { ClipRow } from "../catalog/port.js";

export class ClipFinaliser {
  /** Queues a clip. Idempotent while it is queued. */
  enqueue(clip: ClipRow): void {
    throw new Error(`being built ${clip.id}`);
  }

  /** Answers the row as soon as the clip is not `pinned` any more, or as it is after `limitMs`. Null when it is gone. */
  async waitReady(clipId: string, limitMs: number): Promise<ClipRow | null> {
    throw new Error(`being built ${clipId} ${limitMs}`);
  }

  /** Stops after the piece of work at hand; what is queued goes on after the next start. */
  async close(): Promise<void> {}
}
