/** The LiveKit server: tokens for its rooms, its webhooks, whose its identities are. */
import { Module } from "@nestjs/common";
import type { Logger } from "pino";
import { AuthModule } from "../auth/module.js";
import type { Config } from "../config/read.js";
import type { Directory } from "../directory/port.js";
import type { Clock } from "../platform/clock.js";
import { Metrics } from "../platform/metrics.js";
import { CLOCK, CONFIG, DIRECTORY, LIVEKIT, LOGGER } from "../platform/tokens.js";
import { IdentityOwners } from "./identity.js";
import type { Livekit } from "./port.js";
import { LivekitController } from "./livekit.controller.js";
import { RoomTokens } from "./token.js";
import { Webhooks } from "./webhook.js";

/** Serves `/livekit/…`; provides {@link Webhooks} and {@link IdentityOwners}. */
@Module({
  imports: [AuthModule],
  controllers: [LivekitController],
  providers: [
    { provide: IdentityOwners, inject: [DIRECTORY], useFactory: (directory: Directory) => new IdentityOwners(directory) },
    {
      provide: RoomTokens,
      inject: [CONFIG, IdentityOwners, CLOCK],
      useFactory: ({ livekit }: Config, owners: IdentityOwners, clock: Clock) => new RoomTokens({ livekit, owners, clock }),
    },
    {
      provide: Webhooks,
      inject: [CONFIG, CLOCK, Metrics, LOGGER, LIVEKIT],
      useFactory: ({ livekit }: Config, ...[clock, metrics, logger, side]: [Clock, Metrics, Logger, Livekit | null]) => {
        const webhooks = new Webhooks({ livekit, clock, metrics, logger });
        if (side) webhooks.on((event) => side.webhook(event));
        return webhooks;
      },
    },
  ],
  exports: [IdentityOwners, Webhooks],
})
export class LivekitModule {}
