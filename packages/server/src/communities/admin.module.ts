/** What who looks after a community may change. */
import { Module } from "@nestjs/common";
import { AuditModule } from "../audit/module.js";
import { AuthModule } from "../auth/module.js";
import { CommunityAdminController } from "./admin.controller.js";

/** Serves `/admin/community/…`. */
@Module({ imports: [AuthModule, AuditModule], controllers: [CommunityAdminController] })
export class CommunityAdminModule {}
