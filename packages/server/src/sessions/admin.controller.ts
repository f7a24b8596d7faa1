/** `GET /admin/sessions`, `POST /admin/sessions/:sessionId/stop`. */
import { Controller, Get, HttpCode, Post, Query } from "@nestjs/common";
import {
  type AdminSession,
  type AdminSessionPage,
  adminSessionPageSchema,
  type AdminSessionQuery,
  adminSessionQuerySchema,
  adminSessionSchema,
} from "@livekit-replay/contract";
import { Asking, TheSession } from "../auth/access.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import type { SessionRow } from "../catalog/port.js";
import { Answers, InPath } from "../platform/document.js";
import { LookAfter } from "./look-after.js";

/** Routes of who looks after sessions. */
@Controller(`${basePath}/admin/sessions`)
export class SessionsAdminController {
  readonly #after: LookAfter;

  constructor(after: LookAfter) {
    this.#after = after;
  }

  @Get()
  @Answers(200, adminSessionPageSchema, "Sessions that run or can still be captured; without `communityId` for instance admins", {
    id: "listSessions",
    refuses: ["permission_denied", "community_not_found"],
  })
  list(@Query({ schema: adminSessionQuerySchema }) query: AdminSessionQuery, @Asking() viewer: Viewer): Promise<AdminSessionPage> {
    return this.#after.list(viewer, query);
  }

  @Post(":sessionId/stop")
  @HttpCode(200)
  @InPath("sessionId")
  @Answers(200, adminSessionSchema, "Stop a session; its buffer can be captured for the grace time. Idempotent", { id: "stopAnySession" })
  stop(@TheSession() session: SessionRow, @Asking() viewer: Viewer): Promise<AdminSession> {
    return this.#after.stopAndView(viewer, session);
  }
}
