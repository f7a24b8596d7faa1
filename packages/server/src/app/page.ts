/** The page: the built files of the web package, and `index.html` for every address that is the page's own to understand. */
import { fileURLToPath } from "node:url";
import { ReplayError } from "@livekit-replay/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { basePath } from "../auth/rules.js";
import type { ProblemFilter } from "../platform/filter.js";

/** Where the web package's build lies, from this file as source and as build. */
const builtPage = fileURLToPath(new URL("../../../web/dist", import.meta.url));

/** Files whose names change with their content. */
const hashed = /^\/assets\/[\w.-]+$/;
const file = /^\/(?:[\w-][\w.-]*\/)*[\w-][\w.-]*\.[A-Za-z0-9]+$/;
const yearSeconds = 365 * 24 * 60 * 60;

const wantsPage = (request: FastifyRequest): boolean => (request.headers.accept ?? "").includes("text/html");
const pathOf = (request: FastifyRequest): string => request.url.split("?")[0] ?? "";

/**
 * Serves the page at every address that no route has.
 * @param root folder of the built page
 */
export function servePage(fastify: FastifyInstance, filter: ProblemFilter, root: string = builtPage): void {
  fastify.get("/*", (request: FastifyRequest, reply: FastifyReply) => {
    const path = pathOf(request);
    if (path !== basePath && !path.startsWith(`${basePath}/`)) {
      if (hashed.test(path))
        return reply
          .header("cache-control", `public, max-age=${yearSeconds}, immutable`)
          .sendFile(path.slice(1), root, { cacheControl: false });
      if (file.test(path)) return reply.header("cache-control", "no-cache").sendFile(path.slice(1), root, { cacheControl: false });
      if (wantsPage(request)) return reply.header("cache-control", "no-cache").sendFile("index.html", root, { cacheControl: false });
    }
    filter.answer(new ReplayError("route_not_found"), request, reply);
    return reply;
  });
}
