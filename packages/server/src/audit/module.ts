/** The audit log. */
import { Module } from "@nestjs/common";
import type { Catalog } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";
import { CATALOG, CLOCK } from "../platform/tokens.js";
import { AuditController } from "./audit.controller.js";
import { AuditLog } from "./log.js";

/** Provides {@link AuditLog} and serves it. */
@Module({
  controllers: [AuditController],
  providers: [
    { provide: AuditLog, inject: [CATALOG, CLOCK], useFactory: (catalog: Catalog, clock: Clock) => new AuditLog(catalog.audit, clock) },
  ],
  exports: [AuditLog],
})
export class AuditModule {}
