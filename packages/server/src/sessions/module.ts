/** Sessions and their publications. */
import { type BeforeApplicationShutdown, Module } from "@nestjs/common";
import { millis, type Millis } from "@livekit-replay/contract";
import type { Logger } from "pino";
import { AuditLog } from "../audit/log.js";
import { AuditModule } from "../audit/module.js";
import { LinkSigner } from "../auth/link.js";
import { AuthModule } from "../auth/module.js";
import { Rights } from "../auth/rights.js";
import type { Catalog } from "../catalog/port.js";
import { CommunitySettingsSource } from "../communities/settings.js";
import type { Config } from "../config/read.js";
import type { Directory } from "../directory/port.js";
import { EventBus } from "../events/bus.js";
import { IdentityOwners } from "../livekit/identity.js";
import { LivekitModule } from "../livekit/module.js";
import type { Livekit } from "../livekit/port.js";
import type { LivekitRooms } from "../livekit/rooms.js";
import { Webhooks } from "../livekit/webhook.js";
import type { Clock } from "../platform/clock.js";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import { Metrics } from "../platform/metrics.js";
import { Serial } from "../platform/serial.js";
import { CATALOG, CLOCK, CONFIG, DIRECTORY, FFMPEG, LIVEKIT, LOGGER, RECORDER, STORE, WHIP } from "../platform/tokens.js";
import { QuotaLedger } from "../quotas/ledger.js";
import type { RecorderPort, WhipRecorderPort } from "../recorders/port.js";
import { OtherServers } from "../servers/others.js";
import { Servers } from "../servers/servers.js";
import type { Store } from "../store/open.js";
import { SessionsAdminController } from "./admin.controller.js";
import { Ending } from "./end.js";
import { Entitled } from "./entitled.js";
import { Erasing } from "./erase.js";
import { SessionsElsewhere } from "./elsewhere.js";
import { Expiry } from "./expire.js";
import { Following } from "./follow.js";
import { Forgetting } from "./forget.js";
import { Grace } from "./grace.js";
import { Left } from "./left.js";
import { LiveSessions } from "./live.js";
import { LookingCauses } from "./causes.js";
import { LookAfter } from "./look-after.js";
import { Looking } from "./looking.js";
import type { SessionParts } from "./parts.js";
import { PastController } from "./past.controller.js";
import { Pausing } from "./pause.js";
import { Places } from "./place.js";
import { Publications } from "./publications.js";
import { Recording } from "./record.js";
import { Reruns } from "./rerun.js";
import { SessionsController } from "./sessions.controller.js";
import { Sessions } from "./sessions.js";
import { Shares } from "./shares.js";
import { Sightings } from "./sightings.js";
import { SessionViews } from "./view.js";
import { Watch } from "./watch.js";
import { WhipController } from "./whip.controller.js";
import { Yielding } from "./yield.js";
import { Trickle } from "./whip.js";

const PARTS = Symbol("SessionParts");

/** How long a capture at another server may take that was let in just before the end of a grace. */
const lastCaptures: Millis = millis(60_000);

const parts = {
  provide: PARTS,
  inject: [CATALOG, STORE, WHIP, RECORDER, EventBus, CLOCK, LOGGER, Publications, LiveSessions, Serial],
  useFactory: (
    ...[catalog, store, whip, recorders, bus, clock, logger, publications, live, serial]: [
      Catalog,
      Store,
      WhipRecorderPort,
      RecorderPort,
      EventBus,
      Clock,
      Logger,
      Publications,
      LiveSessions,
      Serial,
    ]
  ): SessionParts => ({ catalog, store, whip, recorders, bus, clock, logger, publications, live, serial }),
};

type PlacesWith = [SessionParts, QuotaLedger, CommunitySettingsSource, Grace, Config, Servers];

const places = {
  provide: Places,
  inject: [PARTS, QuotaLedger, CommunitySettingsSource, Grace, CONFIG, Servers],
  useFactory: (...[{ catalog, store, clock }, ledger, settings, grace, { minFreeBytes }, { id: serverId }]: PlacesWith) =>
    new Places({ catalog, store, clock, ledger, settings, grace, minFreeBytes, serverId }),
};

type ViewsWith = [SessionParts, Rights, LinkSigner, Directory, Grace, Ffmpeg | null, SessionsElsewhere];

const views = {
  provide: SessionViews,
  inject: [PARTS, Rights, LinkSigner, DIRECTORY, Grace, FFMPEG, SessionsElsewhere],
  useFactory: (...[{ store, clock }, rights, links, directory, grace, ffmpeg, states]: ViewsWith) =>
    new SessionViews({ store, states, clock, rights, links, directory, grace, hasPictures: ffmpeg !== null }),
};

type SharesWith = [SessionParts, Livekit | null, IdentityOwners, Places, Recording, Sightings];

const recordings = [
  {
    provide: Recording,
    inject: [PARTS, Servers],
    useFactory: (shared: SessionParts, { id }: Servers) => new Recording(shared, id),
  },
  {
    provide: Shares,
    inject: [PARTS, LIVEKIT, IdentityOwners, Places, Recording, Sightings],
    useFactory: (...[sessions, livekit, owners, place, recording, sightings]: SharesWith) =>
      new Shares({ livekit, owners, places: place, recording, sightings, sessions }),
  },
  {
    provide: Sessions,
    inject: [PARTS, Places, Recording, Shares, Ending],
    useFactory: (...[shared, place, recording, shares, ending]: [SessionParts, Places, Recording, Shares, Ending]) =>
      new Sessions({ parts: shared, places: place, recording, shares, ending }),
  },
];

type ForgettingWith = [SessionParts, Reruns, Grace, Directory];

const owners = [
  {
    provide: Reruns,
    inject: [PARTS, Recording, Shares, Ending],
    useFactory: (...[sessions, recording, shares, ending]: [SessionParts, Recording, Shares, Ending]) =>
      new Reruns({ sessions, recording, shares, ending }),
  },
  {
    provide: Pausing,
    inject: [PARTS, Reruns, Ending],
    useFactory: (sessions: SessionParts, reruns: Reruns, ending: Ending) => new Pausing(sessions, reruns, ending),
  },
  {
    provide: Forgetting,
    inject: [PARTS, Reruns, Grace, DIRECTORY],
    useFactory: (...[sessions, reruns, grace, directory]: ForgettingWith) => new Forgetting({ sessions, reruns, grace, directory }),
  },
];

/** Only a LiveKit whose rooms are recorded is looked at. */
const recordedRooms = (livekit: Livekit | null): LivekitRooms | null => (livekit?.recorder ? livekit.rooms : null);

type LookingWith = [SessionParts, Livekit | null, IdentityOwners, Directory, CommunitySettingsSource, Grace, Shares, Sightings, Metrics];

const lookers = [
  {
    provide: Looking,
    inject: [PARTS, LIVEKIT, IdentityOwners, DIRECTORY, CommunitySettingsSource, Grace, Shares, Sightings, Metrics],
    useFactory: (...[sessions, livekit, owners, directory, settings, grace, shares, sightings, metrics]: LookingWith) =>
      new Looking({ rooms: recordedRooms(livekit), sessions, owners, directory, settings, grace, shares, sightings, metrics }),
  },
  {
    provide: LookingCauses,
    inject: [Looking, EventBus, Webhooks],
    useFactory: (looking: Looking, bus: EventBus, webhooks: Webhooks) => new LookingCauses({ looking, bus, webhooks }),
  },
  {
    provide: Left,
    inject: [PARTS, LIVEKIT, IdentityOwners, Ending, Servers],
    useFactory: (...[sessions, livekit, owners, ending, servers]: [SessionParts, Livekit | null, IdentityOwners, Ending, Servers]) =>
      new Left({
        serverId: servers.id,
        rooms: recordedRooms(livekit),
        recorderOrphans: async () => (await livekit?.endOrphans()) ?? 0,
        sessions,
        owners,
        ending,
      }),
  },
];

type AfterWith = [SessionParts, Rights, SessionViews, Sessions, Grace, AuditLog];

const keepers = [
  { provide: Erasing, inject: [PARTS, Ending], useFactory: (shared: SessionParts, ending: Ending) => new Erasing(shared, ending) },
  {
    provide: Entitled,
    inject: [PARTS, Sessions, DIRECTORY, CommunitySettingsSource],
    useFactory: (...[shared, sessions, directory, settings]: [SessionParts, Sessions, Directory, CommunitySettingsSource]) =>
      new Entitled({ parts: shared, sessions, directory, settings }),
  },
  {
    provide: LookAfter,
    inject: [PARTS, Rights, SessionViews, Sessions, Grace, AuditLog],
    useFactory: (...[{ catalog }, rights, seen, sessions, grace, audit]: AfterWith) =>
      new LookAfter({ catalog, rights, views: seen, sessions, grace, audit }),
  },
];

/** Serves start, stop, status and WHIP; follows the recorder. */
@Module({
  imports: [AuthModule, AuditModule, LivekitModule],
  controllers: [SessionsController, PastController, SessionsAdminController, WhipController],
  providers: [
    Publications,
    LiveSessions,
    Serial,
    { provide: Sightings, inject: [Servers], useFactory: (servers: Servers) => new Sightings(() => servers.isAlone) },
    {
      provide: SessionsElsewhere,
      inject: [LiveSessions, EventBus, Servers],
      useFactory: (live: LiveSessions, bus: EventBus, servers: Servers) => {
        const states = new SessionsElsewhere(live, bus);
        servers.onGone((id) => states.forgetServer(id));
        return states;
      },
    },
    parts,
    places,
    views,
    {
      provide: Ending,
      inject: [PARTS, Grace, Servers, LOGGER],
      useFactory: (shared: SessionParts, grace: Grace, servers: Servers, logger: Logger) =>
        new Ending(shared, grace, new OtherServers(servers, logger)),
    },
    ...recordings,
    ...lookers,
    ...keepers,
    ...owners,
    {
      provide: Following,
      inject: [PARTS, Ending, Metrics],
      useFactory: (shared: SessionParts, ending: Ending, metrics: Metrics) => new Following(shared, ending, metrics),
    },
    {
      provide: Watch,
      inject: [PARTS, Ending, Servers],
      useFactory: (shared: SessionParts, ending: Ending, servers: Servers) => new Watch(shared, ending, servers),
    },
    {
      provide: Expiry,
      inject: [PARTS, Grace, Servers],
      useFactory: (shared: SessionParts, grace: Grace, servers: Servers) =>
        new Expiry(shared, grace, () => (servers.isAlone ? millis(0) : lastCaptures)),
    },
    {
      provide: Yielding,
      inject: [PARTS, Sessions, Servers],
      useFactory: (shared: SessionParts, sessions: Sessions, servers: Servers) =>
        new Yielding({ parts: shared, sessions, serverId: servers.id }),
    },
    {
      provide: Trickle,
      inject: [Publications, WHIP],
      useFactory: (publications: Publications, recorder: WhipRecorderPort) => new Trickle(publications, recorder),
    },
  ],
  exports: [Entitled, Erasing, Publications, SessionViews, Sessions, SessionsElsewhere, Watch, Yielding, Expiry, Following, Looking, Left],
})
export class SessionsModule implements BeforeApplicationShutdown {
  readonly #sessions: Sessions;
  readonly #following: Following;
  readonly #looking: Looking;
  readonly #causes: LookingCauses;
  readonly #yielding: Yielding;

  constructor(sessions: Sessions, following: Following, looking: Looking, causes: LookingCauses, yielding: Yielding) {
    this.#yielding = yielding;
    this.#sessions = sessions;
    this.#following = following;
    this.#looking = looking;
    this.#causes = causes;
  }

  /** While the recorder still runs: what it has open is closed, listed, and captured after the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#causes.close();
    this.#yielding.close();
    await this.#looking.close();
    await this.#sessions.endAll();
    await this.#following.close();
  }
}
