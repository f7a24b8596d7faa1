/** The death of a clip: row marked `deleting`, files, row gone, quota released, posts told. Can be taken up again at any step. */
import type { ClipRow } from "../catalog/port.js";

export class ClipRemover {
  /** Deletes a clip for good. Idempotent. */
  async remove(clip: ClipRow): Promise<void> {
    throw new Error(`being built ${clip.id}`);
  }

  /** Removes the pins of clips that have been ready for an hour. Answers how many. */
  async removeOldPins(nowMs: number): Promise<number> {
    throw new Error(`being built ${nowMs}`);
  }
}
