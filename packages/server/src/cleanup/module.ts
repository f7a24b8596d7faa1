/** The clean-up jobs and their schedule. */
import { type BeforeApplicationShutdown, Module } from "@nestjs/common";
import { ScheduleModule } from "@nestjs/schedule";
import type { Logger } from "pino";
import { AuditLog } from "../audit/log.js";
import { AuditModule } from "../audit/module.js";
import { ClipFinaliser } from "../clips/finalise.js";
import { ClipsModule } from "../clips/module.js";
import { ClipRemover } from "../clips/remove.js";
import type { Catalog } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";
import { Metrics } from "../platform/metrics.js";
import { CATALOG, CLOCK, LOGGER, STORE } from "../platform/tokens.js";
import { QuotaLedger } from "../quotas/ledger.js";
import { Servers } from "../servers/servers.js";
import { Entitled } from "../sessions/entitled.js";
import { Expiry } from "../sessions/expire.js";
import { Left } from "../sessions/left.js";
import { Looking } from "../sessions/looking.js";
import { SessionsModule } from "../sessions/module.js";
import { Watch } from "../sessions/watch.js";
import { Yielding } from "../sessions/yield.js";
import type { Store } from "../store/open.js";
import { Jobs } from "./jobs.js";
import { Keeper } from "./keeper.js";
import { StoreChecks } from "./store-check.js";
import { StoreCheckController } from "./store-check.controller.js";

const keeper = {
  provide: Keeper,
  inject: [CATALOG, Servers, Metrics],
  useFactory: (catalog: Catalog, { id }: Servers, metrics: Metrics) => new Keeper(catalog, id, metrics),
};

type Sessionwards = [Watch, Yielding, Expiry, Entitled, Looking, Left];
type Injected = [...Sessionwards, ClipRemover, ClipFinaliser, QuotaLedger, Store, Clock, Metrics, Logger, Keeper];

const jobs = {
  provide: Jobs,
  inject: [
    ...[Watch, Yielding, Expiry, Entitled, Looking, Left],
    ...[ClipRemover, ClipFinaliser, QuotaLedger, STORE, CLOCK, Metrics, LOGGER, Keeper],
  ],
  useFactory: (
    ...[watch, yielding, expiry, entitled, looking, left, remover, finaliser, ledger, store, clock, metrics, logger, one]: Injected
  ) =>
    new Jobs({ watch, yielding, expiry, entitled, looking, left, remover, finaliser, ledger, store, clock, metrics, logger, keeper: one }),
};

const checks = {
  provide: StoreChecks,
  inject: [STORE, ClipFinaliser, CLOCK, AuditLog],
  useFactory: (store: Store, finaliser: ClipFinaliser, clock: Clock, audit: AuditLog) =>
    new StoreChecks({ store, finaliser, clock, audit }),
};

/** Runs the jobs. */
@Module({
  imports: [ScheduleModule.forRoot(), AuditModule, SessionsModule, ClipsModule],
  controllers: [StoreCheckController],
  providers: [keeper, jobs, checks],
})
export class CleanupModule implements BeforeApplicationShutdown {
  readonly #jobs: Jobs;

  constructor(scheduled: Jobs) {
    this.#jobs = scheduled;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#jobs.close();
  }
}
