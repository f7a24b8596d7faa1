/** The whole server, started and stopped as one. */
import { NestFactory } from "@nestjs/core";
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { DemoSignIn } from "../auth/demo.js";
import { ClipFinaliser } from "../clips/finalise.js";
import { firstDemoPerson } from "../directory/builtin/demo.js";
import { ProblemFilter } from "../platform/filter.js";
import { frameworkLog } from "../platform/log.js";
import { Left } from "../sessions/left.js";
import { Watch } from "../sessions/watch.js";
import { type Core, type CoreOptions, openCore } from "./core.js";
import { fastifyAdapter, prepareHttp } from "./http.js";
import { AppModule } from "./module.js";
import { observe } from "./observe.js";
import { serveOpenApi } from "./openapi.js";
import { servePage } from "./page.js";

/** A route of the server as the router knows it. */
export interface KnownRoute {
  readonly method: string;
  readonly pattern: string;
}

/** A server that answers. */
export interface RunningServer {
  /** Where it can be opened, without a slash at its end. */
  readonly url: string;
  /** A token for the first of the demo people; null when the demo is off. */
  readonly demoToken: string | null;
  readonly routes: readonly KnownRoute[];
  readonly core: Core;
  /** Ends sessions, streams, requests, recorder and catalogue. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the server: mends what a crash left, then listens.
 * @throws whatever keeps it from starting (a port in use, a folder that cannot be written); nothing is left running then.
 */
export async function startServer(options: CoreOptions): Promise<RunningServer> {
  const core = await openCore(options);
  observe(core);
  let app: NestFastifyApplication | null = null;
  try {
    const routes: KnownRoute[] = [];
    app = await createApp(core, routes);
    await takeUp(app, core);
    await app.listen({ port: core.config.port, host: core.config.host });
    return running(app, core, routes, await demoToken(app, core));
  } catch (error) {
    await app?.close().catch(() => undefined);
    await core.close().catch(() => undefined);
    throw error;
  }
}

async function createApp(core: Core, routes: KnownRoute[]): Promise<NestFastifyApplication> {
  const filter = new ProblemFilter(core.logger);
  const adapter = fastifyAdapter(filter);
  const fastify = adapter.getInstance();
  fastify.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, pattern: url });
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(core), adapter, {
    bodyParser: false,
    logger: frameworkLog(core.logger),
    abortOnError: false,
  });
  app.useGlobalFilters(filter);
  await prepareHttp(app, core);
  serveOpenApi(app);
  await app.init();
  servePage(fastify, filter);
  return app;
}

/** What the last stop, or crash, left to be done: its sessions end now, so that they can be captured for the grace time. */
async function takeUp(app: NestFastifyApplication, core: Core): Promise<void> {
  await app.get(Watch).endOrphans();
  // LiveKit may take its time to answer, and nothing here needs the answer.
  void app
    .get(Left)
    .endForNobody()
    .catch((error: unknown) => core.logger.warn({ err: error }, "what a dead server left running in LiveKit could not be looked for"));
  const finaliser = app.get(ClipFinaliser);
  for (const clip of core.unfinished) finaliser.enqueue(clip);
}

const demoToken = async (app: NestFastifyApplication, { config }: Core): Promise<string | null> =>
  config.demo ? (await app.get(DemoSignIn).signIn(firstDemoPerson)).token : null;

function running(app: NestFastifyApplication, core: Core, routes: readonly KnownRoute[], token: string | null): RunningServer {
  let closing: Promise<void> | null = null;
  const closeAll = async (): Promise<void> => {
    try {
      await app.close();
    } finally {
      await core.close();
    }
  };
  const address = app.getHttpServer().address();
  const port = typeof address === "object" && address !== null ? address.port : core.config.port;
  const { host, loopback, publicUrl } = core.config;
  const name = loopback || host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return {
    url: publicUrl ?? `http://${host === "127.0.0.1" || name === "localhost" ? "localhost" : name}:${port}`,
    demoToken: token,
    routes,
    core,
    close: () => (closing ??= closeAll()),
  };
}
