/** `/directory/communities/:communityId/channels`, `…/channels/:channelId`. */
import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from "@nestjs/common";
import {
  channelEntriesSchema,
  type ChannelEntry,
  channelEntrySchema,
  type EntriesQuery,
  entriesQuerySchema,
  type PutChannel,
  putChannelSchema,
} from "@livekit-replay/contract";
import { Asking } from "../../auth/access.js";
import { basePath } from "../../auth/rules.js";
import type { Viewer } from "../../auth/viewer.js";
import { Answers, InPath } from "../../platform/document.js";
import type { Page } from "../../platform/page.js";
import { CommunityRemoval } from "../../removals/community.js";
import { DirectoryEditor } from "./editor.js";
import { channelKind } from "./kinds.js";
import { type ChannelParams, channelParams, type CommunityParams, communityParams } from "./params.js";

/** Routes of channels. */
@Controller(`${basePath}/directory/communities/:communityId/channels`)
export class ChannelEntriesController {
  readonly #editor: DirectoryEditor;
  readonly #removal: CommunityRemoval;

  constructor(editor: DirectoryEditor, removal: CommunityRemoval) {
    this.#editor = editor;
    this.#removal = removal;
  }

  @Get()
  @InPath("communityId")
  @Answers(200, channelEntriesSchema, "Channels of a community, by name", {
    id: "listDirectoryChannels",
    refuses: ["directory_of_host", "community_not_found"],
  })
  list(
    @Param({ schema: communityParams }) { communityId }: CommunityParams,
    @Query({ schema: entriesQuerySchema }) query: EntriesQuery,
  ): Promise<Page<ChannelEntry>> {
    return this.#editor.list(channelKind, communityId, query);
  }

  @Get(":channelId")
  @InPath("communityId")
  @InPath("channelId")
  @Answers(200, channelEntrySchema, "One channel", {
    id: "getDirectoryChannel",
    refuses: ["invalid_request", "channel_not_found", "directory_of_host"],
  })
  get(@Param({ schema: channelParams }) params: ChannelParams): Promise<ChannelEntry> {
    return this.#editor.find(channelKind, { communityId: params.communityId, id: params.channelId });
  }

  @Put(":channelId")
  @InPath("communityId")
  @InPath("channelId")
  @Answers(200, channelEntrySchema, "Write a channel. Idempotent; a channel of another community is refused", {
    id: "putDirectoryChannel",
    refuses: ["directory_of_host", "community_not_found", "belongs_elsewhere"],
  })
  put(
    @Param({ schema: channelParams }) params: ChannelParams,
    @Body({ schema: putChannelSchema }) body: PutChannel,
    @Asking() { caller }: Viewer,
  ): Promise<ChannelEntry> {
    return this.#editor.put(caller, channelKind, { id: params.channelId, communityId: params.communityId, ...body });
  }

  @Delete(":channelId")
  @HttpCode(204)
  @InPath("communityId")
  @InPath("channelId")
  @Answers(204, null, "Remove a channel and its posts; clips stay with their owners", {
    id: "removeDirectoryChannel",
    refuses: ["channel_not_found", "directory_of_host"],
  })
  async remove(@Param({ schema: channelParams }) params: ChannelParams, @Asking() { caller }: Viewer): Promise<void> {
    await this.#editor.find(channelKind, { communityId: params.communityId, id: params.channelId });
    await this.#removal.channel(caller, params.communityId, params.channelId);
  }
}
