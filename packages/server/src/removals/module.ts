/** Removals of users, communities, rooms and channels. */
import { Module } from "@nestjs/common";
import { AuditLog } from "../audit/log.js";
import { AuditModule } from "../audit/module.js";
import { AuthModule } from "../auth/module.js";
import type { Catalog, DirectoryRows } from "../catalog/port.js";
import { ClipsModule } from "../clips/module.js";
import { ClipRemover } from "../clips/remove.js";
import { BuiltinDirectory } from "../directory/builtin/directory.js";
import type { Directory } from "../directory/port.js";
import { EventBus } from "../events/bus.js";
import { CATALOG, DIRECTORY } from "../platform/tokens.js";
import { QuotaLedger } from "../quotas/ledger.js";
import { Erasing } from "../sessions/erase.js";
import { SessionsModule } from "../sessions/module.js";
import { Sessions } from "../sessions/sessions.js";
import { CommunityRemoval } from "./community.js";
import { RemovalsController } from "./removals.controller.js";
import { UserRemoval } from "./user.js";

/** The rows that this server may write: none where the host application owns the directory. */
export const ownRows = (directory: Directory, catalog: Catalog): DirectoryRows | null =>
  directory instanceof BuiltinDirectory ? catalog.directory : null;

type UsersWith = [Catalog, Directory, Erasing, ClipRemover, QuotaLedger, AuditLog, EventBus];

const users = {
  provide: UserRemoval,
  inject: [CATALOG, DIRECTORY, Erasing, ClipRemover, QuotaLedger, AuditLog, EventBus],
  useFactory: (...[catalog, directory, erasing, remover, ledger, audit, bus]: UsersWith) =>
    new UserRemoval({ catalog, rows: ownRows(directory, catalog), erasing, remover, ledger, audit, bus }),
};

const communities = {
  provide: CommunityRemoval,
  inject: [CATALOG, DIRECTORY, Sessions, Erasing, AuditLog],
  useFactory: (...[catalog, directory, sessions, erasing, audit]: [Catalog, Directory, Sessions, Erasing, AuditLog]) =>
    new CommunityRemoval({ catalog, directory, rows: ownRows(directory, catalog), sessions, erasing, audit }),
};

/** Provides the removals and serves what a host application announces. */
@Module({
  imports: [AuthModule, AuditModule, SessionsModule, ClipsModule],
  controllers: [RemovalsController],
  providers: [users, communities],
  exports: [UserRemoval, CommunityRemoval],
})
export class RemovalsModule {}
