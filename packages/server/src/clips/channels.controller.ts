/** `GET /channels/:channelId/posts`, `DELETE /channels/:channelId/posts/:postId`. */
import { Controller, Delete, Get, HttpCode, Inject, Param, Query } from "@nestjs/common";
import { type PageQuery, pageQuerySchema, type Post, type PostPage, postPageSchema } from "@livekit-replay/contract";
import { Asking, TheChannel } from "../auth/access.js";
import { type ChannelAccess, Rights } from "../auth/rights.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import type { Catalog } from "../catalog/port.js";
import { Answers, InPath } from "../platform/document.js";
import { CATALOG } from "../platform/tokens.js";
import { Moderation } from "./moderation.js";
import { PostViews } from "./post-view.js";

/** Routes of channels. */
@Controller(`${basePath}/channels/:channelId/posts`)
export class ChannelsController {
  readonly #catalog: Catalog;
  readonly #views: PostViews;
  readonly #rights: Rights;
  readonly #moderation: Moderation;

  constructor(@Inject(CATALOG) catalog: Catalog, views: PostViews, rights: Rights, moderation: Moderation) {
    this.#catalog = catalog;
    this.#views = views;
    this.#rights = rights;
    this.#moderation = moderation;
  }

  @Get()
  @InPath("channelId")
  @Answers(200, postPageSchema, "Clips shared to the channel, newest first", { id: "listChannelPosts" })
  async posts(
    @TheChannel() channel: ChannelAccess,
    @Query({ schema: pageQuerySchema }) { page, pageSize }: PageQuery,
    @Asking() viewer: Viewer,
  ): Promise<PostPage> {
    const { rows, total } = await this.#catalog.posts.list(channel.id, page, pageSize);
    const items: Post[] = [];
    for (const row of rows) items.push(await this.#views.of(row, channel, viewer));
    return { items, page, pageSize, total };
  }

  @Delete(":postId")
  @HttpCode(204)
  @InPath("channelId")
  @InPath("postId")
  @Answers(204, null, "Take a post back; the clip stays with its owner", {
    id: "unsharePost",
    refuses: ["channel_not_found", "post_not_found", "permission_denied"],
  })
  async unshare(@Param("channelId") channelId: string, @Param("postId") postId: string, @Asking() { caller }: Viewer): Promise<void> {
    await this.#moderation.unshare(caller, await this.#rights.post(caller, channelId, postId));
  }
}
