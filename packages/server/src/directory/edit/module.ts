/** The routes that write the built-in directory. */
import { Module } from "@nestjs/common";
import { AuditLog } from "../../audit/log.js";
import { AuditModule } from "../../audit/module.js";
import { AuthModule } from "../../auth/module.js";
import type { Catalog } from "../../catalog/port.js";
import { CATALOG, DIRECTORY } from "../../platform/tokens.js";
import { ownRows, RemovalsModule } from "../../removals/module.js";
import type { Directory } from "../port.js";
import { ChannelEntriesController } from "./channels.controller.js";
import { CommunitiesController } from "./communities.controller.js";
import { DirectoryEditor } from "./editor.js";
import { MembersController } from "./members.controller.js";
import { PeopleController } from "./people.controller.js";
import { RolesController } from "./roles.controller.js";
import { RoomsController } from "./rooms.controller.js";

/** Serves `/directory/…`. */
@Module({
  imports: [AuthModule, AuditModule, RemovalsModule],
  controllers: [CommunitiesController, RoomsController, ChannelEntriesController, RolesController, MembersController, PeopleController],
  providers: [
    {
      provide: DirectoryEditor,
      inject: [CATALOG, DIRECTORY, AuditLog],
      useFactory: (catalog: Catalog, directory: Directory, audit: AuditLog) => new DirectoryEditor(ownRows(directory, catalog), audit),
    },
  ],
})
export class DirectoryEditModule {}
