/** `/directory/communities/:communityId/members`, `…/members/:userId`. */
import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from "@nestjs/common";
import {
  memberEntriesSchema,
  type MemberEntry,
  memberEntrySchema,
  type EntriesQuery,
  entriesQuerySchema,
  type PutMember,
  putMemberSchema,
} from "@livekit-replay/contract";
import { Asking } from "../../auth/access.js";
import { basePath } from "../../auth/rules.js";
import type { Viewer } from "../../auth/viewer.js";
import { Answers, InPath } from "../../platform/document.js";
import type { Page } from "../../platform/page.js";
import { DirectoryEditor } from "./editor.js";
import { memberKind } from "./kinds.js";
import { type CommunityParams, communityParams, type MemberParams, memberParams } from "./params.js";

/** Routes of members. */
@Controller(`${basePath}/directory/communities/:communityId/members`)
export class MembersController {
  readonly #editor: DirectoryEditor;

  constructor(editor: DirectoryEditor) {
    this.#editor = editor;
  }

  @Get()
  @InPath("communityId")
  @Answers(200, memberEntriesSchema, "Members of a community, by name", {
    id: "listDirectoryMembers",
    refuses: ["directory_of_host", "community_not_found"],
  })
  list(
    @Param({ schema: communityParams }) { communityId }: CommunityParams,
    @Query({ schema: entriesQuerySchema }) query: EntriesQuery,
  ): Promise<Page<MemberEntry>> {
    return this.#editor.list(memberKind, communityId, query);
  }

  @Get(":userId")
  @InPath("communityId")
  @InPath("userId")
  @Answers(200, memberEntrySchema, "One member", {
    id: "getDirectoryMember",
    refuses: ["invalid_request", "member_not_found", "directory_of_host"],
  })
  get(@Param({ schema: memberParams }) params: MemberParams): Promise<MemberEntry> {
    return this.#editor.find(memberKind, { communityId: params.communityId, id: params.userId });
  }

  @Put(":userId")
  @InPath("communityId")
  @InPath("userId")
  @Answers(200, memberEntrySchema, "Write a member and their roles. Idempotent; a role that is not there (yet) gives nothing", {
    id: "putDirectoryMember",
    refuses: ["directory_of_host", "community_not_found"],
  })
  put(
    @Param({ schema: memberParams }) params: MemberParams,
    @Body({ schema: putMemberSchema }) body: PutMember,
    @Asking() { caller }: Viewer,
  ): Promise<MemberEntry> {
    return this.#editor.put(caller, memberKind, { ...params, roles: [...new Set(body.roles)] });
  }

  @Delete(":userId")
  @HttpCode(204)
  @InPath("communityId")
  @InPath("userId")
  @Answers(204, null, "Remove a member: they are a stranger to the community; their clips stay theirs", {
    id: "removeDirectoryMember",
    refuses: ["member_not_found", "directory_of_host"],
  })
  remove(@Param({ schema: memberParams }) params: MemberParams, @Asking() { caller }: Viewer): Promise<void> {
    const place = { communityId: params.communityId, id: params.userId };
    return this.#editor.remove(caller, memberKind, place, (rows) => rows.removeMember(params.communityId, params.userId));
  }
}
