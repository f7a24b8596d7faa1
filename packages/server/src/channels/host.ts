/** Posts in the host application's own chat, told over HTTP. */
import { ReplayError } from "@livekit-replay/contract";
import type { HostClient } from "../directory/host/client.js";
import type { ChannelPost, ChannelPostKey, ChannelPosts, ClipDeleted } from "./port.js";

/** Every method throws `ReplayError("directory_unavailable")` when the host does not say that it heard. */
export class HostChannelPosts implements ChannelPosts {
  readonly #client: Pick<HostClient, "tell">;

  constructor(client: Pick<HostClient, "tell">) {
    this.#client = client;
  }

  /** @throws also `permission_denied`, `channel_not_found`: the host says no */
  async posted(post: ChannelPost): Promise<void> {
    const answer = await this.#client.tell("posted", { ...post, createdAtMs: Math.floor(post.createdAtMs) });
    if (answer === "refused") throw new ReplayError("permission_denied");
    if (answer === "unknown") throw new ReplayError("channel_not_found");
  }

  async removed(post: ChannelPostKey): Promise<void> {
    heard(await this.#client.tell("removed", post));
  }

  async clipDeleted({ clipId, posts }: ClipDeleted): Promise<void> {
    heard(await this.#client.tell("clipDeleted", { clipId, posts: [...posts] }));
  }
}

/** What the host never knew needs no notice of its end. */
function heard(answer: "taken" | "unknown" | "refused"): void {
  if (answer === "refused")
    throw new ReplayError("directory_unavailable", { detail: "The host application refuses to hear of a post's end" });
}
