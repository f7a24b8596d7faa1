/** `/directory/communities`, `/directory/communities/:communityId`. */
import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from "@nestjs/common";
import {
  communityEntriesSchema,
  type CommunityEntry,
  communityEntrySchema,
  type EntriesQuery,
  entriesQuerySchema,
  type PutCommunity,
  putCommunitySchema,
} from "@livekit-replay/contract";
import { Asking } from "../../auth/access.js";
import { basePath } from "../../auth/rules.js";
import type { Viewer } from "../../auth/viewer.js";
import { Answers, InPath } from "../../platform/document.js";
import type { Page } from "../../platform/page.js";
import { CommunityRemoval } from "../../removals/community.js";
import { DirectoryEditor } from "./editor.js";
import { communityKind } from "./kinds.js";
import { type CommunityParams, communityParams } from "./params.js";

/** Routes of communities. */
@Controller(`${basePath}/directory/communities`)
export class CommunitiesController {
  readonly #editor: DirectoryEditor;
  readonly #removal: CommunityRemoval;

  constructor(editor: DirectoryEditor, removal: CommunityRemoval) {
    this.#editor = editor;
    this.#removal = removal;
  }

  @Get()
  @Answers(200, communityEntriesSchema, "Communities of the built-in directory, by name", {
    id: "listDirectoryCommunities",
    refuses: ["directory_of_host"],
  })
  list(@Query({ schema: entriesQuerySchema }) query: EntriesQuery): Promise<Page<CommunityEntry>> {
    return this.#editor.list(communityKind, null, query);
  }

  @Get(":communityId")
  @InPath("communityId")
  @Answers(200, communityEntrySchema, "One community", {
    id: "getDirectoryCommunity",
    refuses: ["community_not_found", "directory_of_host"],
  })
  get(@Param({ schema: communityParams }) params: CommunityParams): Promise<CommunityEntry> {
    return this.#editor.find(communityKind, { communityId: null, id: params.communityId });
  }

  @Put(":communityId")
  @InPath("communityId")
  @Answers(200, communityEntrySchema, "Write a community. Idempotent", { id: "putDirectoryCommunity", refuses: ["directory_of_host"] })
  put(
    @Param({ schema: communityParams }) params: CommunityParams,
    @Body({ schema: putCommunitySchema }) body: PutCommunity,
    @Asking() { caller }: Viewer,
  ): Promise<CommunityEntry> {
    return this.#editor.put(caller, communityKind, { id: params.communityId, ...body });
  }

  @Delete(":communityId")
  @HttpCode(204)
  @InPath("communityId")
  @Answers(204, null, "Remove a community: its sessions end, its buffers, settings and channels' posts go; clips stay with their owners", {
    id: "removeDirectoryCommunity",
    refuses: ["community_not_found", "directory_of_host"],
  })
  async remove(@Param({ schema: communityParams }) params: CommunityParams, @Asking() { caller }: Viewer): Promise<void> {
    await this.#editor.find(communityKind, { communityId: null, id: params.communityId });
    await this.#removal.community(caller, params.communityId);
  }
}
