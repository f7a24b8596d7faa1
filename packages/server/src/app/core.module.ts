/** The parts of `core.ts` as providers, known to every module. */
import { type DynamicModule, Module } from "@nestjs/common";
import { EventBus } from "../events/bus.js";
import { HealthParts } from "../platform/health.js";
import { Metrics } from "../platform/metrics.js";
import { CATALOG, CHANNELS, CLOCK, CONFIG, DIRECTORY, FFMPEG, LIVEKIT, LOGGER, RECORDER, SECRET, STORE, WHIP } from "../platform/tokens.js";
import { QuotaLedger } from "../quotas/ledger.js";
import { Servers } from "../servers/servers.js";
import { ServerSigner } from "../servers/signature.js";
import { type Core, coreHealth } from "./core.js";

/** See above. */
@Module({})
export class CoreModule {
  static of(core: Core): DynamicModule {
    const health = new HealthParts();
    for (const [name, check] of Object.entries(coreHealth(core))) health.add(name, check);
    const providers = [
      { provide: CONFIG, useValue: core.config },
      { provide: CLOCK, useValue: core.clock },
      { provide: LOGGER, useValue: core.logger },
      { provide: SECRET, useValue: core.secret },
      { provide: CATALOG, useValue: core.catalog },
      { provide: DIRECTORY, useValue: core.directory },
      { provide: CHANNELS, useValue: core.channels },
      { provide: STORE, useValue: core.store },
      { provide: RECORDER, useValue: core.recorders },
      { provide: WHIP, useValue: core.recorder },
      { provide: LIVEKIT, useValue: core.livekit },
      { provide: FFMPEG, useValue: core.ffmpeg },
      { provide: Metrics, useValue: core.metrics },
      { provide: EventBus, useValue: core.bus },
      { provide: QuotaLedger, useValue: core.ledger },
      { provide: Servers, useValue: core.group.servers },
      { provide: ServerSigner, useValue: core.group.signer },
      { provide: HealthParts, useValue: health },
    ];
    return { module: CoreModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
