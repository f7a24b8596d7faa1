/** Addresses that are there, asked with a method that they do not have: 405 and the methods that they do have (RFC 9110, 15.5.6), instead of 404. */
import { ReplayError } from "@livekit-replay/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ProblemFilter } from "../platform/filter.js";
import type { KnownRoute } from "./application.js";

/** Where the page is served from, whatever the address. */
const anywhere = "*";

const matcher = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replace(/:\w+/g, "[^/]+")}$`);

/** Tells which methods an address has. */
class Methods {
  readonly #known = new Map<string, { readonly at: RegExp; readonly methods: Set<string> }>();

  constructor(routes: readonly KnownRoute[]) {
    for (const { method, pattern } of routes) {
      if (pattern.includes(anywhere)) continue;
      const known = this.#known.get(pattern) ?? { at: matcher(pattern), methods: new Set<string>() };
      known.methods.add(method);
      this.#known.set(pattern, known);
    }
  }

  /** In alphabetical order; empty when there is nothing at this address. */
  at(path: string): string[] {
    const found = new Set<string>();
    for (const { at, methods } of this.#known.values()) if (at.test(path)) for (const method of methods) found.add(method);
    return [...found].toSorted();
  }
}

/**
 * Answers such requests. Before routes are made.
 * @param routes filled while they are made; read with the first request.
 */
export function refuseOtherMethods(fastify: FastifyInstance, routes: readonly KnownRoute[], filter: ProblemFilter): void {
  let methods: Methods | null = null;
  fastify.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
    if (!request.is404 && !request.routeOptions.url?.includes(anywhere)) return;
    if (request.headers["access-control-request-method"] !== undefined) return;
    methods ??= new Methods(routes);
    const allowed = methods.at(request.url.split("?")[0] ?? "");
    if (allowed.length === 0 || allowed.includes(request.method)) return;
    reply.header("allow", allowed.join(", "));
    filter.answer(new ReplayError("method_not_allowed"), request, reply);
    return reply;
  });
}
