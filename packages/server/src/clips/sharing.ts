/** Clips in channels: posting and taking back. */
import { ReplayError } from "@livekit-replay/contract";
import type { ChannelAccess } from "../auth/rights.js";
import { basePath } from "../auth/rules.js";
import type { Catalog, ClipRow, PostRow } from "../catalog/port.js";
import type { ChannelNotices } from "../channels/notices.js";
import type { ChannelPost } from "../channels/port.js";
import type { Caller } from "../directory/port.js";
import type { EventBus } from "../events/bus.js";
import type { Clock } from "../platform/clock.js";
import { newId } from "../platform/ids.js";
import { Serial } from "../platform/serial.js";

/** What is posted, where, by whom; rights were asked before. */
export interface ShareOptions {
  readonly caller: Caller;
  readonly clip: ClipRow;
  readonly channel: ChannelAccess;
  readonly text: string | undefined;
}

/** What sharing works with. */
export interface SharingParts {
  readonly catalog: Catalog;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly notices: Pick<ChannelNotices, "posted" | "removed">;
  /** `PUBLIC_URL` */
  readonly publicUrl: string | null;
}

/** Posts and unposts. */
export class Sharing {
  readonly #parts: SharingParts;
  readonly #serial = new Serial();

  constructor(parts: SharingParts) {
    this.#parts = parts;
  }

  /**
   * Posts a clip: the row first, so that whoever sees it in the host's chat may watch at once; a refusal of the host takes the row back.
   * @throws ReplayError `clip_not_found` for one that has no files (any more); of the host (`directory_unavailable`, `permission_denied`, `channel_not_found`).
   */
  async share({ caller, clip, channel, text }: ShareOptions): Promise<PostRow> {
    const { catalog, bus, clock, notices } = this.#parts;
    if (clip.state === "lost" || clip.state === "deleting") throw new ReplayError("clip_not_found");
    const post: PostRow = {
      id: newId(),
      channelId: channel.id,
      clipId: clip.id,
      userId: caller.userId,
      userName: caller.name,
      text: text?.trim() ?? "",
      createdAtMs: clock.now(),
    };
    await catalog.posts.insert(post);
    try {
      await notices.posted(this.#told(post, clip, channel));
    } catch (error) {
      await catalog.posts.remove(post.id);
      throw error;
    }
    await this.#checkStanding(post, clip);
    bus.publish({ type: "post", post });
    bus.publish({ type: "clip", clip });
    return post;
  }

  /** As `share`, but the caller's post of that clip in that channel is not repeated: a capture that is sent again posts once. */
  shareOnce(options: ShareOptions): Promise<PostRow> {
    const { clip, channel, caller } = options;
    return this.#serial.run(clip.id, async () => {
      const posts = await this.#parts.catalog.posts.ofClip(clip.id);
      const before = posts.find((post) => post.channelId === channel.id && post.userId === caller.userId);
      return before ?? this.share(options);
    });
  }

  /** Takes a post back; the clip stays with its owner. */
  async unshare(post: PostRow): Promise<void> {
    const { catalog, bus, notices } = this.#parts;
    await catalog.posts.remove(post.id);
    notices.removed({ postId: post.id, channelId: post.channelId });
    bus.publish({ type: "post_gone", post });
    const clip = post.clipId === null ? null : await catalog.clips.find(post.clipId);
    if (clip && clip.state !== "deleting") bus.publish({ type: "clip", clip });
  }

  /** While the host was told, the clip may have been deleted, or the post taken back: then it hears of the end after the beginning. */
  async #checkStanding(post: PostRow, { id }: ClipRow): Promise<void> {
    const { catalog, notices } = this.#parts;
    const [row, clip] = [await catalog.posts.find(post.id), await catalog.clips.find(id)];
    if (row?.clipId === id && clip && clip.state !== "deleting") return;
    await catalog.posts.remove(post.id);
    notices.removed({ postId: post.id, channelId: post.channelId });
    throw new ReplayError("clip_not_found");
  }

  #told(post: PostRow, clip: ClipRow, channel: ChannelAccess): ChannelPost {
    const address = `${this.#parts.publicUrl ?? ""}${basePath}/clips/${clip.id}`;
    return {
      postId: post.id,
      channelId: post.channelId,
      communityId: channel.communityId,
      author: { userId: post.userId, name: post.userName },
      text: post.text,
      createdAtMs: post.createdAtMs,
      clip: {
        id: clip.id,
        title: clip.title,
        durationMs: clip.durationMs,
        owner: { userId: clip.userId, name: clip.ownerName },
        sharer: { userId: clip.sharerId, name: clip.sharerName },
      },
      links: { clip: address, poster: `${address}/poster.jpg` },
    };
  }
}
