/** Clips in channels: posting and taking back. */
import { ReplayError } from "@livekit-replay/contract";
import type { ChannelAccess } from "../auth/rights.js";
import type { Catalog, ClipRow, PostRow } from "../catalog/port.js";
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

/** Posts and unposts. */
export class Sharing {
  readonly #catalog: Catalog;
  readonly #bus: EventBus;
  readonly #clock: Clock;
  readonly #serial = new Serial();

  constructor(catalog: Catalog, bus: EventBus, clock: Clock) {
    this.#catalog = catalog;
    this.#bus = bus;
    this.#clock = clock;
  }

  /** Posts a clip. @throws ReplayError `clip_not_found` for one that has no files (any more). */
  async share({ caller, clip, channel, text }: ShareOptions): Promise<PostRow> {
    if (clip.state === "lost" || clip.state === "deleting") throw new ReplayError("clip_not_found");
    const post: PostRow = {
      id: newId(),
      channelId: channel.id,
      clipId: clip.id,
      userId: caller.userId,
      userName: caller.name,
      text: text?.trim() ?? "",
      createdAtMs: this.#clock.now(),
    };
    await this.#catalog.posts.insert(post);
    this.#bus.publish({ type: "post", post });
    this.#bus.publish({ type: "clip", clip });
    return post;
  }

  /** As `share`, but the caller's post of that clip in that channel is not repeated: a capture that is sent again posts once. */
  shareOnce(options: ShareOptions): Promise<PostRow> {
    const { clip, channel, caller } = options;
    return this.#serial.run(clip.id, async () => {
      const posts = await this.#catalog.posts.ofClip(clip.id);
      const before = posts.find((post) => post.channelId === channel.id && post.userId === caller.userId);
      return before ?? this.share(options);
    });
  }

  /** Takes a post back; the clip stays with its owner. */
  async unshare(post: PostRow): Promise<void> {
    await this.#catalog.posts.remove(post.id);
    this.#bus.publish({ type: "post_gone", post });
    const clip = post.clipId === null ? null : await this.#catalog.clips.find(post.clipId);
    if (clip && clip.state !== "deleting") this.#bus.publish({ type: "clip", clip });
  }
}
