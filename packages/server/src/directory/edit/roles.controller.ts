/** `/directory/communities/:communityId/roles`, `…/roles/:role`. */
import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from "@nestjs/common";
import {
  roleEntriesSchema,
  type RoleEntry,
  roleEntrySchema,
  type EntriesQuery,
  entriesQuerySchema,
  type PutRole,
  putRoleSchema,
} from "@livekit-replay/contract";
import { Asking } from "../../auth/access.js";
import { basePath } from "../../auth/rules.js";
import type { Viewer } from "../../auth/viewer.js";
import { Answers, InPath } from "../../platform/document.js";
import type { Page } from "../../platform/page.js";
import { DirectoryEditor } from "./editor.js";
import { roleKind } from "./kinds.js";
import { type CommunityParams, communityParams, type RoleParams, roleParams } from "./params.js";

/** Routes of roles. */
@Controller(`${basePath}/directory/communities/:communityId/roles`)
export class RolesController {
  readonly #editor: DirectoryEditor;

  constructor(editor: DirectoryEditor) {
    this.#editor = editor;
  }

  @Get()
  @InPath("communityId")
  @Answers(200, roleEntriesSchema, "Roles of a community, by name", {
    id: "listDirectoryRoles",
    refuses: ["directory_of_host", "community_not_found"],
  })
  list(
    @Param({ schema: communityParams }) { communityId }: CommunityParams,
    @Query({ schema: entriesQuerySchema }) query: EntriesQuery,
  ): Promise<Page<RoleEntry>> {
    return this.#editor.list(roleKind, communityId, query);
  }

  @Get(":role")
  @InPath("communityId")
  @InPath("role")
  @Answers(200, roleEntrySchema, "One role", {
    id: "getDirectoryRole",
    refuses: ["invalid_request", "role_not_found", "directory_of_host"],
  })
  get(@Param({ schema: roleParams }) params: RoleParams): Promise<RoleEntry> {
    return this.#editor.find(roleKind, { communityId: params.communityId, id: params.role });
  }

  @Put(":role")
  @InPath("communityId")
  @InPath("role")
  @Answers(200, roleEntrySchema, "Write a role. Idempotent", {
    id: "putDirectoryRole",
    refuses: ["directory_of_host", "community_not_found"],
  })
  put(
    @Param({ schema: roleParams }) params: RoleParams,
    @Body({ schema: putRoleSchema }) body: PutRole,
    @Asking() { caller }: Viewer,
  ): Promise<RoleEntry> {
    return this.#editor.put(caller, roleKind, { ...params, permissions: [...new Set(body.permissions)] });
  }

  @Delete(":role")
  @HttpCode(204)
  @InPath("communityId")
  @InPath("role")
  @Answers(204, null, "Remove a role: members who have it get nothing by it any more", {
    id: "removeDirectoryRole",
    refuses: ["role_not_found", "directory_of_host"],
  })
  remove(@Param({ schema: roleParams }) params: RoleParams, @Asking() { caller }: Viewer): Promise<void> {
    const place = { communityId: params.communityId, id: params.role };
    return this.#editor.remove(caller, roleKind, place, (rows) => rows.removeRole(params.communityId, params.role));
  }
}
