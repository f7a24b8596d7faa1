/** The whole server as one thing that answers requests and does not listen by itself: `server.ts` listens for it, `embed/` puts it into a host application. */
import { NestFactory } from "@nestjs/core";
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import type { FastifyInstance } from "fastify";
import { ClipFinaliser } from "../clips/finalise.js";
import { ProblemFilter } from "../platform/filter.js";
import { frameworkLog } from "../platform/log.js";
import { Left } from "../sessions/left.js";
import { Watch } from "../sessions/watch.js";
import { type Core, type CoreOptions, openCore } from "./core.js";
import { fastifyAdapter, prepareHttp } from "./http.js";
import { refuseOtherMethods } from "./methods.js";
import { AppModule } from "./module.js";
import { observe } from "./observe.js";
import { serveOpenApi } from "./openapi.js";

/** A route of the server as the router knows it. */
export interface KnownRoute {
  readonly method: string;
  readonly pattern: string;
}

/** How an application is opened. */
export interface ApplicationOptions extends CoreOptions {
  /** Everything lies below the base path (`/livekit-replay/healthz`): what is outside of it belongs to somebody else. Default: false. */
  readonly belowBase?: boolean;
  /** More routes, when those of the API are there. */
  readonly more?: (fastify: FastifyInstance, filter: ProblemFilter) => void;
}

/** A server that could answer. */
export interface Application {
  readonly nest: NestFastifyApplication;
  readonly fastify: FastifyInstance;
  readonly core: Core;
  readonly routes: readonly KnownRoute[];
  /** Ends sessions, streams, requests, recorder and catalogue. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the parts, mends what a crash left, and takes up what the last stop left to be done.
 * @throws whatever keeps it from starting; nothing is left open then.
 */
export async function openApplication(options: ApplicationOptions): Promise<Application> {
  const core = await openCore(options);
  observe(core);
  let nest: NestFastifyApplication | null = null;
  try {
    const routes: KnownRoute[] = [];
    nest = await createNest(core, options, routes);
    await takeUp(nest, core);
    // Whoever puts it into a host application listens for it: only its host knows where.
    if (options.belowBase === true) await core.group.serve(core.config.serverUrl);
    return opened(nest, core, routes);
  } catch (error) {
    await nest?.close().catch(() => undefined);
    await core.close().catch(() => undefined);
    throw error;
  }
}

async function createNest(core: Core, options: ApplicationOptions, routes: KnownRoute[]): Promise<NestFastifyApplication> {
  const { belowBase = false, more } = options;
  const filter = new ProblemFilter(core.logger);
  const adapter = fastifyAdapter(filter, { belowBase, trustProxy: core.config.trustProxy });
  const fastify = adapter.getInstance();
  fastify.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, pattern: url });
  });
  const nest = await NestFactory.create<NestFastifyApplication>(AppModule.of(core), adapter, {
    bodyParser: false,
    logger: frameworkLog(core.logger),
    abortOnError: false,
  });
  nest.useGlobalFilters(filter);
  refuseOtherMethods(fastify, routes, filter);
  await prepareHttp(nest, core);
  serveOpenApi(nest, core.config.publicUrl);
  await nest.init();
  more?.(fastify, filter);
  await fastify.ready();
  return nest;
}

/** What the last stop, or crash, left to be done: its sessions end now, so that they can be captured for the grace time. */
async function takeUp(nest: NestFastifyApplication, core: Core): Promise<void> {
  await nest.get(Watch).endOrphans();
  // LiveKit may take its time to answer, and nothing here needs the answer.
  void nest
    .get(Left)
    .endForNobody()
    .catch((error: unknown) => core.logger.warn({ err: error }, "what a dead server left running in LiveKit could not be looked for"));
  const finaliser = nest.get(ClipFinaliser);
  for (const clip of core.unfinished) finaliser.enqueue(clip);
}

function opened(nest: NestFastifyApplication, core: Core, routes: readonly KnownRoute[]): Application {
  let closing: Promise<void> | null = null;
  const closeAll = async (): Promise<void> => {
    try {
      await nest.close();
    } finally {
      await core.close();
    }
  };
  return { nest, fastify: nest.getHttpAdapter().getInstance(), core, routes, close: () => (closing ??= closeAll()) };
}
