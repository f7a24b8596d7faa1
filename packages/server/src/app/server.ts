/** The whole server as a program: with its page, on a port of its own. */
import { DemoSignIn } from "../auth/demo.js";
import { firstDemoPerson } from "../directory/builtin/demo.js";
import { type Application, type KnownRoute, openApplication } from "./application.js";
import type { Core, CoreOptions } from "./core.js";
import { servePage } from "./page.js";
import { serverUrlOf } from "./servers.js";

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
  const application = await openApplication({ ...options, more: servePage });
  try {
    const { port, host } = application.core.config;
    await application.nest.listen({ port, host });
    await application.core.group.serve(serverUrlOf(application.core.config, portOf(application)));
    return { ...running(application), demoToken: await demoToken(application) };
  } catch (error) {
    await application.close().catch(() => undefined);
    throw error;
  }
}

const demoToken = async ({ nest, core }: Application): Promise<string | null> =>
  core.config.demo ? (await nest.get(DemoSignIn).signIn(firstDemoPerson)).token : null;

function portOf({ nest, core }: Application): number {
  const address = nest.getHttpServer().address();
  return typeof address === "object" && address !== null ? address.port : core.config.port;
}

function running(application: Application): Omit<RunningServer, "demoToken"> {
  const { core, routes } = application;
  const port = portOf(application);
  const { host, loopback, publicUrl } = core.config;
  const name = loopback || host === "0.0.0.0" || host === "::" ? "localhost" : host;
  const url = publicUrl ?? `http://${host === "127.0.0.1" || name === "localhost" ? "localhost" : name}:${port}`;
  return { url, routes, core, close: () => application.close() };
}
