/** Hands requests below the base path to the embedded server as they came, before the host application has parsed, guarded or answered them, whichever HTTP adapter it has. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AbstractHttpAdapter } from "@nestjs/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { basePath } from "../auth/rules.js";

/** Answers a request that nobody has touched. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What is used of Express: the package itself is not needed. */
interface ExpressLike {
  use(middleware: (request: IncomingMessage, response: ServerResponse, next: () => void) => void): void;
}

const isBelow = (url: string): boolean => url === basePath || url.startsWith(`${basePath}/`) || url.startsWith(`${basePath}?`);

/**
 * Hooks into the host's adapter. In a module's constructor: before middlewares, cross-origin rules and body parsers of the host are registered.
 * @throws TypeError for an adapter that is neither Fastify's nor Express's
 */
export function mount(adapter: AbstractHttpAdapter | undefined, handle: RawHandler): void {
  const kind: string = adapter?.getType() ?? "none";
  if (adapter && kind === "fastify") mountOnFastify(adapter, handle);
  else if (adapter && kind === "express") mountOnExpress(adapter.getInstance<ExpressLike>(), handle);
  else throw new TypeError(`ReplayModule: needs an application with the HTTP adapter of Fastify or Express; this one has ${kind}`);
}

function mountOnFastify(adapter: AbstractHttpAdapter, handle: RawHandler): void {
  const take = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    handle(request.raw, reply.raw);
  };
  // The adapter's first hook: `enableCors` of the host would answer before any other.
  adapter.setOnRequestHook((request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (isBelow(request.raw.url ?? "")) take(request, reply);
    else done();
  });
  routeOnFastify(adapter.getInstance<FastifyInstance>(), take);
}

/** For a host that sets that one hook itself: then its hooks run, and this in a context of its own, where no parser of the host's touches the body. */
function routeOnFastify(fastify: FastifyInstance, take: (request: FastifyRequest, reply: FastifyReply) => void): void {
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    // The body stays where it is: in the request.
    scope.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    for (const url of [basePath, `${basePath}/*`]) scope.all(url, take);
    done();
  });
}

function mountOnExpress(express: ExpressLike, handle: RawHandler): void {
  express.use((request, response, next) => {
    if (isBelow(request.url ?? "")) handle(request, response);
    else next();
  });
}
