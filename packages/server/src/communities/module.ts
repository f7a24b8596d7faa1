/** Communities: what they have set. */
import { Module } from "@nestjs/common";
import type { Config } from "../config/read.js";
import type { Catalog } from "../catalog/port.js";
import { CATALOG, CONFIG } from "../platform/tokens.js";
import { CommunitySettingsSource } from "./settings.js";

/** Provides {@link CommunitySettingsSource}. */
@Module({
  providers: [
    {
      provide: CommunitySettingsSource,
      inject: [CATALOG, CONFIG],
      useFactory: ({ settings }: Catalog, { maxConcurrent }: Config) =>
        new CommunitySettingsSource(settings, { enabled: true, maxConcurrent, whoMayCapture: "room", autoStart: false }),
    },
  ],
  exports: [CommunitySettingsSource],
})
export class CommunitiesModule {}
