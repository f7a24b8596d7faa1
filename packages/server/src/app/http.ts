/** The HTTP side of the server: limits, headers, body types, cross-origin rules. */
import type { Socket } from "node:net";
import helmet from "@fastify/helmet";
import fastifyStatic from "@fastify/static";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { ReplayError } from "@livekit-replay/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { basePath } from "../auth/rules.js";
import type { Config } from "../config/read.js";
import { webhookType } from "../livekit/webhook.js";
import type { ProblemFilter } from "../platform/filter.js";
import { problemOf, problemType } from "../platform/problem.js";
import { newId } from "../platform/ids.js";
import { serverMessageType } from "../servers/calls.js";
import { logAnswered } from "../platform/log.js";
import { fragmentType, offerType } from "../sessions/whip.js";
import type { Core } from "./core.js";

const mostBodyBytes = 64 * 1024;
/** A room's name may be 150 bytes, each written as three characters; longer ones get to the rule that names the limit. */
const mostParameterCharacters = 4096;

/** What lies at the root where the root is ours, and below the base path where it is not. */
const operations = new RegExp(`^${basePath}(/(?:healthz|readyz|metrics|openapi\\.json|docs)(?:[/?].*)?)$`);

/** How requests reach the Fastify instance. */
export interface AdapterOptions {
  /** What else lies at the root is found below the base path. */
  readonly belowBase: boolean;
  readonly trustProxy: Config["trustProxy"];
}

/** The Fastify instance behind Nest. */
export function fastifyAdapter(filter: ProblemFilter, { belowBase, trustProxy }: AdapterOptions): FastifyAdapter {
  return new FastifyAdapter({
    ...(trustProxy.length === 0 ? {} : { trustProxy: [...trustProxy] }),
    ...(belowBase ? { rewriteUrl: ({ url = "/" }) => operations.exec(url)?.[1] ?? url } : {}),
    bodyLimit: mostBodyBytes,
    // A field that nobody knows does not cost a moment: a press of a newer page is kept by an older server. These two names are taken out like any other.
    onProtoPoisoning: "remove",
    onConstructorPoisoning: "remove",
    // An open event stream would keep the server from closing.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: mostParameterCharacters },
    genReqId: () => newId(),
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => filter.answer(error, request, reply),
  });
}

/** What is no HTTP, or has headers beyond Node's bounds, reaches no route: it is refused in the same shape all the same. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { body } = problemOf(
    new ReplayError("invalid_request", { detail: "The request is not valid: it cannot be read as HTTP" }),
    newId(),
  );
  const text = JSON.stringify(body);
  const headers = [`Content-Type: ${problemType}`, `X-Request-Id: ${body.requestId}`, `Content-Length: ${Buffer.byteLength(text)}`];
  socket.end(["HTTP/1.1 400 Bad Request", ...headers, "Cache-Control: no-store", "Connection: close", "", text].join("\r\n"));
}

/** LiveKit is asked over HTTP whether a token is good, and joined over a WebSocket. */
function livekitOrigins(livekit: Config["livekit"]): string[] {
  if (!livekit) return [];
  const { protocol, host } = new URL(livekit.publicUrl);
  return protocol === "wss:" ? [`wss://${host}`, `https://${host}`] : [`ws://${host}`, `http://${host}`];
}

/** Where scripts, pictures and media of the page may come from: here. No script inside the document; media may be made in the page (hls.js). */
function contentSecurityPolicy({ publicUrl, livekit, embedOrigins }: Config): Record<string, string[]> {
  const here = ["'self'", ...(publicUrl === null ? [] : [new URL(publicUrl).origin])];
  return {
    "default-src": ["'self'"],
    "base-uri": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": [...here, "data:", "blob:"],
    "media-src": [...here, "blob:"],
    "font-src": ["'self'", "data:"],
    "connect-src": [...here, "blob:", ...livekitOrigins(livekit)],
    "worker-src": ["'self'", "blob:"],
    "object-src": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": embedOrigins.length === 0 ? ["'none'"] : [...embedOrigins],
  };
}

/** Headers, body types and cross-origin rules. Before the routes are made. */
export async function prepareHttp(
  app: NestFastifyApplication,
  { config, logger, metrics }: Pick<Core, "config" | "logger" | "metrics">,
): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeContentTypeParser("text/plain");
  fastify.addContentTypeParser([offerType, fragmentType, webhookType, serverMessageType], { parseAs: "string" }, (_request, body, done) =>
    done(null, body),
  );
  fastify.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    // Answers are one person's own; what may be kept says so itself.
    if (request.url.startsWith(basePath)) reply.header("cache-control", "no-store");
  });
  const seconds = metrics.seconds(
    "http_request_seconds",
    "Time from a request to its answer, by route",
    ["method", "route", "status"],
    [0.005, 0.02, 0.05, 0.1, 0.3, 1, 5, 30],
  );
  fastify.addHook("onResponse", async ({ id, method, url, routeOptions }, reply) => {
    const { statusCode: status, elapsedTime } = reply;
    seconds.observe({ method, route: routeOptions.url ?? "none", status: String(status) }, elapsedTime / 1000);
    logAnswered(logger, { requestId: id, method, url, status, ms: Math.round(elapsedTime) });
  });
  const embedded = config.corsOrigins.length > 0;
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy(config) },
    crossOriginResourcePolicy: { policy: embedded ? "cross-origin" : "same-origin" },
    // `frame-ancestors` says it; an origin that may hold the page cannot be named in the older header.
    frameguard: config.embedOrigins.length === 0 ? { action: "deny" } : false,
    // A page that is cut off from its opener could not be given tokens by it.
    crossOriginOpenerPolicy: { policy: config.embedOrigins.length === 0 ? "same-origin" : "unsafe-none" },
    // Whether this is reached by https is for what stands in front of it to say.
    strictTransportSecurity: false,
  });
  await app.register(fastifyStatic, { serve: false, root: config.storageRoot });
  if (embedded) allowOrigins(app, config.corsOrigins);
}

/** Pages of these origins may call. Only what is a preflight is answered as one: WHIP has its own answer to `OPTIONS` (RFC 9725, 4.2). */
function allowOrigins(app: NestFastifyApplication, origins: readonly string[]): void {
  const options = {
    origin: origins.includes("*") ? true : [...origins],
    methods: ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"],
    allowedHeaders: ["authorization", "content-type", "if-match", "idempotency-key", "prefer", "range"],
    exposedHeaders: [
      "location",
      "etag",
      "link",
      "accept-post",
      "accept-patch",
      "retry-after",
      "preference-applied",
      "content-disposition",
      "content-range",
      "replay-strip",
      "x-request-id",
    ],
    maxAge: 600,
  };
  app.enableCors({
    delegator: (request: FastifyRequest, done: (error: Error | null, chosen: typeof options & { preflight: boolean }) => void) => {
      done(null, { ...options, preflight: request.headers["access-control-request-method"] !== undefined });
    },
  });
}
