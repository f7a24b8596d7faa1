/** Clips: capture, library, sharing, and the background work behind them. */
import { Module, type OnApplicationShutdown } from "@nestjs/common";
import type { Logger } from "pino";
import { AuditLog } from "../audit/log.js";
import { AuditModule } from "../audit/module.js";
import { LinkSigner } from "../auth/link.js";
import { AuthModule } from "../auth/module.js";
import { Rights } from "../auth/rights.js";
import type { Catalog } from "../catalog/port.js";
import { ChannelNotices } from "../channels/notices.js";
import type { ChannelPosts } from "../channels/port.js";
import type { Config } from "../config/read.js";
import type { Directory } from "../directory/port.js";
import { EventBus } from "../events/bus.js";
import type { Clock } from "../platform/clock.js";
import type { Ffmpeg } from "../platform/ffmpeg.js";
import { Metrics } from "../platform/metrics.js";
import { CATALOG, CHANNELS, CLOCK, CONFIG, DIRECTORY, FFMPEG, LOGGER, RECORDER, STORE } from "../platform/tokens.js";
import { QuotaLedger } from "../quotas/ledger.js";
import type { RecorderPort } from "../recorders/port.js";
import type { Store } from "../store/open.js";
import { ClipCapture } from "./capture.js";
import { ChannelsController } from "./channels.controller.js";
import { CaptureController, ClipController } from "./clips.controller.js";
import { AacFiles } from "./convert/aac-files.js";
import { Conversions } from "./convert/progress.js";
import { ClipFinaliser } from "./finalise.js";
import { ClipFrames } from "./frames.js";
import { Library } from "./library.js";
import { Moderation } from "./moderation.js";
import { PostViews } from "./post-view.js";
import { Presses } from "./press.js";
import { ClipRemover } from "./remove.js";
import { Sharing } from "./sharing.js";
import { ClipTrim } from "./trim.js";
import { UnsettledClips } from "./unsettled.js";
import { ClipViews } from "./view.js";

interface ClipParts {
  readonly catalog: Catalog;
  readonly ledger: QuotaLedger;
  readonly store: Store;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PARTS = Symbol("ClipParts");

const parts = {
  provide: PARTS,
  inject: [CATALOG, QuotaLedger, STORE, EventBus, CLOCK, LOGGER],
  useFactory: (...[catalog, ledger, store, bus, clock, logger]: [Catalog, QuotaLedger, Store, EventBus, Clock, Logger]): ClipParts => ({
    catalog,
    ledger,
    store,
    bus,
    clock,
    logger,
  }),
};

const conversions = [
  { provide: Conversions, inject: [EventBus], useFactory: (bus: EventBus) => new Conversions(bus) },
  {
    provide: AacFiles,
    inject: [PARTS, FFMPEG, Conversions],
    useFactory: (shared: ClipParts, ffmpeg: Ffmpeg | null, running: Conversions) =>
      new AacFiles({ ...shared, ffmpeg, conversions: running }),
  },
];

const notices = {
  provide: ChannelNotices,
  inject: [CHANNELS, Metrics, LOGGER],
  useFactory: (channels: ChannelPosts, metrics: Metrics, logger: Logger) => new ChannelNotices({ channels, metrics, logger }),
};

type CaptureInjected = [ClipParts, RecorderPort, ClipFinaliser, Config, UnsettledClips];

const background = [
  {
    provide: ClipFinaliser,
    inject: [PARTS, FFMPEG, Conversions],
    useFactory: (shared: ClipParts, ffmpeg: Ffmpeg | null, running: Conversions) =>
      new ClipFinaliser({ ...shared, ffmpeg, conversions: running }),
  },
  {
    provide: UnsettledClips,
    inject: [PARTS],
    useFactory: (shared: ClipParts) => new UnsettledClips(shared),
  },
  {
    provide: ClipCapture,
    inject: [PARTS, RECORDER, ClipFinaliser, CONFIG, UnsettledClips],
    useFactory: (...[shared, recorder, finaliser, { buffer }, unsettled]: CaptureInjected) =>
      new ClipCapture({
        ...shared,
        recorder,
        unsettled,
        captureMaxMs: buffer.captureMax,
        finalise: (clip, cover) => finaliser.enqueue(clip, cover),
      }),
  },
  {
    provide: ClipTrim,
    inject: [PARTS, ClipFinaliser, UnsettledClips],
    useFactory: (shared: ClipParts, finaliser: ClipFinaliser, unsettled: UnsettledClips) =>
      new ClipTrim({ ...shared, finaliser, unsettled }),
  },
  {
    provide: ClipFrames,
    inject: [PARTS, ClipFinaliser],
    useFactory: (shared: ClipParts, finaliser: ClipFinaliser) => new ClipFrames({ ...shared, finaliser }),
  },
  {
    provide: ClipRemover,
    inject: [PARTS, ClipFinaliser, AacFiles, ChannelNotices],
    useFactory: ({ catalog, store, bus }: ClipParts, finaliser: ClipFinaliser, aac: AacFiles, told: ChannelNotices) =>
      new ClipRemover({ catalog, store, bus, finaliser, aac, notices: told }),
  },
];

type ViewsInjected = [ClipParts, Rights, LinkSigner, Directory, Conversions, AacFiles];

const views = [
  {
    provide: ClipViews,
    inject: [PARTS, Rights, LinkSigner, DIRECTORY, Conversions, AacFiles],
    useFactory: (...[{ ledger, clock, store }, rights, links, directory, running, aac]: ViewsInjected) =>
      new ClipViews({ ledger, clock, store, rights, links, directory, conversions: running, aac }),
  },
  {
    provide: PostViews,
    inject: [CATALOG, Rights, ClipViews],
    useFactory: (catalog: Catalog, rights: Rights, clips: ClipViews) => new PostViews(catalog, rights, clips),
  },
];

const services = [
  {
    provide: Sharing,
    inject: [PARTS, ChannelNotices, CONFIG],
    useFactory: ({ catalog, bus, clock }: ClipParts, told: ChannelNotices, { publicUrl }: Config) =>
      new Sharing({ catalog, bus, clock, notices: told, publicUrl }),
  },
  {
    provide: Library,
    inject: [PARTS, ClipViews],
    useFactory: ({ catalog, ledger, bus, clock }: ClipParts, clips: ClipViews) =>
      new Library({ catalog, ledger, bus, clock, views: clips }),
  },
  {
    provide: Moderation,
    inject: [PARTS, AuditLog, Library, ClipRemover, Sharing],
    useFactory: (...[{ catalog }, audit, library, remover, sharing]: [ClipParts, AuditLog, Library, ClipRemover, Sharing]) =>
      new Moderation({ catalog, audit, library, remover, sharing }),
  },
  {
    provide: Presses,
    inject: [Rights, DIRECTORY, ClipCapture, ClipFinaliser, Sharing],
    useFactory: (rights: Rights, directory: Directory, capture: ClipCapture, finaliser: ClipFinaliser, sharing: Sharing) =>
      new Presses({ rights, directory, capture, finaliser, sharing }),
  },
];

/** Serves clips and channels. */
@Module({
  imports: [AuthModule, AuditModule],
  controllers: [CaptureController, ClipController, ChannelsController],
  providers: [parts, notices, ...conversions, ...background, ...views, ...services],
  exports: [AacFiles, ClipFinaliser, ClipFrames, ClipRemover, ClipViews, PostViews],
})
export class ClipsModule implements OnApplicationShutdown {
  readonly #finaliser: ClipFinaliser;
  readonly #aac: AacFiles;
  readonly #notices: ChannelNotices;
  readonly #unsettled: UnsettledClips;

  constructor(finaliser: ClipFinaliser, aac: AacFiles, told: ChannelNotices, unsettled: UnsettledClips) {
    this.#unsettled = unsettled;
    this.#finaliser = finaliser;
    this.#aac = aac;
    this.#notices = told;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#unsettled.close();
    await Promise.all([this.#finaliser.close(), this.#aac.close(), this.#notices.close()]);
  }
}
