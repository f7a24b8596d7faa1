/** The clean-up jobs and their schedule. */
import { type BeforeApplicationShutdown, Module } from "@nestjs/common";
import { ScheduleModule } from "@nestjs/schedule";
import type { Logger } from "pino";
import { ClipFinaliser } from "../clips/finalise.js";
import { ClipsModule } from "../clips/module.js";
import { ClipRemover } from "../clips/remove.js";
import type { Clock } from "../platform/clock.js";
import { Metrics } from "../platform/metrics.js";
import { CLOCK, LOGGER, STORE } from "../platform/tokens.js";
import { QuotaLedger } from "../quotas/ledger.js";
import { Expiry } from "../sessions/expire.js";
import { Left } from "../sessions/left.js";
import { Looking } from "../sessions/looking.js";
import { SessionsModule } from "../sessions/module.js";
import { Watch } from "../sessions/watch.js";
import type { Store } from "../store/open.js";
import { Jobs } from "./jobs.js";

type Injected = [Watch, Expiry, Looking, Left, ClipRemover, ClipFinaliser, QuotaLedger, Store, Clock, Metrics, Logger];

const jobs = {
  provide: Jobs,
  inject: [Watch, Expiry, Looking, Left, ClipRemover, ClipFinaliser, QuotaLedger, STORE, CLOCK, Metrics, LOGGER],
  useFactory: (...[watch, expiry, looking, left, remover, finaliser, ledger, store, clock, metrics, logger]: Injected) =>
    new Jobs({ watch, expiry, looking, left, remover, finaliser, ledger, store, clock, metrics, logger }),
};

/** Runs the jobs. */
@Module({ imports: [ScheduleModule.forRoot(), SessionsModule, ClipsModule], providers: [jobs] })
export class CleanupModule implements BeforeApplicationShutdown {
  readonly #jobs: Jobs;

  constructor(scheduled: Jobs) {
    this.#jobs = scheduled;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#jobs.close();
  }
}
