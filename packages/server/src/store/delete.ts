/** The death of a clip from the moment that its row says `deleting` (storage.md, invariant 3). */
import type { Catalog, ClipRow } from "../catalog/port.js";
import { aacCharge, type ClipCharges } from "./charges.js";
import type { ClipFiles } from "./finalise.js";

/**
 * Files, fsync of the folder, posts detached, row gone, quota given back: in this order, so that it can be taken up again wherever it stopped. Idempotent.
 * Throws the first error of the file system or the database; then the row is still there.
 */
export async function finishDeletion(clip: ClipRow, catalog: Catalog, clips: ClipFiles, charges: ClipCharges): Promise<void> {
  await clips.remove({ userId: clip.userId, key: clip.fileKey });
  await catalog.posts.detachClip(clip.id);
  await catalog.clips.remove(clip.id);
  await charges.release(clip.userId, aacCharge(clip.id));
  await charges.release(clip.userId, clip.id);
}
