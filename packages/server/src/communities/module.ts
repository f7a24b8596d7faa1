/** Communities: what they have set. */
import { Module } from "@nestjs/common";
import type { Config } from "../config/read.js";
import { CONFIG } from "../platform/tokens.js";
import { CommunitySettingsSource } from "./settings.js";

/** Provides {@link CommunitySettingsSource}. */
@Module({
  providers: [
    {
      provide: CommunitySettingsSource,
      inject: [CONFIG],
      useFactory: ({ maxConcurrent }: Config) => new CommunitySettingsSource({ enabled: true, maxConcurrent, whoMayCapture: "room" }),
    },
  ],
  exports: [CommunitySettingsSource],
})
export class CommunitiesModule {}
