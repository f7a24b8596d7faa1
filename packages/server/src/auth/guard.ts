/** The one guard: finds the route's rule, who asks, and whether the thing named in the address allows it. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { CanActivate, ExecutionContext } from "@nestjs/common";
import { idSchema, ReplayError, roomNameSchema } from "@livekit-replay/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { isLoopback, type Config } from "../config/read.js";
import type { Clock } from "../platform/clock.js";
import { invalidRequest } from "../platform/validation.js";
import { type Access, grant } from "./access.js";
import type { PassOn } from "../servers/pass-on.js";
import { signatureHeader } from "../servers/signature.js";
import { bearerToken, type Identities, type Identity } from "./identity.js";
import type { RateLimits } from "./rate.js";
import type { Rights } from "./rights.js";
import { type Need, type RateKind, rateOf, type Rule, ruleOf } from "./rules.js";
import type { Viewer } from "./viewer.js";

/** Tells whose a publication is; null when there is none. */
export interface PublicationOwners {
  ownerOf(publicationId: string): string | null;
}

/** What the guard works with. */
export interface GuardParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly identities: Identities;
  readonly rights: Rights;
  readonly publications: PublicationOwners;
  readonly passOn: PassOn;
  readonly rates: RateLimits;
}

type Granted = Omit<Access, "arrivedAt">;

const querySchema = z.object({ token: z.string().max(600).optional() });
const paramsSchema = z.record(z.string(), z.string());
const plainHost = /^(?:[A-Za-z0-9.-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

const sameSecret = (one: string, other: string): boolean => {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
};

/** See above. Registered once for all routes. */
export class AccessGuard implements CanActivate {
  readonly #parts: GuardParts;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const pattern = request.routeOptions.url ?? "";
    const rule = ruleOf(request.method, pattern);
    if (!rule) throw new Error(`the route ${request.method} ${pattern} has no rule`);
    const { clock, passOn } = this.#parts;
    const now = clock.now();
    const passed = rule.who === "server" ? null : passOn.passed(request);
    if (passed) http.getResponse<FastifyReply>().header(signatureHeader, passOn.proof(request));
    const arrivedAt = passed?.arrivedAt ?? now;
    // A request that was passed on was counted where it came in.
    const rate = passed ? null : rateOf(request.method, rule);
    const granted = await this.#admit(rule, request, rate).catch((error: unknown) => this.#refused(error, request));
    if (granted && !passed) await passOn.route({ request, viewer: granted.viewer, arrivedAt });
    if (granted) grant(request, { ...granted, arrivedAt });
    return true;
  }

  async #admit(rule: Rule, request: FastifyRequest, rate: RateKind | null): Promise<Granted | null> {
    switch (rule.who) {
      case "anyone":
        return null;
      case "server":
        this.#parts.passOn.askingServer(request);
        return null;
      case "metrics":
        this.#checkMetrics(request);
        return null;
      case "demo":
        this.#checkDemo(request);
        if (request.method === "POST") await this.#parts.rates.address("demo_sign_in", request.ip);
        return null;
      case "person": {
        const identity = await this.#parts.identities.byHeader(request.headers.authorization);
        await this.#parts.rates.person(rate, identity.caller);
        return this.#allow(rule.needs, request, this.#viewer(identity, request, null));
      }
      case "person or link":
        return this.#admitWithLink(rule.needs, request);
      default:
        return rule satisfies never;
    }
  }

  /**
   * A token or link that is not valid counts against its address. It was judged first all the same: one person's wrong tokens keep nobody out who
   * comes from the same address with a right one.
   */
  async #refused(error: unknown, request: FastifyRequest): Promise<never> {
    const shown = request.headers.authorization !== undefined || /[?&]token=/.test(request.url);
    if (shown && error instanceof ReplayError && error.code === "unauthenticated")
      await this.#parts.rates.address("failed_sign_in", request.ip);
    throw error;
  }

  async #admitWithLink(needs: Need, request: FastifyRequest): Promise<Granted> {
    const query = querySchema.safeParse(request.query);
    const link = query.success ? query.data.token : "";
    if (link === undefined || request.headers.authorization !== undefined) {
      const identity = await this.#parts.identities.byHeader(request.headers.authorization);
      return this.#allow(needs, request, this.#viewer(identity, request, null));
    }
    const kind = "clip" in needs ? "clip" : "session";
    const id = paramsSchema.parse(request.params)[`${kind}Id`] ?? "";
    const identity = await this.#parts.identities.byLink(link, kind, id);
    return this.#allow(needs, request, this.#viewer(identity, request, link));
  }

  #viewer({ caller, adminByToken }: Identity, request: FastifyRequest, link: string | null): Viewer {
    return { caller, adminByToken, base: this.#base(request), link };
  }

  /** `PUBLIC_URL`, or the address that the request was sent to. */
  #base(request: FastifyRequest): string {
    const { config, passOn } = this.#parts;
    if (config.publicUrl !== null) return config.publicUrl;
    const passed = passOn.passed(request);
    if (passed) return passed.base;
    const host = plainHost.test(request.host) ? request.host : `${config.host}:${config.port}`;
    return `${request.protocol === "https" ? "https" : "http"}://${host}`;
  }

  async #allow(needs: Need | null, request: FastifyRequest, viewer: Viewer): Promise<Granted> {
    if (needs === null) return { viewer };
    const { rights, publications } = this.#parts;
    const { caller } = viewer;
    const params = paramsSchema.parse(request.params);
    if ("room" in needs)
      return { viewer, room: await rights.room(caller, roomNameOf(params), needs.room === "member" ? null : needs.room) };
    if ("session" in needs)
      return { viewer, session: await rights.session(caller, knownId(params["sessionId"], "session_not_found"), needs.session) };
    if ("clip" in needs) return { viewer, clip: await rights.clip(caller, knownId(params["clipId"], "clip_not_found"), needs.clip) };
    if ("channel" in needs) return { viewer, channel: await rights.channel(caller, params["channelId"] ?? "", needs.channel) };
    if ("admin" in needs) {
      if (!caller.admin) throw new ReplayError("permission_denied");
      return { viewer };
    }
    if ("community" in needs) return { viewer, community: await rights.community(caller, params["communityId"] ?? "", needs.community) };
    const publicationId = params["publicationId"] ?? "";
    const owner = publications.ownerOf(publicationId);
    if (owner === null) await this.#parts.passOn.publication(publicationId, request, viewer);
    if (owner !== caller.userId) throw new ReplayError("publication_not_found");
    return { viewer };
  }

  #checkMetrics(request: FastifyRequest): void {
    const { metricsToken } = this.#parts.config;
    if (metricsToken !== null && !sameSecret(bearerToken(request.headers.authorization), metricsToken))
      throw new ReplayError("unauthenticated");
  }

  /**
   * The demo signs anybody in, so on a loopback address only what was addressed to loopback (or to `PUBLIC_URL`) is served:
   * a page of another site that makes its own name point here gets nothing. What a proxy brings comes from who knows where: then the demo must have been asked for.
   */
  #checkDemo(request: FastifyRequest): void {
    const { demo, demoAsked, loopback, publicUrl } = this.#parts.config;
    const brought = request.headers["x-forwarded-for"] !== undefined || request.headers.forwarded !== undefined;
    if (brought && !demoAsked) throw new ReplayError("route_not_found");
    const addressed = isLoopback(request.hostname) || (publicUrl !== null && new URL(publicUrl).hostname === request.hostname);
    if (!demo || (loopback && !addressed)) throw new ReplayError("route_not_found");
  }
}

function roomNameOf(params: Readonly<Record<string, string>>): string {
  const name = roomNameSchema.safeParse(params["roomName"]);
  if (!name.success) throw invalidRequest(name.error.issues.map((issue) => ({ ...issue, path: ["roomName"] })));
  return name.data;
}

/** An id that cannot be one is as unknown as any other. */
function knownId(text: string | undefined, code: "session_not_found" | "clip_not_found"): string {
  const id = idSchema.safeParse(text);
  if (!id.success) throw new ReplayError(code);
  return id.data;
}
