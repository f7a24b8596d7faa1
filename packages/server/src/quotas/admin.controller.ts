/** `GET /admin/users`, `GET` and `PATCH /admin/users/:userId/quota`. */
import { Body, Controller, Get, Param, Patch, Query } from "@nestjs/common";
import {
  type EditQuota,
  editQuotaSchema,
  type PageQuery,
  pageQuerySchema,
  type Quota,
  quotaSchema,
  userIdSchema,
  type UserUsagePage,
  userUsagePageSchema,
} from "@livekit-replay/contract";
import { z } from "zod";
import { Asking } from "../auth/access.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import { Answers, InPath } from "../platform/document.js";
import { Usage } from "./usage.js";

const userParams = z.object({ userId: userIdSchema });
type UserParams = z.output<typeof userParams>;

/** Routes of users' quotas. */
@Controller(`${basePath}/admin/users`)
export class QuotaAdminController {
  readonly #usage: Usage;

  constructor(usage: Usage) {
    this.#usage = usage;
  }

  @Get()
  @Answers(200, userUsagePageSchema, "Who keeps how much, most first; what all keep; what the disk has left", { id: "listUsers" })
  list(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<UserUsagePage> {
    return this.#usage.list(query);
  }

  @Get(":userId/quota")
  @InPath("userId")
  @Answers(200, quotaSchema, "A user's quota", { id: "getUserQuota", refuses: ["invalid_request"] })
  quota(@Param({ schema: userParams }) { userId }: UserParams): Promise<Quota> {
    return this.#usage.of(userId);
  }

  @Patch(":userId/quota")
  @InPath("userId")
  @Answers(200, quotaSchema, "Set a user's limit; below what is used nothing is deleted, and new clips are refused", {
    id: "editUserQuota",
  })
  edit(
    @Param({ schema: userParams }) { userId }: UserParams,
    @Body({ schema: editQuotaSchema }) body: EditQuota,
    @Asking() { caller }: Viewer,
  ): Promise<Quota> {
    return this.#usage.edit(caller, userId, body);
  }
}
