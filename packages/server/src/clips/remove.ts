/** The death of a clip: row marked `deleting`, files, row gone, quota released, posts told. Can be taken up again at any step. */
import { ReplayError } from "@livekit-replay/contract";
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
    options.bus.subscribe((event, origin) => {
      if (event.type === "clip_ending" && origin === "elsewhere") this.#stopWork(event.clip.id);
    });
  }

  /** Deletes a clip for good. Idempotent. One that another server does not let go of in time is gone for everybody, and deleted a little later. */
  async remove(clip: ClipRow): Promise<void> {
    const { catalog, store, bus, notices } = this.#options;
    await catalog.clips.update(clip.id, ["pinned", "ready", "lost"], { state: "deleting" });
    const deleting: ClipRow = { ...clip, state: "deleting" };
    this.#stopWork(clip.id);
    bus.publish({ type: "clip_ending", clip: deleting });
    // Before the posts forget their clip: whoever takes this up after a crash finds them still.
    const posts = await catalog.posts.ofClip(clip.id);
    notices.clipDeleted({ clipId: clip.id, posts: posts.map(({ id, channelId }) => ({ postId: id, channelId })) });
    const isDeleted = await store.finishDeletion(deleting).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ReplayError && error.code === "not_ready") return false;
        throw error;
      },
    );
    if (!isDeleted) return;
    bus.publish({ type: "clip_gone", clip: deleting });
    bus.publish({ type: "quota", userId: clip.userId });
  }

  #stopWork(clipId: string): void {
    this.#options.finaliser.cancel(clipId);
    this.#options.aac.cancel(clipId);
  }

  /** Takes up deletions that a crash or an error stopped. Answers how many were taken up. @throws the first error, when all were tried */
  async finishDeletions(): Promise<number> {
    const clips = await this.#options.catalog.clips.inState(["deleting"]);
    await eachTried(clips, (clip) => this.remove(clip));
    return clips.length;
  }

  /** Removes the pins of clips that have been ready for an hour. Answers how many. @throws the first error, when all were tried */
  async removeOldPins(nowMs: number): Promise<number> {
    const { catalog, store } = this.#options;
    const ready = await catalog.clips.inState(["ready"]);
    const old = ready.filter(({ pinsGone, readyAtMs }) => !pinsGone && readyAtMs !== null && readyAtMs <= nowMs - pinsKeptMs);
    await eachTried(old, async (clip) => {
      await store.claims.during(addressOf(clip), () => store.pins.remove(addressOf(clip)));
      await catalog.clips.update(clip.id, ["ready"], { pinsGone: true });
    });
    return old.length;
  }
}

/** What fails with one clip keeps no other from its turn. @throws the first error, at the end */
async function eachTried(clips: readonly ClipRow[], work: (clip: ClipRow) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  for (const clip of clips) await work(clip).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}
