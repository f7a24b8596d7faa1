/** `GET /admin/audit`. */
import { Controller, Get, Query } from "@nestjs/common";
import { type AuditPage, auditPageSchema, type AuditQuery, auditQuerySchema } from "@livekit-replay/contract";
import { basePath } from "../auth/rules.js";
import { Answers } from "../platform/document.js";
import { AuditLog } from "./log.js";

/** The route of the audit log. */
@Controller(`${basePath}/admin/audit`)
export class AuditController {
  readonly #log: AuditLog;

  constructor(log: AuditLog) {
    this.#log = log;
  }

  @Get()
  @Answers(200, auditPageSchema, "What people with power changed, the newest first", {
    id: "listAudit",
  })
  list(@Query({ schema: auditQuerySchema }) query: AuditQuery): Promise<AuditPage> {
    return this.#log.list(query);
  }
}
