/** The application: every feature, the guard before all routes, the pipe before all handlers. */
import { type DynamicModule, Module } from "@nestjs/common";
import { APP_GUARD, APP_PIPE } from "@nestjs/core";
import { TerminusModule } from "@nestjs/terminus";
import { AuditModule } from "../audit/module.js";
import { AccessGuard } from "../auth/guard.js";
import { Identities } from "../auth/identity.js";
import { AuthModule } from "../auth/module.js";
import { RateLimits } from "../auth/rate.js";
import { Rights } from "../auth/rights.js";
import { CleanupModule } from "../cleanup/module.js";
import { ClipsModule } from "../clips/module.js";
import { CommunityAdminModule } from "../communities/admin.module.js";
import type { Config } from "../config/read.js";
import { DirectoryEditModule } from "../directory/edit/module.js";
import { MeModule } from "../directory/me.module.js";
import { EventsModule } from "../events/module.js";
import { LivekitModule } from "../livekit/module.js";
import { PlaybackModule } from "../playback/module.js";
import type { Clock } from "../platform/clock.js";
import { HealthController } from "../platform/health.js";
import { MetricsController } from "../platform/metrics.controller.js";
import { CLOCK, CONFIG } from "../platform/tokens.js";
import { validationPipe } from "../platform/validation.js";
import { QuotaAdminModule } from "../quotas/admin.module.js";
import { RemovalsModule } from "../removals/module.js";
import { ServersModule } from "../servers/module.js";
import { PassOn } from "../servers/pass-on.js";
import { SessionsModule } from "../sessions/module.js";
import { Publications } from "../sessions/publications.js";
import type { Core } from "./core.js";
import { CoreModule } from "./core.module.js";
import { PageController } from "./page.controller.js";

type GuardWith = [Config, Clock, Identities, Rights, Publications, RateLimits, PassOn];

const guard = {
  provide: APP_GUARD,
  inject: [CONFIG, CLOCK, Identities, Rights, Publications, RateLimits, PassOn],
  useFactory: (...[config, clock, identities, rights, publications, rates, passOn]: GuardWith) =>
    new AccessGuard({ config, clock, identities, rights, publications, rates, passOn }),
};

/** See above. */
@Module({})
export class AppModule {
  static of(core: Core): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CoreModule.of(core),
        TerminusModule.forRoot({ logger: false }),
        AuthModule,
        MeModule,
        CommunityAdminModule,
        LivekitModule,
        SessionsModule,
        ClipsModule,
        PlaybackModule,
        EventsModule,
        ServersModule,
        AuditModule,
        QuotaAdminModule,
        RemovalsModule,
        DirectoryEditModule,
        CleanupModule,
      ],
      controllers: [HealthController, MetricsController, PageController],
      providers: [guard, { provide: APP_PIPE, useFactory: validationPipe }],
    };
  }
}
