/** Event streams. */
import { type BeforeApplicationShutdown, Module } from "@nestjs/common";
import type { Logger } from "pino";
import { Identities } from "../auth/identity.js";
import { AuthModule } from "../auth/module.js";
import { Rights } from "../auth/rights.js";
import type { Catalog } from "../catalog/port.js";
import { ClipsModule } from "../clips/module.js";
import { PostViews } from "../clips/post-view.js";
import { ClipViews } from "../clips/view.js";
import type { Clock } from "../platform/clock.js";
import { Metrics } from "../platform/metrics.js";
import { CATALOG, CLOCK, LOGGER } from "../platform/tokens.js";
import { QuotaLedger } from "../quotas/ledger.js";
import { SessionsModule } from "../sessions/module.js";
import { SessionViews } from "../sessions/view.js";
import { EventBus } from "./bus.js";
import { EventsController } from "./events.controller.js";
import { MeStreams } from "./me.js";
import { Presence } from "./presence.js";
import { RoomStreams } from "./room.js";
import { Streams } from "./streams.js";

const streams = {
  provide: Streams,
  inject: [EventBus, Identities, CLOCK, Metrics, LOGGER],
  useFactory: (bus: EventBus, identities: Identities, clock: Clock, metrics: Metrics, logger: Logger) =>
    new Streams({ bus, identities, clock, metrics, logger }),
};

const rooms = {
  provide: RoomStreams,
  inject: [Streams, Presence, Rights, CATALOG, SessionViews, CLOCK],
  useFactory: (...[open, presence, rights, catalog, views, clock]: [Streams, Presence, Rights, Catalog, SessionViews, Clock]) =>
    new RoomStreams({ streams: open, presence, rights, catalog, views, clock }),
};

const people = {
  provide: MeStreams,
  inject: [Streams, Rights, CATALOG, QuotaLedger, ClipViews, PostViews, CLOCK],
  useFactory: (
    ...[open, rights, catalog, ledger, clips, posts, clock]: [Streams, Rights, Catalog, QuotaLedger, ClipViews, PostViews, Clock]
  ) => new MeStreams({ streams: open, rights, catalog, ledger, clips, posts, clock }),
};

/** Serves server-sent events. */
@Module({ imports: [AuthModule, SessionsModule, ClipsModule], controllers: [EventsController], providers: [streams, rooms, people] })
export class EventsModule implements BeforeApplicationShutdown {
  readonly #streams: Streams;

  constructor(open: Streams) {
    this.#streams = open;
  }

  /** Streams would keep the HTTP server from closing. */
  beforeApplicationShutdown(): void {
    this.#streams.close();
  }
}
