/** This server among the others: what it passes on, tells and answers. */
import { Module, type OnApplicationShutdown } from "@nestjs/common";
import type { Logger } from "pino";
import { AuthModule } from "../auth/module.js";
import type { Catalog } from "../catalog/port.js";
import { EventBus } from "../events/bus.js";
import type { Clock } from "../platform/clock.js";
import { Presence } from "../events/presence.js";
import { Metrics } from "../platform/metrics.js";
import { CATALOG, CLOCK, LOGGER } from "../platform/tokens.js";
import { SessionsElsewhere } from "../sessions/elsewhere.js";
import { SessionsModule } from "../sessions/module.js";
import { Publications } from "../sessions/publications.js";
import { Sessions } from "../sessions/sessions.js";
import { ServerAnswers } from "./answers.js";
import { PassOn } from "./pass-on.js";
import { EventRelay } from "./relay.js";
import { ServersController } from "./servers.controller.js";
import { Servers } from "./servers.js";
import { ServerSigner } from "./signature.js";

type PassOnWith = [Servers, ServerSigner, Catalog, Publications, Clock, Metrics, Logger];
type AnswersWith = [Servers, ServerSigner, EventRelay, Presence, Publications, Sessions, Catalog];
type RelayWith = [EventBus, Servers, SessionsElsewhere, Metrics, Logger];

const providers = [
  {
    provide: PassOn,
    inject: [Servers, ServerSigner, CATALOG, Publications, CLOCK, Metrics, LOGGER],
    useFactory: (...[servers, signer, catalog, publications, clock, metrics, logger]: PassOnWith) =>
      new PassOn({ servers, signer, catalog, publications, clock, metrics, logger }),
  },
  {
    provide: EventRelay,
    inject: [EventBus, Servers, SessionsElsewhere, Metrics, LOGGER],
    useFactory: (...[bus, servers, states, metrics, logger]: RelayWith) => new EventRelay({ bus, servers, states, metrics, logger }),
  },
  {
    provide: ServerAnswers,
    inject: [Servers, ServerSigner, EventRelay, Presence, Publications, Sessions, CATALOG],
    useFactory: (...[servers, signer, relay, presence, publications, sessions, catalog]: AnswersWith) =>
      new ServerAnswers({ servers, signer, relay, presence, publications, sessions, catalog }),
  },
];

/** Serves the other servers. */
@Module({ imports: [AuthModule, SessionsModule], controllers: [ServersController], providers, exports: [PassOn] })
export class ServersModule implements OnApplicationShutdown {
  readonly #relay: EventRelay;

  constructor(relay: EventRelay) {
    this.#relay = relay;
  }

  /** The ends of this server's sessions are told by then. */
  async onApplicationShutdown(): Promise<void> {
    await this.#relay.close();
  }
}
