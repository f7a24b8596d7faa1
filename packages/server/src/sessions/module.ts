/** Sessions and their publications. */
import { type BeforeApplicationShutdown, Module } from "@nestjs/common";
import type { Logger } from "pino";
import { LinkSigner } from "../auth/link.js";
import { AuthModule } from "../auth/module.js";
import { Rights } from "../auth/rights.js";
import type { Catalog } from "../catalog/port.js";
import { CommunitySettingsSource } from "../communities/settings.js";
import type { Config } from "../config/read.js";
import type { Directory } from "../directory/port.js";
import { EventBus } from "../events/bus.js";
import type { Clock } from "../platform/clock.js";
import { Metrics } from "../platform/metrics.js";
import { Serial } from "../platform/serial.js";
import { CATALOG, CLOCK, CONFIG, DIRECTORY, LOGGER, RECORDER, STORE } from "../platform/tokens.js";
import { QuotaLedger } from "../quotas/ledger.js";
import type { WhipRecorderPort } from "../recorders/port.js";
import type { Store } from "../store/open.js";
import { Ending } from "./end.js";
import { Expiry } from "./expire.js";
import { Following } from "./follow.js";
import { Grace } from "./grace.js";
import { LiveSessions } from "./live.js";
import type { SessionParts } from "./parts.js";
import { Places } from "./place.js";
import { Publications } from "./publications.js";
import { SessionsController } from "./sessions.controller.js";
import { Sessions } from "./sessions.js";
import { SessionViews } from "./view.js";
import { Watch } from "./watch.js";
import { WhipController } from "./whip.controller.js";
import { Trickle } from "./whip.js";

const PARTS = Symbol("SessionParts");

const parts = {
  provide: PARTS,
  inject: [CATALOG, STORE, RECORDER, EventBus, CLOCK, LOGGER, Publications, LiveSessions, Serial],
  useFactory: (
    ...[catalog, store, recorder, bus, clock, logger, publications, live, serial]: [
      Catalog,
      Store,
      WhipRecorderPort,
      EventBus,
      Clock,
      Logger,
      Publications,
      LiveSessions,
      Serial,
    ]
  ): SessionParts => ({ catalog, store, recorder, shares: null, bus, clock, logger, publications, live, serial }),
};

const places = {
  provide: Places,
  inject: [PARTS, QuotaLedger, CommunitySettingsSource, Grace, CONFIG],
  useFactory: (
    { catalog, store, clock }: SessionParts,
    ledger: QuotaLedger,
    settings: CommunitySettingsSource,
    grace: Grace,
    { minFreeBytes }: Config,
  ) => new Places({ catalog, store, clock, ledger, settings, grace, minFreeBytes }),
};

const views = {
  provide: SessionViews,
  inject: [PARTS, Rights, LinkSigner, DIRECTORY, Grace],
  useFactory: ({ store, live, clock }: SessionParts, rights: Rights, links: LinkSigner, directory: Directory, grace: Grace) =>
    new SessionViews({ store, live, clock, rights, links, directory, grace }),
};

/** Serves start, stop, status and WHIP; follows the recorder. */
@Module({
  imports: [AuthModule],
  controllers: [SessionsController, WhipController],
  providers: [
    Publications,
    LiveSessions,
    Serial,
    parts,
    places,
    views,
    { provide: Ending, inject: [PARTS, Grace], useFactory: (shared: SessionParts, grace: Grace) => new Ending(shared, grace) },
    {
      provide: Sessions,
      inject: [PARTS, Places, Ending],
      useFactory: (shared: SessionParts, place: Places, ending: Ending) => new Sessions(shared, place, ending),
    },
    {
      provide: Following,
      inject: [PARTS, Ending, Metrics],
      useFactory: (shared: SessionParts, ending: Ending, metrics: Metrics) => new Following(shared, ending, metrics),
    },
    { provide: Watch, inject: [PARTS, Ending], useFactory: (shared: SessionParts, ending: Ending) => new Watch(shared, ending) },
    { provide: Expiry, inject: [PARTS, Grace], useFactory: (shared: SessionParts, grace: Grace) => new Expiry(shared, grace) },
    {
      provide: Trickle,
      inject: [Publications, RECORDER],
      useFactory: (publications: Publications, recorder: WhipRecorderPort) => new Trickle(publications, recorder),
    },
  ],
  exports: [Publications, SessionViews, Sessions, Watch, Expiry, Following],
})
export class SessionsModule implements BeforeApplicationShutdown {
  readonly #sessions: Sessions;
  readonly #following: Following;

  constructor(sessions: Sessions, following: Following) {
    this.#sessions = sessions;
    this.#following = following;
  }

  /** While the recorder still runs: what it has open is closed, listed, and captured after the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#sessions.endAll();
    await this.#following.close();
  }
}
