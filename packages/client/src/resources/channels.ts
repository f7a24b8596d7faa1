/** Channels: their posts. */
import { postPageSchema, type PageQuery, type PostPage } from "@livekit-replay/contract";
import type { Transport } from "../request/transport.js";

/** Channels, as far as the caller can read them. */
export class ChannelsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** `GET /channels/:id/posts`: newest first. Throws `channel_not_found`, also for a channel that the caller may not read. */
  async posts(channelId: string, query: Partial<PageQuery> = {}, signal?: AbortSignal): Promise<PostPage> {
    return await this.#transport.json(
      { method: "GET", path: `/channels/${encodeURIComponent(channelId)}/posts`, query, ...(signal && { signal }) },
      postPageSchema,
    );
  }

  /** `DELETE /channels/:id/posts/:postId`: takes a post back; the clip stays with its owner. */
  async unshare(channelId: string, postId: string): Promise<void> {
    await this.#transport.empty({
      method: "DELETE",
      path: `/channels/${encodeURIComponent(channelId)}/posts/${encodeURIComponent(postId)}`,
    });
  }
}
