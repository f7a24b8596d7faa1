/** What people do to clips and posts, their own or somebody else's. What an instance admin or a moderator does to somebody else's is in the audit log before it is done. */
import type { EditClip } from "@livekit-replay/contract";
import type { AuditLog, Change } from "../audit/log.js";
import type { Catalog, ClipRow, PostRow } from "../catalog/port.js";
import type { Caller } from "../directory/port.js";
import type { Library } from "./library.js";
import type { ClipRemover } from "./remove.js";
import type { ShareOptions, Sharing } from "./sharing.js";

/** What it is done with. */
export interface ModerationParts {
  readonly catalog: Catalog;
  readonly audit: AuditLog;
  readonly library: Library;
  readonly remover: ClipRemover;
  readonly sharing: Sharing;
}

/** Does it; rights were asked before. */
export class Moderation {
  readonly #parts: ModerationParts;

  constructor(parts: ModerationParts) {
    this.#parts = parts;
  }

  /** Deletes a clip for good. Who shared the screen withdraws what is of them: that is no moderation. */
  remove(caller: Caller, clip: ClipRow): Promise<void> {
    const work = (): Promise<void> => this.#parts.remover.remove(clip);
    return clip.sharerId === caller.userId ? work() : this.#onClip(caller, clip, { verb: "remove", to: null }, work);
  }

  /** Changes the title. @throws ReplayError `clip_not_found` when the clip is being deleted */
  edit(caller: Caller, clip: ClipRow, body: EditClip): Promise<ClipRow> {
    return this.#onClip(caller, clip, { verb: "edit", to: body }, () => this.#parts.library.edit(clip, body));
  }

  /** Posts a clip in a channel. @throws what `Sharing.share` throws */
  share(options: ShareOptions): Promise<PostRow> {
    const { caller, clip, channel } = options;
    return this.#onClip(caller, clip, { verb: "share", to: { channelId: channel.id } }, () => this.#parts.sharing.share(options));
  }

  /** Takes a post back. It is somebody else's when neither the post nor its clip is the caller's. */
  async unshare(caller: Caller, post: PostRow): Promise<void> {
    const { catalog, audit, sharing } = this.#parts;
    const clip = post.clipId === null ? null : await catalog.clips.find(post.clipId);
    const work = (): Promise<void> => sharing.unshare(post);
    if (post.userId === caller.userId || clip?.userId === caller.userId) return work();
    const { id: target, channelId, clipId, userId } = post;
    const change: Change = {
      action: "post.remove",
      communityId: clip?.communityId ?? null,
      target,
      from: { channelId, clipId, userId },
      to: null,
    };
    return audit.change(caller, change, work);
  }

  #onClip<T>(
    caller: Caller,
    clip: ClipRow,
    change: { verb: "edit" | "share" | "remove"; to: unknown },
    work: () => Promise<T>,
  ): Promise<T> {
    if (clip.userId === caller.userId) return work();
    const { id: target, communityId, title, userId } = clip;
    const entry: Change = { action: `clip.${change.verb}`, communityId, target, from: { userId, title }, to: change.to };
    return this.#parts.audit.change(caller, entry, work);
  }
}
