/** The parts that the server stands on: opened one after the other, closed in the opposite order. They live as long as the server. */
import { ReplayError } from "@livekit-replay/contract";
import type { DestinationStream, Logger } from "pino";
import { openCatalog } from "../catalog/open.js";
import type { Catalog, ClipRow } from "../catalog/port.js";
import { type ChannelPosts, ownChannelsOnly } from "../channels/port.js";
import { HostChannelPosts } from "../channels/host.js";
import { type Config, ConfigError } from "../config/read.js";
import { seedDemo } from "../directory/builtin/demo.js";
import { BuiltinDirectory } from "../directory/builtin/directory.js";
import { HostClient } from "../directory/host/client.js";
import { HostDirectory } from "../directory/host/directory.js";
import { JudgedDirectory } from "../directory/judged.js";
import type { Directory } from "../directory/port.js";
import { EventBus } from "../events/bus.js";
import { type Clock, systemClock } from "../platform/clock.js";
import { Ffmpeg } from "../platform/ffmpeg.js";
import { createLogger } from "../platform/log.js";
import { Metrics } from "../platform/metrics.js";
import { keptSecret } from "../platform/secret.js";
import type { Livekit } from "../livekit/port.js";
import { QuotaLedger } from "../quotas/ledger.js";
import { Recorders } from "../recorders/recorders.js";
import { createRecorder } from "../recorders/supervisor/create.js";
import type { RecorderTimings, Recorder } from "../recorders/supervisor/options.js";
import { openStore, type Store } from "../store/open.js";
import { openLivekit } from "./livekit.js";
import { openServers, type ServerGroup } from "./servers.js";

/** What the server is given besides its configuration. */
export interface CoreOptions {
  readonly config: Config;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Where log lines go; default is standard output. */
  readonly logDestination?: DestinationStream;
  /** Limits of the recorder in time; default is the product's. */
  readonly timings?: Partial<RecorderTimings>;
  /** Who is who, for who embeds the server; default is what the configuration names. */
  readonly directory?: Directory;
  /** Who hears of posts, for who embeds the server; default is what the configuration names. */
  readonly channels?: ChannelPosts;
}

/** One of each. */
export interface Core {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly bus: EventBus;
  /** Signs tokens (without `JWKS_URL`, or in the demo) and links. */
  readonly secret: string;
  readonly catalog: Catalog;
  /** This server among the others on its database. */
  readonly group: ServerGroup;
  readonly directory: Directory;
  /** Asks the host application; null where it is in this process, or there is none. */
  readonly host: HostClient | null;
  readonly channels: ChannelPosts;
  readonly ledger: QuotaLedger;
  readonly store: Store;
  /** Null where FFmpeg is not installed. */
  readonly ffmpeg: Ffmpeg | null;
  /** Takes WHIP publications. */
  readonly recorder: Recorder;
  /** Null where LiveKit is not configured. */
  readonly livekit: Livekit | null;
  /** All recorders as one. */
  readonly recorders: Recorders;
  /** Clips whose MP4 was not made before the last stop. */
  readonly unfinished: readonly ClipRow[];
  /** Closes everything, recorder first. Idempotent. */
  close(): Promise<void>;
}

/** What is open, so that it can be closed again. */
class Closers {
  readonly #closers: (() => Promise<void>)[] = [];
  #closing: Promise<void> | null = null;

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /** Last opened, first closed; the first error is thrown when all were tried. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const close of this.#closers.toReversed()) await close().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw new AggregateError(errors, "parts of the server could not be closed");
  }
}

/**
 * Opens the parts; what a crash left half done is mended before anything else sees it.
 * @throws whatever a part throws that cannot be opened; nothing is left open then.
 */
export async function openCore(options: CoreOptions): Promise<Core> {
  const closers = new Closers();
  try {
    return await openAll(options, closers);
  } catch (error) {
    await closers.close().catch(() => undefined);
    throw error;
  }
}

async function openAll(options: CoreOptions, closers: Closers): Promise<Core> {
  const { config, clock = systemClock, logDestination, timings } = options;
  if (config.demo && options.directory)
    throw new ConfigError(["DEMO is on; allowed is off where the directory is the host application's."]);
  const logger = createLogger(config.logLevel, logDestination);
  const bus = new EventBus((error) => logger.error({ err: error }, "a listener of the event bus failed"));
  const secret = config.auth.jwtSecret ?? (await keptSecret(config.dataFolder));
  const catalog = await openCatalog(config.database);
  closers.add(() => catalog.close());
  if (config.demo) await seedDemo(catalog.directory);
  const group = await openServers({ catalog, secret, logger });
  closers.add(() => group.close());
  const ledger = new QuotaLedger({ rows: catalog.quotas, clock, defaultLimitBytes: config.quotaBytes });
  const { window: bufferMs, grace: graceMs } = config.buffer;
  const store = await openStore({ root: config.storageRoot, catalog, ledger, clock, logger, bufferMs, graceMs, sharing: group.sharing });
  closers.add(() => store.close());
  const unfinished = await recovered(store, logger);
  const ffmpeg = await availableFfmpeg(logger);
  if (ffmpeg) closers.add(() => ffmpeg.close());
  const recorder = await openRecorder(config, logger, timings);
  closers.add(() => recorder.close());
  const livekit = openLivekit({ config, passthrough: recorder, catalog, clock, logger });
  const recorders = new Recorders(livekit?.recorder ? [recorder, livekit.recorder] : [recorder]);
  closers.add(() => recorders.close());
  return {
    config,
    clock,
    logger,
    metrics: new Metrics(),
    bus,
    secret,
    catalog,
    group,
    ...directoryOf(options, { clock, logger, catalog, bus }),
    ledger,
    store,
    ffmpeg,
    recorder,
    livekit,
    recorders,
    unfinished,
    close: () => closers.close(),
  };
}

interface DirectoryParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly catalog: Catalog;
  readonly bus: EventBus;
}

/** Who is given by code counts more than whom the configuration names. */
function directoryOf(
  { config, ...given }: CoreOptions,
  { clock, logger, catalog, bus }: DirectoryParts,
): Pick<Core, "directory" | "host" | "channels"> {
  if (given.directory) {
    const { directory, channels = ownChannelsOnly } = given;
    return { directory: new JudgedDirectory(directory), host: null, channels };
  }
  if (config.directoryHost) {
    const host = new HostClient({ ...config.directoryHost, clock, logger });
    const directory = new HostDirectory(host);
    bus.subscribe((event) => {
      if (event.type === "user_removed") directory.forget(event.userId);
    });
    return { directory, host, channels: given.channels ?? new HostChannelPosts(host) };
  }
  const { channels = ownChannelsOnly } = given;
  return { directory: new BuiltinDirectory(catalog.directory), host: null, channels };
}

async function recovered(store: Store, logger: Logger): Promise<readonly ClipRow[]> {
  const report = await store.recover();
  const { finalise, deleted, lost, mended, remaining } = report;
  const fields = {
    finalise: finalise.length,
    deleted: deleted.length,
    lost: lost.length,
    mended: mended.length,
    remaining: remaining.length,
  };
  logger.info(fields, "the store was looked through");
  for (const finding of remaining) logger.warn({ finding }, "something in the store is broken and needs a person");
  return finalise;
}

/** What is off without FFmpeg. */
const withoutFfmpeg = "clips have no pictures and no AAC sound, and clips of VP8 no MP4";

async function availableFfmpeg(logger: Logger): Promise<Ffmpeg | null> {
  const ffmpeg = new Ffmpeg();
  if (await ffmpeg.available()) return ffmpeg;
  logger.warn({}, `FFmpeg is not installed: ${withoutFfmpeg}`);
  return null;
}

function openRecorder(config: Config, logger: Logger, timings: Partial<RecorderTimings> | undefined): Promise<Recorder> {
  const { rtc, storageRoot: root, host, recorderProcesses: processes, buffer, livekit } = config;
  const { udpPort, publicIp, iceServers } = rtc;
  return createRecorder({
    root,
    host,
    udpPort,
    publicIp,
    iceServers,
    segmentSeconds: buffer.segment / 1000,
    processes,
    livekit: config.recorder === "passthrough" ? livekit : null,
    logger,
    ...(timings ? { timings } : {}),
  });
}

/** The health of the parts, for `/healthz` and `/readyz`. */
export function coreHealth({
  catalog,
  store,
  ffmpeg,
  recorder,
  livekit,
  host,
  config,
}: Core): Readonly<Record<string, () => Promise<{ status: "ok" | "degraded" | "down"; detail?: string | undefined }>>> {
  return {
    catalogue: async () => {
      await catalog.ping();
      return { status: "ok" };
    },
    storage: async () => {
      const free = await store.freeBytes();
      if (free < config.minFreeBytes) return { status: "degraded", detail: new ReplayError("disk_full").message };
      return store.health();
    },
    recorder: () => {
      const up = recorder.stats().processes.filter((process) => process.state === "up").length;
      const { recorderProcesses } = config;
      if (up === recorderProcesses) return Promise.resolve({ status: "ok" });
      return Promise.resolve({ status: up === 0 ? "down" : "degraded", detail: `${up} of ${recorderProcesses} recorder processes are up` });
    },
    ...(livekit ? { livekit: () => livekit.rooms.health() } : {}),
    ...(host ? { host: () => host.health() } : {}),
    ffmpeg: () => Promise.resolve(ffmpeg ? { status: "ok" } : { status: "degraded", detail: `FFmpeg is not installed: ${withoutFfmpeg}` }),
  };
}
