/** Hands requests below the base path to the embedded server as they came, whichever HTTP adapter the host application has: nothing of the host parses, guards or changes them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AbstractHttpAdapter } from "@nestjs/core";
import type { FastifyInstance } from "fastify";
import { basePath } from "../auth/rules.js";

/** Answers a request that nobody has touched. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void;

interface ExpressLike {
  use(middleware: (request: IncomingMessage, response: ServerResponse, next: () => void) => void): void;
}

/** Hooks into the host's adapter. Before its body parser: in a module's constructor. @throws TypeError for an adapter that is neither Fastify nor Express */
export function mount(adapter: AbstractHttpAdapter | undefined, handle: RawHandler): void {
  const kind: string = adapter?.getType() ?? "none";
  if (kind === "fastify") return mountOnFastify(adapter?.getInstance() as FastifyInstance, handle);
  if (kind === "express") return mountOnExpress(adapter?.getInstance() as ExpressLike, handle);
  throw new TypeError(`ReplayModule: needs an application with the HTTP adapter of Fastify or Express; this one has ${kind}`);
}

/** In a context of its own, so that no body parser of ours reaches the host's routes, and none of the host's ours. */
function mountOnFastify(fastify: FastifyInstance, handle: RawHandler): void {
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    // The body stays where it is: in the request.
    scope.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    for (const url of [basePath, `${basePath}/*`])
      scope.all(url, (request, reply) => {
        reply.hijack();
        handle(request.raw, reply.raw);
      });
    done();
  });
}

const isBelow = (url: string): boolean => url === basePath || url.startsWith(`${basePath}/`) || url.startsWith(`${basePath}?`);

function mountOnExpress(express: ExpressLike, handle: RawHandler): void {
  express.use((request, response, next) => {
    if (isBelow(request.url ?? "")) handle(request, response);
    else next();
  });
}
