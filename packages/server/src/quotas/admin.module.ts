/** Users' quotas, for who runs the server. */
import { Module } from "@nestjs/common";
import { AuditLog } from "../audit/log.js";
import { AuditModule } from "../audit/module.js";
import { AuthModule } from "../auth/module.js";
import type { Catalog } from "../catalog/port.js";
import type { Directory } from "../directory/port.js";
import { EventBus } from "../events/bus.js";
import { CATALOG, DIRECTORY, STORE } from "../platform/tokens.js";
import type { Store } from "../store/open.js";
import { QuotaAdminController } from "./admin.controller.js";
import { QuotaLedger } from "./ledger.js";
import { Usage } from "./usage.js";

/** Serves `/admin/users` and their quotas. */
@Module({
  imports: [AuthModule, AuditModule],
  controllers: [QuotaAdminController],
  providers: [
    {
      provide: Usage,
      inject: [CATALOG, QuotaLedger, DIRECTORY, STORE, EventBus, AuditLog],
      useFactory: (...[catalog, ledger, directory, store, bus, audit]: [Catalog, QuotaLedger, Directory, Store, EventBus, AuditLog]) =>
        new Usage({ rows: catalog.quotas, ledger, directory, store, bus, audit }),
    },
  ],
})
export class QuotaAdminModule {}
