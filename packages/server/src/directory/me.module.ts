/** The asking person. */
import { Module } from "@nestjs/common";
import { AuthModule } from "../auth/module.js";
import { Rights } from "../auth/rights.js";
import type { Config } from "../config/read.js";
import type { Clock } from "../platform/clock.js";
import { CLOCK, CONFIG, DIRECTORY } from "../platform/tokens.js";
import { QuotaLedger } from "../quotas/ledger.js";
import { MeController } from "./me.controller.js";
import { MeViews } from "./me.js";
import type { Directory } from "./port.js";

/** Serves `GET /me`. */
@Module({
  imports: [AuthModule],
  controllers: [MeController],
  providers: [
    {
      provide: MeViews,
      inject: [DIRECTORY, Rights, QuotaLedger, CONFIG, CLOCK],
      useFactory: (directory: Directory, rights: Rights, ledger: QuotaLedger, config: Config, clock: Clock) =>
        new MeViews({ directory, rights, ledger, config, clock }),
    },
  ],
})
export class MeModule {}
