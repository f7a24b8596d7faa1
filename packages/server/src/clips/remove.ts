/** The death of a clip: row marked `deleting`, files, row gone, quota released, posts told. Can be taken up again at any step. */
import { addressOf } from "../catalog/places.js";
import type { Catalog, ClipRow } from "../catalog/port.js";
import type { ChannelNotices } from "../channels/notices.js";
import type { EventBus } from "../events/bus.js";
import type { Store } from "../store/open.js";
import type { AacFiles } from "./convert/aac-files.js";
import type { ClipFinaliser } from "./finalise.js";

/** What a `ClipRemover` works with. */
export interface ClipRemoverOptions {
  readonly catalog: Catalog;
  readonly store: Store;
  readonly bus: EventBus;
  readonly finaliser: ClipFinaliser;
  readonly aac: Pick<AacFiles, "cancel">;
  readonly notices: Pick<ChannelNotices, "clipDeleted">;
}

/** Players that are in a clip's pins may go on with them this long after its MP4 is there. */
const pinsKeptMs = 60 * 60_000;

/** Deletes clips to the end, and pins that nobody needs any more. Holds nothing of its own. */
export class ClipRemover {
  readonly #options: ClipRemoverOptions;

  constructor(options: ClipRemoverOptions) {
    this.#options = options;
  }

  /** Deletes a clip for good. Idempotent. */
  async remove(clip: ClipRow): Promise<void> {
    const { catalog, store, bus, finaliser, aac, notices } = this.#options;
    await catalog.clips.update(clip.id, ["pinned", "ready", "lost"], { state: "deleting" });
    finaliser.cancel(clip.id);
    aac.cancel(clip.id);
    const deleting: ClipRow = { ...clip, state: "deleting" };
    // Before the posts forget their clip: whoever takes this up after a crash finds them still.
    const posts = await catalog.posts.ofClip(clip.id);
    notices.clipDeleted({ clipId: clip.id, posts: posts.map(({ id, channelId }) => ({ postId: id, channelId })) });
    await store.finishDeletion(deleting);
    bus.publish({ type: "clip_gone", clip: deleting });
    bus.publish({ type: "quota", userId: clip.userId });
  }

  /** Takes up deletions that a crash or an error stopped. Answers how many were finished. */
  async finishDeletions(): Promise<number> {
    const clips = await this.#options.catalog.clips.inState(["deleting"]);
    for (const clip of clips) await this.remove(clip);
    return clips.length;
  }

  /** Removes the pins of clips that have been ready for an hour. Answers how many. */
  async removeOldPins(nowMs: number): Promise<number> {
    const { catalog, store } = this.#options;
    const ready = await catalog.clips.inState(["ready"]);
    const old = ready.filter(({ pinsGone, readyAtMs }) => !pinsGone && readyAtMs !== null && readyAtMs <= nowMs - pinsKeptMs);
    for (const clip of old) {
      await store.pins.remove(addressOf(clip));
      await catalog.clips.update(clip.id, ["ready"], { pinsGone: true });
    }
    return old.length;
  }
}
