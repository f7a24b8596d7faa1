/** `GET` and `PATCH /admin/community/:communityId/config`. */
import { Body, Controller, Get, Patch } from "@nestjs/common";
import {
  type CommunityConfigView,
  communityConfigViewSchema,
  type EditCommunityConfig,
  editCommunityConfigSchema,
} from "@livekit-replay/contract";
import { AuditLog } from "../audit/log.js";
import { Asking, TheCommunity } from "../auth/access.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import type { Community } from "../directory/port.js";
import { Answers, InPath } from "../platform/document.js";
import { CommunitySettingsSource } from "./settings.js";

/** Routes of who looks after a community. */
@Controller(`${basePath}/admin/community`)
export class CommunityAdminController {
  readonly #settings: CommunitySettingsSource;
  readonly #audit: AuditLog;

  constructor(settings: CommunitySettingsSource, audit: AuditLog) {
    this.#settings = settings;
    this.#audit = audit;
  }

  @Get(":communityId/config")
  @InPath("communityId")
  @Answers(200, communityConfigViewSchema, "What a community has set, with the server's defaults where it has not", {
    id: "getCommunityConfig",
  })
  config(@TheCommunity() community: Community): Promise<CommunityConfigView> {
    return this.#settings.view(community.id);
  }

  @Patch(":communityId/config")
  @InPath("communityId")
  @Answers(200, communityConfigViewSchema, "Change what a community has set; sessions that run go on whatever is changed", {
    id: "editCommunityConfig",
  })
  edit(
    @TheCommunity() community: Community,
    @Body({ schema: editCommunityConfigSchema }) body: EditCommunityConfig,
    @Asking() { caller }: Viewer,
  ): Promise<CommunityConfigView> {
    const { id } = community;
    return this.#settings.edit(id, body, (from, to, make) =>
      this.#audit.change(caller, { action: "community_config.edit", communityId: id, target: id, from, to }, make),
    );
  }
}
